import { createHmac, randomBytes } from 'node:crypto';
import type { ResourceSchema } from '../../../engine/drivers/resource-schema.js';
import type { ResourceType } from '../../../engine/drivers/resource-type.js';
import type { JsonMap } from '../../../engine/model/value.js';
import type { Cloud } from '../../clouds/cloud.js';
import { gone } from '../../define-type.js';
import { asFilled, asList, asMaps, asNumber, asText } from '../../json-access.js';

const LOWER = 'abcdefghijklmnopqrstuvwxyz';
const UPPER = LOWER.toUpperCase();
const DIGITS = '0123456789';

/** The characters of each class. */
const CLASSES: { readonly [name: string]: string } = {
  lettersdigits: LOWER + UPPER + DIGITS,
  letters: LOWER + UPPER,
  lowercase: LOWER,
  uppercase: UPPER,
  digits: DIGITS,
  hexdigits: `${DIGITS}ABCDEF`,
  octdigits: '01234567',
};

interface Source {
  readonly characters: string;
  readonly min: number;
}

/** A stream of even random numbers that a secret and a token determine. */
export function randomStream(secret: string, token: string): (below: number) => number {
  let block = Buffer.alloc(0);
  let count = 0;
  let position = 0;
  const next = (): number => {
    if (position + 4 > block.length) {
      block = createHmac('sha256', secret).update(`${token}\0${count++}`).digest();
      position = 0;
    }
    const number = block.readUInt32BE(position);
    position += 4;
    return number;
  };
  return (below) => {
    // Numbers beyond the last full run would make small ones likelier.
    const fair = Math.floor(0x1_0000_0000 / below) * below;
    let number = next();
    while (number >= fair) number = next();
    return number % below;
  };
}

function sourcesOf(properties: JsonMap): Source[] {
  const sequences = asMaps(properties.character_sequences).map((entry) => ({
    characters: asText(entry.sequence) ?? '',
    min: asNumber(entry.min) ?? 1,
  }));
  const deprecated = asFilled(properties.sequence);
  const classes = asMaps(properties.character_classes).map((entry) => ({
    characters: CLASSES[asText(entry.class) ?? 'lettersdigits'] ?? '',
    min: asNumber(entry.min) ?? 1,
  }));
  if (deprecated !== undefined) return [{ characters: CLASSES[deprecated] ?? '', min: 1 }];
  const all = [...sequences, ...classes].filter(({ characters }) => characters !== '');
  return all.length > 0 ? all : [{ characters: CLASSES.lettersdigits ?? '', min: 1 }];
}

/** A string of a length with at least so many characters of each source. */
export function randomText(length: number, sources: readonly Source[], random: (below: number) => number): string {
  const pick = (characters: string): string => characters[random(characters.length)] ?? '';
  const text = sources.flatMap(({ characters, min }) => Array.from({ length: min }, () => pick(characters)));
  while (text.length < length) text.push(pick(sources[random(sources.length)]?.characters ?? ''));
  for (let index = text.length - 1; index > 0; index--) {
    const other = random(index + 1);
    [text[index], text[other]] = [text[other] ?? '', text[index] ?? ''];
  }
  return text.join('');
}

/** OS::Heat::RandomString: random, and yet the same each time that one intent is repeated. */
export function randomString(schema: ResourceSchema): ResourceType<Cloud> {
  return {
    schema,
    validate(properties) {
      const { sequence } = properties;
      if (
        asFilled(sequence) !== undefined &&
        (asList(properties.character_sequences).length > 0 || isOwnClasses(properties))
      ) {
        return [
          "Cannot use deprecated 'sequence' property along with 'character_sequences' or 'character_classes' properties",
        ];
      }
      const least = [...asMaps(properties.character_sequences), ...asMaps(properties.character_classes)].reduce(
        (sum, entry) => sum + (asNumber(entry.min) ?? 1),
        0,
      );
      return least > (asNumber(properties.length) ?? 32)
        ? ['Length property cannot be smaller than combined character class and character sequence minimums']
        : [];
    },
    async create(ctx, properties) {
      const secret = (await ctx.cloud.seed?.()) ?? randomBytes(32).toString('hex');
      const text = randomText(
        asNumber(properties.length) ?? 32,
        sourcesOf(properties),
        randomStream(secret, ctx.token),
      );
      return {
        state: 'done',
        physicalId: ctx.resource.physicalName,
        reference: text,
        attributes: { value: text, show: {} },
        data: { value: text },
      };
    },
    async delete(_ctx, ref) {
      return gone(ref);
    },
    async attribute(_ctx, ref, name) {
      return name === 'value' ? (ref.data.value ?? null) : {};
    },
  };
}

/** True if the classes are not just the default. */
function isOwnClasses(properties: JsonMap): boolean {
  const [first, ...rest] = asMaps(properties.character_classes);
  return (
    first !== undefined && (rest.length > 0 || asText(first.class) !== 'lettersdigits' || asNumber(first.min) !== 1)
  );
}
