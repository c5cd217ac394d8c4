// Keeps a scroller where its reader is: at the end while they are at the end, else on what they read.
import { useCallback, useEffect, useLayoutEffect, useRef, useState } from 'react';

const NEAR_END = 64;

export function useScroll(messages) {
  const element = useRef(null);
  const before = useRef({ firstId: undefined, height: 0, isAtEnd: true });
  const [isAtEnd, setAtEnd] = useState(true);
  const firstId = messages[0]?.id;

  const toEnd = useCallback(() => {
    const { current } = element;
    before.current.isAtEnd = true;
    current.scrollTop = current.scrollHeight;
    setAtEnd(true);
  }, []);

  // biome-ignore lint/correctness/useExhaustiveDependencies: whatever has changed in the messages
  useLayoutEffect(() => {
    const { current } = element;
    const last = before.current;
    const isLonger = last.firstId !== undefined && last.firstId !== firstId;
    if (last.isAtEnd) current.scrollTop = current.scrollHeight;
    else if (isLonger) current.scrollTop += current.scrollHeight - last.height;
    last.firstId = firstId;
    last.height = current.scrollHeight;
  }, [messages, firstId]);

  useEffect(() => {
    const { current } = element;
    const look = () => {
      const { scrollHeight, clientHeight, scrollTop } = current;
      before.current.isAtEnd = scrollHeight - clientHeight - scrollTop < NEAR_END;
      setAtEnd(before.current.isAtEnd);
    };
    // A keyboard that slides in, a composer that grows.
    const resized = new ResizeObserver(() => {
      if (before.current.isAtEnd) current.scrollTop = current.scrollHeight;
    });
    resized.observe(current);
    current.addEventListener('scroll', look, { passive: true });
    return () => {
      resized.disconnect();
      current.removeEventListener('scroll', look);
    };
  }, []);

  return { element, isAtEnd, toEnd };
}
