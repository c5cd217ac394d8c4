// What the page tells: whether it is seen, whether there is a network, whether it is left or back.

/** Calls `tell` with what happens, as src/web/mod.rs knows it, and with what is so already, until `signal` aborts. */
export function watchPage(tell, signal) {
  const { document, navigator } = globalThis;
  const listen = (target, types, read = ({ type }) => type) => {
    for (const type of types)
      target.addEventListener(type, (event) => tell(read(event)), { signal });
  };
  const visibility = () => document.visibilityState;
  listen(globalThis, ['online', 'offline', 'pagehide', 'pageshow']);
  if (document) {
    listen(document, ['resume']);
    listen(document, ['visibilitychange'], visibility);
    if (visibility() === 'hidden') tell('hidden');
  }
  if (navigator?.onLine === false) tell('offline');
}
