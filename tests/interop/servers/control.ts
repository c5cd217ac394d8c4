// The test's line to a server: it calls what the server's own code would call.
type Calls = Record<string, (...args: never[]) => unknown>;

/** Says that the server listens, and calls what the test asks for. */
export function obey(port: number, calls: Calls) {
  process.on(
    'message',
    ({ number, name, args }: { number: number; name: string; args: never[] }) => {
      process.send?.({ number, value: calls[name]?.(...args) });
    },
  );
  process.on('disconnect', () => process.exit());
  process.send?.({ port });
}
