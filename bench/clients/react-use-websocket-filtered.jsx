// react-use-websocket told to keep every message out of its state: the least that it can do.
import { mount } from './hook.jsx';

export const open = (wanted) => mount(wanted, { filter: () => false });
