// What becomes of something that is sent.

/** Something on its way. */
export interface Delivery {
  /** My own id for it. */
  readonly id: string;
  /** How it ended. Never rejects. */
  readonly result: Promise<DeliveryResult>;
  /** Takes it back. False if it has left, be it without an answer so far: then it may be stored. */
  cancel(): boolean;
}

/** How a send ended. */
export interface DeliveryResult {
  /**
   * `acked`: the server has it. `sent`: it was written, and this server does not answer. `dropped`:
   * it was not sent, or is not known to have arrived.
   */
  readonly status: 'acked' | 'sent' | 'dropped';
  /**
   * Why: there was no room, it grew too old, it was cancelled, the server refused it, the client was
   * closed, the server did not answer, the server cannot do this.
   */
  readonly reason?:
    | 'overflow'
    | 'expired'
    | 'cancelled'
    | 'rejected'
    | 'closed'
    | 'no-ack'
    | 'unsupported';
  /** What the server answered. */
  readonly data?: unknown;
}
