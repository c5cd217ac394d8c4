// A tab without Playwright, which keeps its own tabs awake and does not know one that comes back out of the cache.

/** Opens one, in the window of those before it unless `place` says where. `script` runs first in every page of it. */
export async function openBare(browser, url, script = '', place = {}) {
  const cdp = await browser.newBrowserCDPSession();
  const { targetId } = await cdp.send('Target.createTarget', { url: 'about:blank', ...place });
  const { sessionId } = await cdp.send('Target.attachToTarget', { targetId, flatten: false });
  const tab = new Bare(cdp, targetId, sessionId);
  await tab.send('Page.enable');
  await tab.send('Page.addScriptToEvaluateOnNewDocument', { source: script });
  await tab.goto(url);
  return tab;
}

class Bare {
  #cdp;
  #targetId;
  #sessionId;
  #lastId = 0;
  #waiting = new Map();

  constructor(cdp, targetId, sessionId) {
    this.#cdp = cdp;
    this.#targetId = targetId;
    this.#sessionId = sessionId;
    cdp.on('Target.receivedMessageFromTarget', (event) => {
      if (event.sessionId !== sessionId) return;
      const { id, result, error } = JSON.parse(event.message);
      const answered = this.#waiting.get(id);
      this.#waiting.delete(id);
      if (error) answered?.reject(new Error(error.message));
      else answered?.resolve(result);
    });
  }

  send(method, params = {}) {
    const id = ++this.#lastId;
    const message = JSON.stringify({ id, method, params });
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      this.#cdp
        .send('Target.sendMessageToTarget', { sessionId: this.#sessionId, message })
        .catch(reject);
    });
  }

  goto(url) {
    return this.send('Page.navigate', { url });
  }

  /** One page back in the history. */
  async goBack() {
    const { currentIndex, entries } = await this.send('Page.getNavigationHistory');
    await this.send('Page.navigateToHistoryEntry', { entryId: entries[currentIndex - 1].id });
  }

  bringToFront() {
    return this.#cdp.send('Target.activateTarget', { targetId: this.#targetId });
  }

  /** As `evaluate`, but undefined in between two pages. */
  look(run, ...args) {
    return this.evaluate(run, ...args).catch((error) => {
      if (!/active page|context was destroyed|Inspected target navigated/.test(error)) throw error;
    });
  }

  /** What `run(...args)` comes to in the page. */
  async evaluate(run, ...args) {
    const { result, exceptionDetails } = await this.send('Runtime.evaluate', {
      expression: `(${run})(...${JSON.stringify(args)})`,
      awaitPromise: true,
      returnByValue: true,
    });
    if (exceptionDetails) throw new Error(exceptionDetails.exception?.description);
    return result.value;
  }
}
