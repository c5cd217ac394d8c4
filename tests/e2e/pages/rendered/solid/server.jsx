import { generateHydrationScript, renderToString } from 'solid-js/web';
import { Page } from './Page.jsx';

export const render = (props) => ({
  head: generateHydrationScript(),
  body: renderToString(() => <Page {...props} />),
});
