// What this server asks of the chat's server, as the person who looks at the page.
import { cookies } from 'next/headers';

const GATEWAY = process.env.GATEWAY_URL ?? 'http://localhost:3001';

/** A token for whoever the cookie `as` names; a real application has a session here. */
export async function token() {
  const userId = (await cookies()).get('as')?.value ?? 'agent_ana';
  const role = userId.startsWith('agent') ? 'agent' : 'customer';
  const { token } = await ask('POST', '/dev/token', { body: { userId, role } });
  return token;
}

/** Reads from the REST API. */
export async function read(path) {
  return ask('GET', `/api${path}`, { bearer: await token() });
}

async function ask(method, path, { body, bearer }) {
  const response = await fetch(GATEWAY + path, {
    method,
    cache: 'no-store',
    headers: {
      'Content-Type': 'application/json',
      ...(bearer && { Authorization: `Bearer ${bearer}` }),
    },
    body: JSON.stringify(body),
  });
  if (!response.ok) throw new Error(`${method} ${path}: the gateway answered ${response.status}.`);
  return response.json();
}
