import { createSignal, For, Show } from 'solid-js';
import { useConnection, useConversation, useConversations } from 'talkwire/solid';

export function Chat() {
  const connection = useConnection();
  const conversations = useConversations();
  const [chosen, choose] = createSignal(null);
  const id = () => chosen() ?? conversations()[0]?.id ?? null;
  const { messages, typing, send, retry, setTyping } = useConversation(id);
  const [draft, setDraft] = createSignal('');

  const write = (text) => {
    setDraft(text);
    setTyping(text !== '');
  };
  const submit = (event) => {
    event.preventDefault();
    if (draft().trim()) send(draft().trim());
    write('');
  };

  return (
    <>
      <h1>Chat with Solid</h1>
      <p role="status">{connection().isConnected ? 'Connected' : 'Not connected'}</p>
      <label>
        Conversation{' '}
        <select value={id() ?? ''} onChange={({ target }) => choose(target.value)}>
          <For each={conversations()}>
            {(info) => (
              <option value={info.id} selected={info.id === id()}>
                {info.title}
              </option>
            )}
          </For>
        </select>
      </label>
      <ol>
        <For each={messages()}>
          {(message) => (
            <li data-testid="message" data-state={message.state}>
              <strong>{message.senderName ?? message.senderId ?? 'Me'}</strong> {message.content}
              <Show when={message.state === 'failed'}>
                <button type="button" onClick={() => retry(message.clientId)}>
                  Try again
                </button>
              </Show>
            </li>
          )}
        </For>
      </ol>
      <p class="typing" data-testid="typing">
        <Show when={typing().length > 0}>{typing().join(', ')} types…</Show>
      </p>
      <form onSubmit={submit}>
        <label>
          Message <input value={draft()} onInput={({ target }) => write(target.value)} />
        </label>{' '}
        <button type="submit">Send</button>
      </form>
    </>
  );
}
