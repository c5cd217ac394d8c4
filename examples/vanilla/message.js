// One row of a thread.

import { $, fromTemplate } from './dom.js';
import { nameOf, paintAvatar } from './people.js';
import { clock } from './time.js';

export function createRow(item) {
  if (item.kind === 'message') return fromTemplate('message-template');
  const node = fromTemplate('separator-template');
  node.classList.add(`separator-${item.kind}`);
  return node;
}

export function updateRow(node, item) {
  if (item.kind === 'message') updateMessage(node, item);
  else $('span', node).textContent = item.text;
}

function updateMessage(node, { message, mine, sender, first, last, at }) {
  const { state } = message;
  node.dataset.messageId = message.id;
  node.dataset.state = state;
  if (message.clientId) node.dataset.clientId = message.clientId;
  node.classList.toggle('mine', mine);
  node.classList.toggle('first', first);
  node.classList.toggle('last', last);

  if (!mine) paintAvatar($('.avatar', node), sender ?? '?');
  writeText($('.bubble', node), textOf(message.content));

  const failed = state === 'failed';
  const meta = $('.message-meta', node);
  meta.hidden = !last || failed;
  $('.message-failed', node).hidden = !failed;
  if (meta.hidden) return;

  $('.message-sender', meta).textContent = mine ? '' : nameOf(sender ?? '');
  $('time', meta).textContent = clock(at);
  $('.message-state', meta).hidden = !mine;
}

export function textOf(content) {
  if (typeof content === 'string') return content;
  return typeof content?.text === 'string' ? content.text : (JSON.stringify(content) ?? '');
}

const LINK = /\bhttps?:\/\/[^\s<>"']*[^\s<>"'.,;:!?)\]]/g;

function writeText(node, text) {
  if (node.textContent === text) return;
  const parts = [];
  let end = 0;
  for (const match of text.matchAll(LINK)) {
    parts.push(text.slice(end, match.index), linkTo(match[0]));
    end = match.index + match[0].length;
  }
  node.replaceChildren(...parts, text.slice(end));
}

function linkTo(url) {
  const link = document.createElement('a');
  link.href = url;
  link.target = '_blank';
  link.rel = 'noopener noreferrer nofollow';
  link.textContent = url;
  return link;
}
