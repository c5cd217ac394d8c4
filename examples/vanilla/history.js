// Reads older messages as the reader nears the top.

import { setText } from './dom.js';

const PAGE = 50;

export function mountHistory({ scroller, top, label }, onLoaded) {
  let conversation = null;
  let loading = false;
  // The message before which there is nothing; when it is trimmed away, there is something to load again.
  let beginning = null;

  const oldest = () => conversation?.getSnapshot().messages[0]?.id ?? null;

  async function load({ again = false } = {}) {
    const first = oldest();
    if (loading || first === null || (first === beginning && !again)) return;
    const reading = conversation;
    loading = true;
    setText(label, 'Loading earlier messages…');
    let failed = false;
    try {
      await reading.loadBefore(PAGE);
    } catch {
      failed = true;
    }
    loading = false;
    if (reading !== conversation) return;
    if (!failed && oldest() === first) beginning = first;
    setText(
      label,
      failed
        ? 'Earlier messages could not be loaded. Scroll to try again.'
        : beginning
          ? 'The conversation starts here'
          : '',
    );
    onLoaded();
    if (!failed) watch();
  }

  const observer = new IntersectionObserver(
    ([entry]) => {
      if (entry.isIntersecting) load();
    },
    { root: scroller, rootMargin: '240px 0px 0px' },
  );

  /** Looks again: an observer speaks up on a change only, and a short page may still show its top. */
  function watch() {
    observer.unobserve(top);
    if (conversation) observer.observe(top);
  }

  return {
    load,
    watch,
    open(next) {
      conversation = next;
      loading = false;
      beginning = null;
      setText(label, '');
      watch();
    },
  };
}
