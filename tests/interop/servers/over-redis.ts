// What servers share that are joined over Redis: what one emits, and what was said.
import { createAdapter } from '@socket.io/redis-adapter';
import { createClient } from 'redis';

/** Stores a message once for each clientId; gives its number and its text. */
const STORE = `
  local known = tonumber(redis.call('HGET', KEYS[2], ARGV[1]) or 0)
  if known > 0 then return { known, redis.call('LINDEX', KEYS[1], known - 1) } end
  local number = redis.call('RPUSH', KEYS[1], ARGV[2])
  if ARGV[1] ~= '' then redis.call('HSET', KEYS[2], ARGV[1], number) end
  return { number, ARGV[2] }`;

export async function joinOverRedis(url: string) {
  const client = createClient({ url });
  const subscriber = client.duplicate();
  await Promise.all([client.connect(), subscriber.connect()]);
  return { adapter: createAdapter(client, subscriber), history: new SharedHistory(client) };
}

class SharedHistory {
  readonly #client: ReturnType<typeof createClient>;

  constructor(client: ReturnType<typeof createClient>) {
    this.#client = client;
  }

  async store(conversationId: string, message: { clientId?: string }) {
    const keys = [`said:${conversationId}`, `clients:${conversationId}`];
    const args = [message.clientId ?? '', JSON.stringify(message)];
    const stored = await this.#client.eval(STORE, { keys, arguments: args });
    const [number, text] = stored as [number, string];
    return { ...named(conversationId, number, text), conversationId };
  }

  /** `GET …?conversationId=…&after=…` */
  async answer(address: string) {
    const { searchParams } = new URL(address, 'http://server');
    const conversationId = searchParams.get('conversationId') ?? '';
    const after = Number(searchParams.get('after')?.match(/\d+$/)?.[0] ?? 0);
    const texts = await this.#client.lRange(`said:${conversationId}`, after, -1);
    return texts.map((text, index) => named(conversationId, after + index + 1, text));
  }
}

/** Its number is its place in the list. */
const named = (conversationId: string, number: number, text: string) => ({
  id: `${conversationId}-${number}`,
  ...JSON.parse(text),
});
