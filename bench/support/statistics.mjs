// Medians, and how sure they are.

/** The middle value; of an even number of values, the mean of the two in the middle. */
export function median(values) {
  const sorted = inOrder(values);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/**
 * The interval that holds the true median with at least this confidence, from one value to another: by order
 * statistics, so whatever the distribution. Null where there are too few values to say.
 */
export function medianInterval(values, confidence = 0.95) {
  const count = values.length;
  const rank = lowestRank(count, (1 - confidence) / 2);
  if (rank === 0) return null;
  const sorted = inOrder(values);
  return [sorted[rank - 1], sorted[count - rank]];
}

/** A median with its interval. */
export function summary(values) {
  const [low, high] = medianInterval(values) ?? [null, null];
  return { median: median(values), low, high, count: values.length };
}

/** How many times its partner each value is. */
export function pairedRatios(values, partners) {
  return values.map((value, index) => value / partners[index]);
}

/** The largest rank below which a fair coin's count of heads falls with at most this probability; 0: none. */
function lowestRank(count, tail) {
  let term = 2 ** -count;
  let below = term;
  let rank = 0;
  while (below <= tail) {
    rank += 1;
    term *= (count - rank + 1) / rank;
    below += term;
  }
  return rank;
}

const inOrder = (values) => [...values].sort((one, other) => one - other);
