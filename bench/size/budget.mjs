// What the entries may weigh. The budget is lowered when they become lighter; it is not raised without a reason.
import { readFileSync } from 'node:fs';

/** Brotli bytes by entry: `{ first, total }`. */
export const budget = JSON.parse(readFileSync(new URL('budget.json', import.meta.url), 'utf8'));

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
