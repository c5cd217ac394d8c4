const TIMEOUT_MS = 60_000;

let failure = null;
addEventListener('error', ({ error }) => {
  failure ??= error;
});
addEventListener('unhandledrejection', ({ reason }) => {
  failure ??= reason;
});

/** Resolves once it is so; says what was waited for if it never is, and what went wrong in the page meanwhile. */
export async function until(what, isSo) {
  const deadline = performance.now() + TIMEOUT_MS;
  while (!isSo()) {
    if (failure) throw failure;
    if (performance.now() > deadline) throw new Error(`${what}: not within ${TIMEOUT_MS / 1000} s`);
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
}
