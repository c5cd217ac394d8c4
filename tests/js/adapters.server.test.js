// On a server the adapters for Vue, Svelte and Solid render, and touch nothing of a browser.
import { createComponent } from 'solid-js';
import { renderToString as solidToString } from 'solid-js/web';
import { render as svelteToString } from 'svelte/server';
import { expect, test } from 'vitest';
import { createSSRApp } from 'vue';
import { renderToString as vueToString } from 'vue/server-renderer';
import * as solid from '../../src/js/solid.js';
import Page from './adapters/Page.svelte';
import { pageOf } from './adapters/vue.js';
import './support/on-a-server.js';

const given = {
  url: '/ws',
  id: 'conv_1',
  provided: { url: '/ws' },
  initialMessages: [{ id: 'm1', content: 'rendered' }],
};
const textOf = (html) => html.replaceAll(/<!--.*?-->|<[^>]*>|\s/g, '');

test('Vue', async () => {
  const html = await vueToString(createSSRApp(pageOf(given).Root));
  expect(textOf(html)).toBe('falseidlem1');
});

test.each([false, true])('Svelte, as stores: %s', (asStores) => {
  const { body } = svelteToString(Page, { props: { given: { ...given, asStores }, page: {} } });
  expect(textOf(body)).toBe('falseidlem1');
});

test('Solid', () => {
  function Thread() {
    const { messages } = solid.useConversation('conv_1', given);
    const { isConnected } = solid.useWebSocket('/ws');
    const shown = [isConnected(), solid.useConnection()().phase, messages()[0].id];
    expect([solid.useConversations()(), solid.useAgents()().size]).toEqual([[], 0]);
    return shown.join('');
  }
  const html = solidToString(() =>
    createComponent(solid.TalkwireProvider, {
      url: '/ws',
      get children() {
        return createComponent(Thread, {});
      },
    }),
  );
  expect(textOf(html)).toBe('falseidlem1');
});
