// What a client counts and keeps for a bug report.
import type { Connection } from './client.js';
import type { ErrorCode } from './error.js';

/** Counters since the client was made. */
export interface Stats {
  /** Attempts to connect. */
  readonly attempts: number;
  /** Sessions that were proved. */
  readonly sessions: number;
  /** Frames that came. */
  readonly framesReceived: number;
  /** Frames that were written. */
  readonly framesSent: number;
  /** Events told to listeners. */
  readonly events: number;
  /** Messages that came again and were not told twice. */
  readonly duplicates: number;
  /** Messages found after newer ones had been told. */
  readonly late: number;
  /** Times that something could not be recovered. */
  readonly gaps: number;
  /** Rejoins after which the server sent all that was missed. */
  readonly recovered: number;
  /** Reads over HTTP. */
  readonly polls: number;
  /** Posts over HTTP. */
  readonly posts: number;
  /** Sends handed over by the application. */
  readonly sends: number;
  /** Sends that were dropped. */
  readonly dropped: number;
  /** Errors that were reported. */
  readonly errors: number;
}

/** The inner state of a client. */
export interface Dump {
  readonly stats: Stats;
  /** The last 256 changes of the connection, the oldest first. */
  readonly transitions: readonly Transition[];
  /** Conversations that somebody wants. */
  readonly wanted: number;
  /** Conversations that the server has confirmed. */
  readonly confirmed: number;
  /** Sends that wait. */
  readonly outbox: number;
}

/** One change of the connection. */
export interface Transition {
  /** When, in milliseconds on the client's own clock. */
  readonly atMs: number;
  /** The phase from then on. */
  readonly phase: Connection['phase'];
  /** What carried messages from then on. */
  readonly transport: Connection['transport'];
  /** The code of the error that led there. */
  readonly error: ErrorCode | null;
}
