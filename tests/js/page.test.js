// @vitest-environment jsdom
// What the engine hears of its page: what is so already, what happens, and nothing once nobody listens.
import { expect, test, vi } from 'vitest';
import { watchPage } from '../../src/js/page.js';

/** What is told of a page that begins so. */
function told(signal = new AbortController().signal) {
  const facts = [];
  watchPage((fact) => facts.push(fact), signal);
  return facts;
}

function show(state) {
  vi.spyOn(document, 'visibilityState', 'get').mockReturnValue(state);
  document.dispatchEvent(new Event('visibilitychange'));
}

test('a page that is seen and has a network says nothing of itself', () => {
  expect(told()).toEqual([]);
});

test('a page that begins hidden and without a network says so at once', () => {
  show('hidden');
  vi.spyOn(navigator, 'onLine', 'get').mockReturnValue(false);
  expect(told()).toEqual(['hidden', 'offline']);
  vi.restoreAllMocks();
});

test('whatever happens to a page is told until nobody listens', () => {
  const watch = new AbortController();
  const facts = told(watch.signal);
  const happen = () => {
    for (const type of ['offline', 'online', 'pagehide', 'pageshow'])
      window.dispatchEvent(new Event(type));
    show('hidden');
    document.dispatchEvent(new Event('resume'));
    show('visible');
    vi.restoreAllMocks();
  };
  happen();
  const all = ['offline', 'online', 'pagehide', 'pageshow', 'hidden', 'resume', 'visible'];
  expect(facts).toEqual(all);
  watch.abort();
  happen();
  expect(facts).toEqual(all);
});

test('a worker has no page, but a network', () => {
  vi.stubGlobal('document', undefined);
  const facts = told();
  window.dispatchEvent(new Event('offline'));
  vi.unstubAllGlobals();
  expect(facts).toEqual(['offline']);
});
