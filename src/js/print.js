// The prints of ids: what the engine remembers of them.

/** The print of an id: 53 bits, never 0. `src/engine/window.rs` makes the same. */
export function print(id) {
  let low = 0xdeadbeef;
  let high = 0x41c6ce57;
  for (let at = 0; at < id.length; at++) {
    const unit = id.charCodeAt(at);
    low = Math.imul(low ^ unit, 0x9e3779b1);
    high = Math.imul(high ^ unit, 0x5f356495);
  }
  return (mix(high, low) & 0x1fffff) * 0x100000000 + (mix(low, high) >>> 0) || 1;
}

const mix = (own, other) =>
  Math.imul(own ^ (own >>> 16), 0x85ebca6b) ^ Math.imul(other ^ (other >>> 13), 0xc2b2ae35);
