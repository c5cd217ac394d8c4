import { Centrifuge } from 'centrifuge';

export function open({ url, conversationIds, handlers }) {
  const client = new Centrifuge(url);
  const join = (conversationId) => {
    const subscription = client.newSubscription(conversationId);
    const handle = handlers.get(conversationId);
    subscription.on('publication', ({ data }) => handle(data));
    subscription.subscribe();
  };
  conversationIds.forEach(join);
  client.connect();
  return join;
}
