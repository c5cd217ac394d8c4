// The test's line to a server: it calls what the server's own code would call.
interface Call {
  number: number;
  name: string;
  args: never[];
}

/** Says that the server listens, and calls what the test asks for. */
export function obey(port: number, calls: Record<string, (...args: never[]) => unknown>) {
  process.on('message', async ({ number, name, args }: Call) => {
    const value = await calls[name]?.(...args);
    process.send?.({ number, value });
  });
  process.on('disconnect', () => process.exit());
  process.send?.({ port });
}

/** What was answered to a question to all. A session that broke off unheard lives on until its next ping, and is silent. */
export const answers = (asking: Promise<unknown[]>) =>
  asking.catch(({ responses }: { responses: unknown[] }) => responses);
