// The counters and the last transitions by their names; the core gives lists.

/** `names` are those of the counters, in the order of src/engine/stats.rs. */
export function readDump([counters, transitions, wanted, confirmed, outbox], names) {
  return {
    stats: Object.fromEntries(names.map((name, at) => [name, counters[at]])),
    transitions: transitions.map(([atMs, phase, transport, error]) => ({
      atMs,
      phase,
      transport,
      error,
    })),
    wanted,
    confirmed,
    outbox,
  };
}
