// A gateway for the tests that cannot start one themselves, open to all.
import { startGateway } from '../../tests/e2e/support/gateway.mjs';

/** Calls `run(gateway)`, and ends the gateway after it. */
export async function besideGateway(run) {
  const ends = [];
  const gateway = await startGateway(
    { after: (end) => ends.push(end) },
    { env: { TOKEN_SECRET: undefined } },
  );
  try {
    return await run(gateway);
  } finally {
    for (const end of ends) await end();
  }
}
