// Reads older messages as the reader nears the top.
import { useCallback, useEffect, useRef, useState } from 'react';

const PAGE = 50;
const TEXT = {
  idle: '',
  loading: 'Loading earlier messages…',
  failed: 'Earlier messages could not be loaded. Scroll to try again.',
};

export function useHistory(loadBefore, messages, scroller) {
  const top = useRef(null);
  const [state, setState] = useState('idle');
  // The message before which there is nothing; when it is trimmed away, there is something to load again.
  const [beginning, setBeginning] = useState(null);
  const oldest = messages[0]?.id;
  const isWhole = oldest !== undefined && oldest === beginning;
  const latest = useRef(oldest);
  useEffect(() => {
    latest.current = oldest;
  }, [oldest]);

  const load = useCallback(async () => {
    const first = latest.current;
    setState('loading');
    const failed = await loadBefore(PAGE).then(
      () => false,
      () => true,
    );
    // What came is shown with the next frame.
    await nextFrame();
    await nextFrame();
    setState(failed ? 'failed' : 'idle');
    if (!failed && latest.current === first) setBeginning(first);
  }, [loadBefore]);

  useEffect(() => {
    if (oldest === undefined || isWhole || state === 'loading') return undefined;
    if (state === 'failed') {
      const { current } = scroller;
      current.addEventListener('scroll', load, { once: true });
      return () => current.removeEventListener('scroll', load);
    }
    const observer = new IntersectionObserver(
      ([entry]) => {
        if (entry.isIntersecting) load();
      },
      { root: scroller.current, rootMargin: '240px 0px 0px' },
    );
    observer.observe(top.current);
    return () => observer.disconnect();
  }, [oldest, isWhole, state, load, scroller]);

  return { top, load, text: isWhole ? 'The conversation starts here' : TEXT[state] };
}

const nextFrame = () => new Promise((resolve) => requestAnimationFrame(resolve));
