// react-use-websocket as its README shows it: a callback, and the last message as state, which renders.
import { mount } from './hook.jsx';

export const open = (wanted) => mount(wanted, {});
