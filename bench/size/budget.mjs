// What the entries may weigh. The budget is lowered when they become lighter; it is not raised without a reason.
import { readFileSync } from 'node:fs';

/** Brotli bytes by entry: `{ first, total }`. */
export const budget = JSON.parse(readFileSync(new URL('budget.json', import.meta.url), 'utf8'));

/** How much heavier all may be where the standard library cannot be built for size. */
const PLAIN_FACTOR = 1.25;

/** The budget for a module that is not built as it is published. */
export const plainBudget = Object.fromEntries(
  Object.entries(budget).map(([entry, { first, total }]) => [
    entry,
    { first: first * PLAIN_FACTOR, total: total * PLAIN_FACTOR },
  ]),
);

/** In words, what is too heavy, and which entries have no budget or are not there any more. */
export function overBudget(sizes, allowed = budget) {
  const unknown = Object.keys(allowed).filter((entry) => !(entry in sizes));
  const missing = Object.keys(sizes).filter((entry) => !(entry in allowed));
  const heavy = Object.entries(sizes).flatMap(([entry, size]) =>
    Object.entries(allowed[entry] ?? {})
      .filter(([part, bytes]) => size[part].brotli > bytes)
      .map(
        ([part, bytes]) => `${entry}: ${part} is ${size[part].brotli} bytes, allowed are ${bytes}`,
      ),
  );
  return [
    ...heavy,
    ...missing.map((entry) => `${entry} has no budget`),
    ...unknown.map((entry) => `${entry} has a budget, but is no entry`),
  ];
}
