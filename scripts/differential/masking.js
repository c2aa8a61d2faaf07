/** Takes out of an answer what differs between any two runs: ids, names, times and addresses. */

const UUID = /\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b/g;
const PLAIN_ID = /\b[0-9a-f]{32}\b/g;
const SHORT_ID = /-[a-z2-7]{12}(?![a-z0-9])/g;
const TIME = /\b\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|\+00:00)?/g;
const ADDRESS = /https?:\/\/[^/\s'"]+(?:\/(?:identity|cfn))?/g;
const MEMBER = /^[a-z2-7]{12}$/;
/** What OS::Heat::RandomString makes by default, or longer than a dozen characters. */
const RANDOM = /^(?=.*[a-z])(?=.*[A-Z])[A-Za-z0-9]{12,}$/;

/** Masks for one play of one scenario: it remembers which physical id and which member was seen first. */
export function createMask(stackName) {
  const labels = new Map();
  const perPath = new Map();
  const members = new Map();

  /** A name for a member of a scaling group, whose own name is random: by the order in which they were first seen. */
  function memberName(name, group) {
    if (!MEMBER.test(name)) return name;
    const key = `${group}/${name}`;
    if (!members.has(key)) {
      const count = [...members.keys()].filter((other) => other.startsWith(`${group}/`)).length;
      members.set(key, `member-${count + 1}`);
      labels.set(name, `<member-${count + 1}>`);
    }
    return members.get(key);
  }

  /** The same label for the same physical id; a new one of the same resource gets the next number. */
  function label(path, physicalId) {
    if (physicalId === null || physicalId === undefined || physicalId === '') return 'none';
    if (!labels.has(physicalId)) {
      const number = (perPath.get(path) ?? 0) + 1;
      perPath.set(path, number);
      labels.set(physicalId, `<${path}#${number}>`);
    }
    return labels.get(physicalId);
  }

  function maskText(text) {
    if (RANDOM.test(text)) return label('random', text);
    let masked = text;
    // Longest first: one id may be the beginning of another.
    for (const [id, name] of [...labels].sort(([a], [b]) => b.length - a.length)) {
      if (id.length > 3) masked = masked.replaceAll(id, name);
    }
    // Where a process of a real Heat asks another one, the error's class ends in _Remote and a trace of calls follows it.
    return masked
      .replace(/(?:\\n|\s)*Traceback \(most recent call last\)[\s\S]*$/, '')
      .replace(/(\w)_Remote:/g, '$1:')
      .replace(ADDRESS, '<address>')
      .replaceAll(stackName, 'STACK')
      .replace(UUID, '<id>')
      .replace(PLAIN_ID, '<id>')
      .replace(TIME, '<time>')
      .replace(SHORT_ID, '-<short>')
      .replace(/\b[\w.-]*Signature=[^&'"\s]+/g, 'Signature=<signature>')
      .replace(/(Timestamp=)[^&'"\s]+/g, '$1<time>');
  }

  function mask(value) {
    if (typeof value === 'string') return maskText(value);
    if (Array.isArray(value)) return value.map(mask);
    if (value !== null && typeof value === 'object') {
      return Object.fromEntries(
        Object.entries(value)
          .sort(([a], [b]) => (a < b ? -1 : 1))
          .map(([key, inner]) => [maskText(key), mask(inner)]),
      );
    }
    return value ?? null;
  }

  return { mask, label, memberName };
}
