// A thread of messages on the page, beside a lamp that tells whether it is connected, and how often each is rendered.
import { useEffect } from 'react';
import { createRoot } from 'react-dom/client';

const SHOWN = 50;

/** Gives the page `begin`, `burst` and `keeping`. */
export function burst({ Thread, Lamp }) {
  const seen = { renders: 0, kept: 0, longestTaskMs: 0 };
  let beganAt = 0;
  let last;
  let awaited;
  let reached;

  const note = (entries) => {
    for (const { startTime, duration } of entries)
      if (startTime >= beganAt) seen.longestTaskMs = Math.max(seen.longestTaskMs, duration);
  };
  const tasks = new PerformanceObserver((list) => note(list.getEntries()));
  tasks.observe({ type: 'longtask' });

  globalThis.begin = (url) => {
    createRoot(document.body).render(
      <>
        <Thread url={url} conversationId="c1" Show={Show} />
        {Lamp && <Lamp url={url} Show={Light} />}
      </>,
    );
  };

  /** What it took to get there does not count. */
  globalThis.burst = () => {
    beganAt = performance.now();
    seen.renders = 0;
    if (Lamp) seen.lampRenders = 0;
  };

  /** Resolves with what it took when the message of this id is on the page. */
  globalThis.keeping = async (id) => {
    if (last !== id) {
      awaited = id;
      await new Promise((resolve) => {
        reached = resolve;
      });
    }
    // The task in which that came is told of when it has ended.
    await new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)));
    note(tasks.takeRecords());
    return seen;
  };

  function Show({ messages }) {
    seen.renders += 1;
    useEffect(() => {
      seen.kept = messages.length;
      last = messages.at(-1)?.id;
      if (last !== undefined && last === awaited) reached();
    });
    return messages.slice(-SHOWN).map(({ id, content }) => <p key={id}>{content}</p>);
  }

  function Light({ isOn }) {
    seen.lampRenders += 1;
    return <output>{isOn ? 'on' : 'off'}</output>;
  }
}
