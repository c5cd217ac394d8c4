// What was said in each conversation of a fake server, and who hears it.

const EPOCH = 'fake';

/** Messages are numbered, and kept for whoever comes later or comes back. */
export class Rooms {
  #rooms = new Map();

  /** The ids of those that somebody has joined. */
  joined() {
    return [...this.#rooms].filter(([, { members }]) => members.size > 0).map(([id]) => id);
  }

  members(id) {
    return this.#room(id).members;
  }

  /** Answers a subscribe, and sends what was said since. */
  join(socket, { conversationId, ref, after = 0 }) {
    const { members, said } = this.#room(conversationId);
    members.add(socket);
    const joined = { type: 'subscribed', conversationId, ref, offset: after, epoch: EPOCH };
    return [{ ...joined, recovered: true }, ...said.slice(after)];
  }

  leave(socket, id) {
    this.members(id).delete(socket);
  }

  leaveAll(socket) {
    for (const { members } of this.#rooms.values()) members.delete(socket);
  }

  /** Numbers a message and keeps it. */
  keep(frame) {
    const { said } = this.#room(frame.conversationId);
    const numbered = { ...frame, offset: said.length + 1, epoch: EPOCH };
    said.push(numbered);
    return numbered;
  }

  #room(id) {
    if (!this.#rooms.has(id)) this.#rooms.set(id, { members: new Set(), said: [] });
    return this.#rooms.get(id);
  }
}
