// Names, initials and colours of the people seen so far.

const names = new Map();

export function learn(person) {
  if (person?.id && person.name) names.set(person.id, person.name);
}

export function nameOf(id) {
  return names.get(id) ?? titleCase(id);
}

/** `cust_leo_martin` → `Leo Martin`, for people whose name has not come yet. */
export function titleCase(id) {
  const words = id
    .replace(/^(cust|customer|agent|bot|user)[_-]/, '')
    .split(/[_-]+/)
    .filter(Boolean);
  return words.map((word) => word[0].toUpperCase() + word.slice(1)).join(' ') || id;
}

export function namesOf(ids) {
  return new Intl.ListFormat('en', { type: 'conjunction' }).format(ids.map(nameOf));
}

/** The person across: the customer for the team, the team for a customer. */
export function otherParty(info, me) {
  const others = (info.participants ?? []).filter((person) => person.id !== me.id);
  const role = me.role === 'customer' ? 'agent' : 'customer';
  const nobody = { id: 'support', name: role === 'agent' ? 'Support' : info.title };
  return others.find((person) => person.role === role) ?? others[0] ?? nobody;
}

export function paintAvatar(node, id) {
  const initials = initialsOf(nameOf(id));
  if (node.dataset.person === id && node.textContent === initials) return;
  node.dataset.person = id;
  node.style.setProperty('--hue', hueOf(id));
  node.textContent = initials;
}

export function initialsOf(name) {
  const letters = name.match(/(?<![\p{L}\p{N}(])[\p{L}\p{N}]/gu) ?? ['?'];
  return (letters.length > 1 ? letters[0] + letters.at(-1) : letters[0]).toUpperCase();
}

export function hueOf(id) {
  let hash = 2166136261;
  for (let i = 0; i < id.length; i += 1) hash = Math.imul(hash ^ id.charCodeAt(i), 16777619);
  // Twelve hues: neighbours stay told apart.
  return ((hash >>> 8) % 12) * 30;
}
