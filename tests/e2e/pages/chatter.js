// Somebody in one or more conversations, who notes all that the client tells.
import { createClient } from 'talkwire';

const test = {
  /** What came, in order: `message` and `gap` events. */
  heard: [],
  /** What was sent: `{ text, status, reason, settled }`. */
  sent: [],
  errors: {},

  open(options, conversationIds) {
    const client = createClient(options);
    test.client = client;
    client.on('message', ({ type, conversationId, data, via, late }) =>
      test.heard.push({ type, conversationId, id: data.id, via, late }),
    );
    client.on('gap', ({ type, conversationId }) => test.heard.push({ type, conversationId }));
    client.on('error', ({ error }) => {
      test.errors[error.code] = (test.errors[error.code] ?? 0) + 1;
    });
    for (const id of conversationIds) client.conversation(id).subscribe(() => {});
  },

  /** Sends one text a frame. */
  async say(conversationId, texts) {
    for (const text of texts) {
      const sent = { text, settled: 0 };
      test.sent.push(sent);
      test.client
        .conversation(conversationId)
        .send(text)
        .result.then(({ status, reason }) => {
          Object.assign(sent, { status, reason, settled: sent.settled + 1 });
        });
      await new Promise((next) => requestAnimationFrame(next));
    }
  },
};

globalThis.test = test;
