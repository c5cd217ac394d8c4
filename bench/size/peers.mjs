// What the least chat page with each of the peers costs: it connects, joins one conversation and hears its messages.
import { bundle } from '../support/bundle.mjs';
import { weigh } from './weigh.mjs';

const PAGES = {
  'WebSocket + JSON.parse + Map': `
    const handlers = new Map([['c1', (message) => globalThis.heard(message)]]);
    const socket = new WebSocket('wss://chat.example');
    socket.onopen = () => socket.send('{"type":"subscribe","conversationId":"c1"}');
    socket.onmessage = ({ data }) => {
      const message = JSON.parse(data);
      handlers.get(message.conversationId)?.(message);
    };`,
  'reconnecting-websocket': `
    import ReconnectingWebSocket from 'reconnecting-websocket';
    const socket = new ReconnectingWebSocket('wss://chat.example');
    socket.onopen = () => socket.send('{"type":"subscribe","conversationId":"c1"}');
    socket.onmessage = ({ data }) => globalThis.heard(JSON.parse(data));`,
  partysocket: `
    import { WebSocket } from 'partysocket';
    const socket = new WebSocket('wss://chat.example');
    socket.onopen = () => socket.send('{"type":"subscribe","conversationId":"c1"}');
    socket.onmessage = ({ data }) => globalThis.heard(JSON.parse(data));`,
  'react-use-websocket': `
    import library from 'react-use-websocket';
    const { default: useWebSocket } = library;
    export function Chat() {
      const { lastJsonMessage, sendJsonMessage } = useWebSocket('wss://chat.example');
      globalThis.heard(lastJsonMessage, sendJsonMessage);
      return null;
    }`,
  phoenix: `
    import { Socket } from 'phoenix';
    const socket = new Socket('wss://chat.example/socket');
    socket.connect();
    const channel = socket.channel('conversation:c1');
    channel.on('message', (message) => globalThis.heard(message));
    channel.join();`,
  'socket.io-client': `
    import { io } from 'socket.io-client';
    const socket = io('https://chat.example');
    socket.on('connect', () => socket.emit('subscribe', 'c1'));
    socket.on('message', (message) => globalThis.heard(message));`,
  '@microsoft/signalr': `
    import { HubConnectionBuilder } from '@microsoft/signalr';
    const connection = new HubConnectionBuilder().withUrl('/chat').withAutomaticReconnect().build();
    connection.on('message', (message) => globalThis.heard(message));
    connection.start().then(() => connection.invoke('subscribe', 'c1'));`,
  'pusher-js': `
    import Pusher from 'pusher-js';
    const channel = new Pusher('key', { cluster: 'eu' }).subscribe('c1');
    channel.bind('message', (message) => globalThis.heard(message));`,
  centrifuge: `
    import { Centrifuge } from 'centrifuge';
    const client = new Centrifuge('wss://chat.example/connection/websocket');
    const subscription = client.newSubscription('c1');
    subscription.on('publication', ({ data }) => globalThis.heard(data));
    subscription.subscribe();
    client.connect();`,
  ably: `
    import { Realtime } from 'ably';
    const channel = new Realtime({ key: 'key' }).channels.get('c1');
    channel.subscribe((message) => globalThis.heard(message));`,
};

/** Each peer's page, in bytes; React itself is not counted. */
export async function peerSizes() {
  const sizes = {};
  for (const [name, source] of Object.entries(PAGES)) {
    const { outputFiles } = await bundle('page', source, { external: ['react', 'react-dom'] });
    sizes[name] = weigh(outputFiles.map(({ contents }) => contents));
  }
  return sizes;
}
