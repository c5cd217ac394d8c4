// Keeps a scroller where its reader is: at the end while they are at the end, else on the row they read.

const NEAR_END = 64;

export function keepPlace(scroller, rows, onMove) {
  let atEnd = true;

  const distance = () => scroller.scrollHeight - scroller.clientHeight - scroller.scrollTop;
  const jump = () => {
    scroller.scrollTop = scroller.scrollHeight;
  };

  scroller.addEventListener(
    'scroll',
    () => {
      atEnd = distance() < NEAR_END;
      onMove(atEnd);
    },
    { passive: true },
  );

  // A keyboard that slides in, a composer that grows, a font that comes late.
  const resized = new ResizeObserver(() => {
    if (atEnd) jump();
  });
  resized.observe(scroller);
  resized.observe(rows);

  function firstVisible() {
    const top = scroller.getBoundingClientRect().top;
    let low = 0;
    let high = rows.children.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (rows.children[middle].getBoundingClientRect().bottom > top) high = middle;
      else low = middle + 1;
    }
    return low;
  }

  return {
    get atEnd() {
      return atEnd;
    },

    /** Runs a change of the rows without moving what is being read. */
    during(change) {
      if (atEnd) {
        change();
        jump();
        return;
      }
      // Any of these may be gone afterwards; the first that is still there is the one to hold on to.
      // Separators move, so they are no hold.
      const from = firstVisible();
      const kept = Array.from(rows.children)
        .slice(from, from + 50)
        .filter((node) => !node.matches('.separator'))
        .map((node) => [node, node.getBoundingClientRect().top]);
      change();
      const anchor = kept.find(([node]) => node.isConnected);
      if (anchor) scroller.scrollTop += anchor[0].getBoundingClientRect().top - anchor[1];
    },

    toEnd({ smooth = false } = {}) {
      atEnd = true;
      const calm = matchMedia('(prefers-reduced-motion: reduce)').matches;
      if (smooth && !calm && distance() < 3 * scroller.clientHeight)
        scroller.scrollTo({ top: scroller.scrollHeight, behavior: 'smooth' });
      else jump();
      onMove(true);
    },
  };
}
