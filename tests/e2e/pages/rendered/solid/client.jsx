import { hydrate } from 'solid-js/web';
import { Page } from './Page.jsx';

hydrate(() => <Page {...globalThis.props} />, document.getElementById('root'));
