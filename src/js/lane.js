// The way of a frame from the socket into the engine.

/** Makes the `onmessage` of one socket: parses what comes and hands it over. */
export function receiver(enter, core, generation) {
  return ({ data }) => {
    let frame;
    try {
      if (typeof data !== 'string') throw new TypeError('a binary frame');
      frame = JSON.parse(data);
    } catch (error) {
      enter(() => core.receiveBad(generation, String(error?.message ?? error).slice(0, 200)));
      return;
    }
    enter(() => core.receive(generation, frame));
  };
}
