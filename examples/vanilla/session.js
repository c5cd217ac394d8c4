// Who this page is signed in as: the agent Ana, or whoever `?as=` names.

const params = new URLSearchParams(location.search);
const id = params.get('as') || 'agent_ana';

export const me = {
  id,
  role: params.get('role') || (id.startsWith('agent') ? 'agent' : 'customer'),
  name: params.get('name') || undefined,
};

/** A fresh token, or null where the gateway hands none out and is open to all. */
export async function token() {
  const response = await fetch('/dev/token', {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ userId: me.id, role: me.role, name: me.name }),
  });
  if (response.status === 404) return null;
  if (!response.ok) throw new Error(`No token: the gateway answered ${response.status}.`);
  return (await response.json()).token;
}

/** A call to the gateway's REST API, as the person signed in. */
export async function api(method, path, body) {
  const bearer = await token();
  const response = await fetch(path, {
    method,
    headers: {
      'Content-Type': 'application/json',
      ...(bearer && { Authorization: `Bearer ${bearer}` }),
    },
    body: JSON.stringify(body),
  });
  if (!response.ok) throw new Error(`${method} ${path}: the gateway answered ${response.status}.`);
  return response.json();
}

export function linkAs(userId, conversationId) {
  return `?${new URLSearchParams({ as: userId })}${conversationId ? hashOf(conversationId) : ''}`;
}

export const hashOf = (conversationId) => `#${encodeURIComponent(conversationId)}`;

export function idOf(hash) {
  try {
    return decodeURIComponent(hash.slice(1)) || null;
  } catch {
    return null;
  }
}
