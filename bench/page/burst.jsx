// A thread of messages on the page, and how often it is rendered.
import { useEffect } from 'react';
import { createRoot } from 'react-dom/client';

const SHOWN = 50;

/** Gives the page `begin` and `keeping`. */
export function burst(Thread) {
  const seen = { renders: 0, commits: 0, kept: 0, longestTaskMs: 0 };
  let last;
  let awaited;
  let reached;

  new PerformanceObserver((list) => {
    for (const { duration } of list.getEntries())
      seen.longestTaskMs = Math.max(seen.longestTaskMs, duration);
  }).observe({ type: 'longtask' });

  globalThis.begin = (url) => {
    createRoot(document.body).render(<Thread url={url} conversationId="c1" Show={Show} />);
  };

  /** Resolves with what it took when the message of this id is on the page. */
  globalThis.keeping = async (id) => {
    if (last !== id) {
      awaited = id;
      await new Promise((resolve) => {
        reached = resolve;
      });
    }
    return seen;
  };

  function Show({ messages }) {
    seen.renders += 1;
    useEffect(() => {
      seen.commits += 1;
      seen.kept = messages.length;
      last = messages.at(-1)?.id;
      if (last !== undefined && last === awaited) reached();
    });
    return messages.slice(-SHOWN).map(({ id, content }) => <p key={id}>{content}</p>);
  }
}
