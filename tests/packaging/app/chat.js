/** Joins a conversation and says something there; `onChange(conversation, connection)` gets what there is to show. */
export function chat(createClient, { server, token, conversationId, text }, onChange) {
  const client = createClient({ url: `ws://${server}/ws`, token });
  const conversation = client.conversation(conversationId);
  const changed = () => onChange(conversation.getSnapshot(), client.connection.getSnapshot());
  conversation.subscribe(changed);
  client.connection.subscribe(changed);
  conversation.send(text);
  return client;
}
