/** True if a name fits a shell pattern (`*`, `?`, `[abc]`, `[!a-c]`), as Python's `fnmatchcase`; never backtracks more than once a star. */
export function matchesNamePattern(name: string, pattern: string): boolean {
  let at = 0;
  let place = 0;
  let star = -1;
  let starAt = 0;
  while (at < name.length) {
    const step = matchOne(name[at] as string, pattern, place);
    if (pattern[place] === '*') {
      star = place++;
      starAt = at;
    } else if (step > 0) {
      place += step;
      at++;
    } else if (star >= 0) {
      place = star + 1;
      at = ++starAt;
    } else return false;
  }
  while (pattern[place] === '*') place++;
  return place === pattern.length;
}

/** How many characters of the pattern a character fits, 0 if it does not. */
function matchOne(character: string, pattern: string, place: number): number {
  const wanted = pattern[place];
  if (wanted === undefined) return 0;
  if (wanted === '?') return 1;
  if (wanted !== '[') return wanted === character ? 1 : 0;
  const negated = pattern[place + 1] === '!';
  const first = place + (negated ? 2 : 1);
  const end = pattern.indexOf(']', first + 1);
  if (end < 0) return character === '[' ? 1 : 0;
  const set = pattern.slice(first, end);
  let isIn = false;
  for (let index = 0; index < set.length; index++) {
    const from = set[index] as string;
    const to = set[index + 1] === '-' ? set[index + 2] : undefined;
    if (to === undefined) isIn ||= character === from;
    else {
      isIn ||= character >= from && character <= to;
      index += 2;
    }
  }
  return isIn !== negated ? end + 1 - place : 0;
}
