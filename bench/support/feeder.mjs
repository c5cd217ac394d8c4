// People who write to a gateway, as fast as they are told.
import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import { WebSocket } from 'ws';

const SOCKETS = 2;
const MOST_UNANSWERED = 400;
const REST = ' is when this was written, and the rest is here to make it as long as people write.';

/** Connects them to a gateway that is open to all; `t.after` ends them. */
export async function startFeeder(t, gateway) {
  const sockets = await Promise.all(Array.from({ length: SOCKETS }, () => connect(gateway)));
  t.after(() => {
    for (const socket of sockets) socket.terminate();
  });
  return new Feeder(sockets);
}

class Feeder {
  #sockets;
  #written = 0;
  #answered = 0;

  constructor(sockets) {
    this.#sockets = sockets;
    for (const socket of sockets) {
      socket.on('message', (text) => {
        if (text.includes('"type":"ack"')) this.#answered += 1;
        else if (text.includes('"type":"error"')) throw new Error(`The gateway: ${text}`);
      });
    }
  }

  /** Writes so many as fast as they are stored. */
  async fill(conversationId, count) {
    const end = this.#written + count;
    while (this.#written < end) {
      if (this.#written - this.#answered < MOST_UNANSWERED) this.#write(conversationId);
      else await pause(1);
    }
    await this.#allAnswered();
  }

  /** Writes so many at an even rate, or as fast as they are stored; resolves with the rate that it was. */
  async feed(conversationId, perSecond, count) {
    const begun = performance.now();
    for (let done = 0; done < count; ) {
      const due = Math.min(count, ((performance.now() - begun) / 1_000) * perSecond);
      const isBehind = this.#written - this.#answered >= MOST_UNANSWERED;
      if (done < due && !isBehind) {
        this.#write(conversationId);
        done += 1;
      } else {
        await pause(isBehind ? 1 : 0);
      }
    }
    await this.#allAnswered();
    return count / ((performance.now() - begun) / 1_000);
  }

  #write(conversationId) {
    this.#written += 1;
    const content = `${performance.timeOrigin + performance.now()}${REST}`;
    const data = { clientId: `feeder-${process.pid}-${this.#written}`, content };
    const frame = { type: 'message', conversationId, ref: this.#written, data };
    this.#sockets[this.#written % SOCKETS].send(JSON.stringify(frame));
  }

  async #allAnswered() {
    while (this.#answered < this.#written) await pause(1);
  }
}

async function connect(gateway) {
  const socket = new WebSocket(`ws://${gateway.host}/ws`);
  await once(socket, 'open');
  return socket;
}
