import { hydrate } from 'svelte';
import Page from './Page.svelte';

hydrate(Page, { target: document.getElementById('root'), props: globalThis.props });
