import { render as renderToString } from 'svelte/server';
import Page from './Page.svelte';

export const render = (props) => renderToString(Page, { props });
