// The page of adapters.test.js with Svelte, read as runes are.
import * as svelte from 'svelte';
import Alone from './Alone.svelte';
import Page from './Page.svelte';

export function mount(container, given) {
  const page = {};
  const begin = container.hasChildNodes() ? svelte.hydrate : svelte.mount;
  const component = begin(Page, { target: container, props: { given, page } });
  svelte.flushSync();
  page.unmount = () => void svelte.unmount(component);
  return page;
}

/** Calls one of them where there is no provider. */
export const alone = (use) =>
  svelte.mount(Alone, { target: document.createElement('div'), props: { use } });
