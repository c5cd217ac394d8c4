// Markdown tables that can be read as they stand.

/** The first columns to the left, the others to the right. */
export function table(columns, rows, { left = 1 } = {}) {
  const lines = [columns, ...rows].map((line) => line.map(String));
  const widths = columns.map((_, column) => Math.max(...lines.map((line) => line[column].length)));
  const rule = widths.map((width, column) =>
    column < left ? '-'.repeat(width) : `${'-'.repeat(width - 1)}:`,
  );
  const pad = (cell, column) =>
    column < left ? cell.padEnd(widths[column]) : cell.padStart(widths[column]);
  const [head, ...body] = lines.map((line) => line.map(pad));
  return [head, rule, ...body].map((line) => `| ${line.join(' | ')} |`).join('\n');
}

/** 12345.6 as 12 346; small numbers keep three digits. */
export function number(value) {
  if (value === null || value === undefined || Number.isNaN(value)) return '';
  const digits =
    Math.abs(value) >= 100 || Number.isInteger(value) ? 0 : Math.abs(value) >= 10 ? 1 : 2;
  return value.toFixed(digits).replace(/\B(?=(\d{3})+(?!\d))(?<!\.\d*)/g, ' ');
}

/** Medians with their intervals, and their ratios to the `base`'s, by default the raw socket's. */
export function comparison(unit, byName, base = 'raw') {
  const rows = Object.entries(byName).map(([name, one]) => [name, spread(one), spread(one.ratio)]);
  return table(['client', unit, `× ${base}`], rows);
}

/** A median and, where that is known, the interval that holds the true one. */
export function spread({ median, low, high }) {
  return low === null || Number.isNaN(low)
    ? number(median)
    : `${number(median)} [${number(low)}, ${number(high)}]`;
}
