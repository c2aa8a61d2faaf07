import { strftime } from '../date-text.js';
import { fixedDigits, itemAt, pythonFloat, pythonRepr, pythonStr } from '../python-text.js';
import { isList, YaqlDateTime, YaqlDict, type YaqlValue } from '../values.js';
import { YaqlError } from '../yaql-error.js';

interface Spec {
  readonly fill: string;
  readonly align: string;
  readonly sign: string;
  readonly alternate: boolean;
  readonly width: number;
  readonly grouping: string;
  readonly precision: number | undefined;
  readonly type: string;
}

const SPEC = /^(?:(.)?([<>=^]))?([+\- ])?(#)?(0)?(\d+)?([,_])?(?:\.(\d+))?([a-zA-Z%])?$/su;

function parseSpec(text: string): Spec {
  const match = SPEC.exec(text);
  if (!match) throw new YaqlError('Invalid format specifier');
  const [, fill, align, sign, alternate, zero, width, grouping, precision, type] = match;
  return {
    fill: fill ?? (zero ? '0' : ' '),
    align: align ?? (zero ? '=' : ''),
    sign: sign ?? '-',
    alternate: alternate !== undefined,
    width: Number(width ?? 0),
    grouping: grouping ?? '',
    precision: precision === undefined ? undefined : Number(precision),
    type: type ?? '',
  };
}

function group(digits: string, separator: string, size: number): string {
  if (separator === '') return digits;
  const [whole = '', fraction] = digits.split('.');
  const grouped = whole.replace(new RegExp(`\\B(?=(?:[0-9a-fA-F]{${size}})+(?![0-9a-fA-F]))`, 'g'), separator);
  return fraction === undefined ? grouped : `${grouped}.${fraction}`;
}

function pad(sign: string, body: string, spec: Spec, defaultAlign: string): string {
  const missing = Math.max(0, spec.width - [...(sign + body)].length);
  const align = spec.align || defaultAlign;
  if (align === '=') return sign + spec.fill.repeat(missing) + body;
  if (align === '>') return spec.fill.repeat(missing) + sign + body;
  if (align === '^') {
    const left = Math.floor(missing / 2);
    return spec.fill.repeat(left) + sign + body + spec.fill.repeat(missing - left);
  }
  return sign + body + spec.fill.repeat(missing);
}

function exponent(text: string): string {
  return text.replace(/e([+-])(\d)$/, 'e$10$2');
}

function general(value: number, precision: number): string {
  const digits = precision === 0 ? 1 : precision;
  const power = value === 0 ? 0 : Math.floor(Math.log10(value));
  if (power < -4 || power >= digits) {
    return exponent(value.toExponential(digits - 1)).replace(/\.?0+e/, 'e');
  }
  const fixed = value.toFixed(Math.min(100, Math.max(0, digits - 1 - power)));
  return fixed.includes('.') ? fixed.replace(/\.?0+$/, '') : fixed;
}

function floatBody(value: number, spec: Spec): string {
  const precision = Math.min(100, spec.precision ?? 6);
  switch (spec.type) {
    case 'f':
    case 'F':
      return group(fixedDigits(value, precision), spec.grouping, 3);
    case 'e':
      return exponent(value.toExponential(precision));
    case 'E':
      return exponent(value.toExponential(precision)).toUpperCase();
    case '%':
      return `${group(fixedDigits(value * 100, precision), spec.grouping, 3)}%`;
    case 'g':
    case 'G':
    case 'n':
      return general(value, precision);
    default:
      return group(spec.precision === undefined ? pythonFloat(value) : general(value, precision), spec.grouping, 3);
  }
}

function formatInteger(value: bigint, spec: Spec): string {
  if ('eEfFgG%'.includes(spec.type) && spec.type !== '') return formatNumber(Number(value), spec);
  const sign = value < 0n ? '-' : spec.sign === '-' ? '' : spec.sign;
  const size = value < 0n ? -value : value;
  const bases: { readonly [type: string]: readonly [number, string] } = {
    b: [2, '0b'],
    o: [8, '0o'],
    x: [16, '0x'],
    X: [16, '0X'],
  };
  const [base, prefix] = bases[spec.type] ?? [10, ''];
  if (spec.type === 'c') return pad('', String.fromCodePoint(Number(size)), spec, '<');
  if (!['', 'd', 'n', 'b', 'o', 'x', 'X'].includes(spec.type)) {
    throw new YaqlError(`Unknown format code '${spec.type}' for object of type 'int'`);
  }
  const digits = spec.type === 'X' ? size.toString(base).toUpperCase() : size.toString(base);
  return pad(sign + (spec.alternate ? prefix : ''), group(digits, spec.grouping, base === 10 ? 3 : 4), spec, '>');
}

function formatNumber(value: number, spec: Spec): string {
  if (!'eEfFgGn%'.includes(spec.type))
    throw new YaqlError(`Unknown format code '${spec.type}' for object of type 'float'`);
  const sign = value < 0 ? '-' : spec.sign === '-' ? '' : spec.sign;
  return pad(sign, floatBody(Math.abs(value), spec), spec, '>');
}

function formatValue(value: YaqlValue, text: string): string {
  if (value instanceof YaqlDateTime) return text === '' ? pythonStr(value) : strftime(value, text);
  if (text === '') return pythonStr(value);
  const spec = parseSpec(text);
  if (typeof value === 'bigint') return formatInteger(value, spec);
  if (typeof value === 'boolean' && spec.type !== '') return formatInteger(BigInt(value), spec);
  if (typeof value === 'number') return formatNumber(value, spec);
  if (typeof value !== 'string') throw new YaqlError('unsupported format string');
  if (spec.type !== '' && spec.type !== 's')
    throw new YaqlError(`Unknown format code '${spec.type}' for object of type 'str'`);
  if (spec.align === '=') throw new YaqlError("'=' alignment not allowed in string format specifier");
  const shown = spec.precision === undefined ? value : [...value].slice(0, spec.precision).join('');
  return pad('', shown, spec, '<');
}

/** Python's `str.format`: `{}`, `{0}`, `{name}`, `{0[key]}`, `{x!r}`, `{x:>10}`; attributes are refused. */
export function formatText(
  template: string,
  args: readonly YaqlValue[],
  named: ReadonlyMap<string, YaqlValue>,
  charge: (bytes: number) => void,
): string {
  let automatic = 0;
  let result = '';
  const lookUp = (field: string): YaqlValue => {
    const parts = /^([^.[]*)((?:\[[^\]]*\])*)$/.exec(field);
    if (!parts) throw new YaqlError('attributes are not allowed in a format');
    const [, base = '', path = ''] = parts;
    const index = base === '' ? automatic++ : Number(base);
    let value = base !== '' && !/^\d+$/.test(base) ? named.get(base) : args[index];
    if (value === undefined) {
      throw new YaqlError(
        /^\d*$/.test(base) ? `Replacement index ${index} out of range for positional args tuple` : `'${base}'`,
      );
    }
    for (const [, key = ''] of path.matchAll(/\[([^\]]*)\]/g)) {
      if (value instanceof YaqlDict) value = itemAt(value, key);
      else if (isList(value)) value = value[Number(key)] ?? null;
      else throw new YaqlError(`${pythonStr(value ?? null)} has no items`);
    }
    return value ?? null;
  };
  const expand = (text: string, depth: number): string => {
    let shown = '';
    for (let index = 0; index < text.length; ) {
      const character = text[index] as string;
      if ((character === '{' || character === '}') && text[index + 1] === character && depth === 0) {
        shown += character;
        index += 2;
      } else if (character === '}') throw new YaqlError("Single '}' encountered in format string");
      else if (character === '{') {
        const end = closingBrace(text, index);
        if (depth > 1) throw new YaqlError('Max string recursion exceeded');
        const [, field = '', conversion, spec = ''] =
          /^([^!:]*)(?:!([rsa]))?(?::(.*))?$/s.exec(text.slice(index + 1, end)) ?? [];
        const value = lookUp(field);
        const converted =
          conversion === 'r' || conversion === 'a' ? pythonRepr(value) : conversion === 's' ? pythonStr(value) : value;
        const format = expand(spec, depth + 1);
        charge(Number(/^.*?(\d+)/.exec(format)?.[1] ?? 0));
        shown += formatValue(converted, format);
        index = end + 1;
      } else {
        shown += character;
        index++;
      }
      charge(49 + shown.length);
    }
    return shown;
  };
  result += expand(template, 0);
  return result;
}

function closingBrace(text: string, start: number): number {
  let depth = 0;
  for (let index = start; index < text.length; index++) {
    if (text[index] === '{') depth++;
    else if (text[index] === '}' && --depth === 0) return index;
  }
  throw new YaqlError("Single '{' encountered in format string");
}
