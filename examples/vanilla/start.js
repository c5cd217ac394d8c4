// A customer starts a new conversation.

import { $ } from './dom.js';
import { api, hashOf, me } from './session.js';

export function mountStart(button, dialog) {
  const form = $('form', dialog);
  const error = $('.dialog-error', dialog);

  button.hidden = me.role !== 'customer';
  button.addEventListener('click', () => {
    form.reset();
    error.textContent = '';
    dialog.showModal();
  });
  $('[value=cancel]', dialog).addEventListener('click', () => dialog.close());
  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    try {
      const { id } = await api('POST', '/api/conversations', {
        title: form.elements.title.value.trim(),
      });
      dialog.close();
      location.hash = hashOf(id);
    } catch {
      error.textContent = 'It could not be started. Please try again.';
    }
  });
}
