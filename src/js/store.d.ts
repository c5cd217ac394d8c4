// What every value that changes has.

/** A value that changes. Snapshots are immutable, and identical until they change. */
export interface Store<T> {
  /**
   * Calls `onChange` after changes, at most once per animation frame.
   * @returns A function that ends it.
   */
  subscribe(onChange: () => void): () => void;
  /** The value now. */
  getSnapshot(): T;
  /** The value on a server, and in a page before it is hydrated. */
  getServerSnapshot(): T;
}
