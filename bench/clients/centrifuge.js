import { Centrifuge } from 'centrifuge';

export function open({ url, conversationIds, handlers }) {
  const client = new Centrifuge(url);
  for (const conversationId of conversationIds) {
    const subscription = client.newSubscription(conversationId);
    const handle = handlers.get(conversationId);
    subscription.on('publication', ({ data }) => handle(data));
    subscription.subscribe();
  }
  client.connect();
}
