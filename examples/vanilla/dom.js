// The few things every part of the page does to the document.

export const $ = (selector, root = document) => root.querySelector(selector);

export function fromTemplate(id) {
  return document.getElementById(id).content.firstElementChild.cloneNode(true);
}

/** Leaves a text alone that has not changed, so that live regions stay quiet. */
export function setText(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

export function setIcon(svg, name) {
  const use = svg.firstElementChild;
  const href = `icons.svg#${name}`;
  if (use.getAttribute('href') !== href) use.setAttribute('href', href);
}

/**
 * Keeps the children of `parent` in step with a list of items: nodes are made, moved and removed by key,
 * and only those whose item differs are written to.
 */
export function keyedList(parent, { key, create, update, same = Object.is }) {
  let rows = new Map();

  return function render(items) {
    const next = new Map();
    for (const item of items) next.set(key(item), item);

    for (const [id, row] of rows) {
      if (next.has(id)) continue;
      row.node.remove();
      rows.delete(id);
    }

    const focused = parent.contains(document.activeElement) ? document.activeElement : null;
    const placed = new Map();
    let cursor = parent.firstChild;
    for (const [id, item] of next) {
      let row = rows.get(id);
      if (!row) {
        row = { node: create(item), item };
        update(row.node, item);
      } else if (!same(row.item, item)) {
        row.item = item;
        update(row.node, item);
      }
      placed.set(id, row);
      if (row.node === cursor) cursor = cursor.nextSibling;
      else parent.insertBefore(row.node, cursor);
    }
    rows = placed;
    if (focused?.isConnected && document.activeElement !== focused)
      focused.focus({ preventScroll: true });
  };
}
