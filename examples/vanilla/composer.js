// Where a message is written. Each conversation keeps its own draft.

import { $, setText } from './dom.js';

const HINT = 'Enter to send, Shift + Enter for a new line';
const KEPT = 'Not connected: your message is kept and sent as soon as you are back';

export function mountComposer(form, client, onSend) {
  const input = $('textarea', form);
  const button = $('button', form);
  const hint = $('.composer-hint', form);
  const drafts = new Map();
  let conversation = null;

  function autosize() {
    button.disabled = input.value.trim() === '';
    if (CSS.supports('field-sizing', 'content')) return;
    input.style.height = 'auto';
    input.style.height = `${input.scrollHeight}px`;
  }

  function renderHint() {
    const { isConnected } = client.connection.getSnapshot();
    form.classList.toggle('kept', !isConnected);
    setText(hint, isConnected ? HINT : KEPT);
  }

  form.addEventListener('submit', (event) => {
    event.preventDefault();
    const text = input.value.trim();
    if (!text) return;
    input.value = '';
    autosize();
    conversation.setTyping(false);
    conversation.send(text);
    onSend();
    input.focus();
  });

  input.addEventListener('input', () => {
    autosize();
    conversation.setTyping(input.value.trim() !== '');
  });

  input.addEventListener('keydown', (event) => {
    // While an input method composes, Enter belongs to it.
    if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    form.requestSubmit();
  });

  client.connection.subscribe(renderHint);
  renderHint();

  return {
    open(next) {
      if (conversation) {
        if (input.value.trim()) conversation.setTyping(false);
        drafts.set(conversation.id, input.value);
      }
      conversation = next;
      input.value = drafts.get(next?.id) ?? '';
      autosize();
    },
    focus: () => input.focus({ preventScroll: true }),
  };
}
