import type { Constraint } from '../../../../src/engine/model/constraint.js';
import type { Json } from '../../../../src/engine/model/value.js';
import {
  type ConstrainedType,
  type ConstraintOptions,
  checkConstraint,
} from '../../../../src/engine/template/constraints/check-constraint.js';
import { PatternError, SafePattern } from '../../../../src/engine/template/constraints/safe-pattern.js';

interface Row {
  readonly reason: string;
  readonly constraint: Constraint;
  readonly value: Json;
  readonly type?: ConstrainedType;
  readonly options?: ConstraintOptions;
  readonly text: string | undefined;
}

test.each<Row>([
  {
    reason: 'a length below the minimum',
    constraint: { kind: 'length', min: 5, max: 8 },
    value: 'abc',
    text: 'length (3) is out of range (min: 5, max: 8)',
  },
  {
    reason: 'a length counts characters, not UTF-16 units',
    constraint: { kind: 'length', max: 2 },
    value: '😀😀',
    text: undefined,
  },
  {
    reason: 'a list has a length',
    constraint: { kind: 'length', max: 1 },
    value: ['a', 'b'],
    type: 'comma_delimited_list',
    text: 'length (2) is out of range (min: None, max: 1)',
  },
  {
    reason: 'a map has a length',
    constraint: { kind: 'length', min: 1 },
    value: {},
    type: 'json',
    text: 'length (0) is out of range (min: 1, max: None)',
  },
  {
    reason: 'a number below the minimum',
    constraint: { kind: 'range', min: 5 },
    value: 3,
    type: 'number',
    text: '3 is out of range (min: 5, max: None)',
  },
  {
    reason: 'a number given as text is shown as text',
    constraint: { kind: 'range', max: 5 },
    value: '7.5',
    type: 'number',
    text: '7.5 is out of range (min: None, max: 5)',
  },
  {
    reason: 'bounds belong to the range',
    constraint: { kind: 'range', min: 1, max: 3 },
    value: 3,
    type: 'number',
    text: undefined,
  },
  {
    reason: 'a number off the step',
    constraint: { kind: 'modulo', step: 2, offset: 0 },
    value: 5,
    type: 'number',
    text: '5 is not a multiple of 2 with an offset of 0',
  },
  {
    reason: 'the remainder has the sign of the step',
    constraint: { kind: 'modulo', step: 3, offset: 2 },
    value: -1,
    type: 'number',
    text: undefined,
  },
  {
    reason: 'texts are quoted',
    constraint: { kind: 'allowed_values', values: ['a', 'b'] },
    value: 'x',
    text: '"x" is not an allowed value ["a", "b"]',
  },
  {
    reason: 'numbers are not',
    constraint: { kind: 'allowed_values', values: [1, 4, 8] },
    value: 3,
    type: 'number',
    text: '3 is not an allowed value [1, 4, 8]',
  },
  {
    reason: 'a number as text is allowed where the number is',
    constraint: { kind: 'allowed_values', values: [1, 4] },
    value: '4',
    type: 'number',
    text: undefined,
  },
  {
    reason: 'a number is allowed where its text is',
    constraint: { kind: 'allowed_values', values: ['1'] },
    value: 1,
    text: undefined,
  },
  {
    reason: 'booleans compare by meaning',
    constraint: { kind: 'allowed_values', values: ['yes'] },
    value: true,
    type: 'boolean',
    text: undefined,
  },
  {
    reason: 'every item of a list must be allowed',
    constraint: { kind: 'allowed_values', values: ['a', 'b'] },
    value: ['a', 'c'],
    type: 'comma_delimited_list',
    text: '["a", "c"] is not an allowed value ["a", "b"]',
  },
  {
    reason: 'items that the template wrote as numbers',
    constraint: { kind: 'allowed_values', values: [1, 2] },
    value: ['1'],
    type: 'comma_delimited_list',
    text: undefined,
  },
  {
    reason: 'a pattern is anchored at both ends',
    constraint: { kind: 'allowed_pattern', pattern: '[a-z]+' },
    value: 'abc1',
    text: '"abc1" does not match pattern "[a-z]+"',
  },
  {
    reason: 'the first alternative that matches counts in Python',
    constraint: { kind: 'allowed_pattern', pattern: 'a|ab' },
    value: 'ab',
    text: '"ab" does not match pattern "a|ab"',
  },
  {
    reason: 'any alternative counts in Java',
    constraint: { kind: 'allowed_pattern', pattern: 'a|ab' },
    value: 'ab',
    options: { language: 'cfn' },
    text: undefined,
  },
  {
    reason: 'look-ahead works',
    constraint: { kind: 'allowed_pattern', pattern: '(?=.*[0-9]).{4,}' },
    value: 'abc1',
    text: undefined,
  },
  {
    reason: 'look-ahead fails',
    constraint: { kind: 'allowed_pattern', pattern: '(?=.*[0-9]).{4,}' },
    value: 'abcd',
    text: '"abcd" does not match pattern "(?=.*[0-9]).{4,}"',
  },
  {
    reason: 'a wrong pattern is told of',
    constraint: { kind: 'allowed_pattern', pattern: '(' },
    value: 'a',
    text: '"a" cannot be matched with pattern "(": Invalid regular expression: /(/u: Unterminated group',
  },
  {
    reason: 'a description replaces the text',
    constraint: { kind: 'range', min: 1, description: '1 at least' },
    value: 0,
    type: 'number',
    text: '1 at least',
  },
  {
    reason: 'a hidden value is not shown',
    constraint: { kind: 'allowed_pattern', pattern: '[a-z]+' },
    value: 'S3cret',
    options: { hidden: true },
    text: '"******" does not match pattern "[a-z]+"',
  },
  {
    reason: 'an unknown custom constraint',
    constraint: { kind: 'custom', name: 'foo.bar' },
    value: 'x',
    text: '"x" does not validate foo.bar (constraint not found)',
  },
  {
    reason: 'one that only a service can check passes',
    constraint: { kind: 'custom', name: 'nova.flavor' },
    value: 'x',
    text: undefined,
  },
])('$reason', ({ constraint, value, type, options, text }) => {
  expect(checkConstraint(constraint, value, type ?? 'string', options)).toBe(text);
});

const GOOD: readonly (readonly [string, Json])[] = [
  ['ip_addr', '10.0.0.1'],
  ['ip_addr', '2001:db8::1'],
  ['mac_addr', 'fa:16:3e:00:11:22'],
  ['mac_addr', 'fa16.3e00.1122'],
  ['net_cidr', '10.0.0.0/24'],
  ['net_cidr', '2001:db8::/64'],
  ['ip_or_cidr', '10.0.0.1'],
  ['ip_or_cidr', '10.0.0.0/8'],
  ['dns_name', 'openstack.org.'],
  ['dns_name', ''],
  ['rel_dns_name', 'myvm.openstack'],
  ['dns_domain', 'openstack.org.'],
  ['cron_expression', '*/5 0 1-15 jan,feb mon'],
  ['cron_expression', ''],
  ['timezone', 'Europe/Berlin'],
  ['iso_8601', '2020-01-01T00:00:00Z'],
  ['iso_8601', '20200101T000000+0100'],
  ['expiration', '2999-01-01'],
  ['json_string', '{"a": [1]}'],
  ['test_constr', 0],
];

test.each(GOOD)('%s takes %j', (name, value) => {
  expect(checkConstraint({ kind: 'custom', name }, value, 'string')).toBeUndefined();
});

test.each<readonly [string, Json, string]>([
  ['ip_addr', '10.0.0', "Error validating value '10.0.0': Invalid IP address"],
  ['ip_addr', '1.2.3.256', "Error validating value '1.2.3.256': Invalid IP address"],
  ['mac_addr', 'fa:16', "Error validating value 'fa:16': Invalid MAC address."],
  ['net_cidr', '10.0.0.0/33', "Error validating value '10.0.0.0/33': Invalid net cidr invalid IPNetwork 10.0.0.0/33 "],
  [
    'net_cidr',
    '10.0.0.0',
    "Error validating value '10.0.0.0': '10.0.0.0' isn't a recognized IP subnet cidr, '10.0.0.0/32' is recommended",
  ],
  [
    'net_cidr',
    '10.0.0.0/255.0.0.0',
    "Error validating value '10.0.0.0/255.0.0.0': '10.0.0.0/255.0.0.0' isn't a recognized IP subnet cidr, '10.0.0.0/8' is recommended",
  ],
  ['ip_or_cidr', 'x', "Error validating value 'x': 'x' is not a valid IP address"],
  [
    'dns_name',
    '-a.org',
    "Error validating value '-a.org': '-a.org' not in valid format. Reason: Name '-a' must not start or end with a hyphen.",
  ],
  [
    'dns_name',
    'a..b',
    "Error validating value 'a..b': 'a..b' not in valid format. Reason: Encountered an empty component.",
  ],
  [
    'dns_name',
    'a.123.',
    "Error validating value 'a.123.': 'a.123.' not in valid format. Reason: TLD '123' must not be all numeric.",
  ],
  ['rel_dns_name', 'a.', "Error validating value 'a.': 'a.' is a FQDN. It should be a relative domain name."],
  ['dns_domain', 'a.org', "Error validating value 'a.org': 'a.org' must end with '.'."],
  [
    'cron_expression',
    '* *',
    "Error validating value '* *': Invalid CRON expression: Exactly 5, 6 or 7 columns has to be specified for iterator expression.",
  ],
  [
    'cron_expression',
    '99 * * * *',
    "Error validating value '99 * * * *': Invalid CRON expression: [99 * * * *] is not acceptable, out of range",
  ],
  [
    'timezone',
    'Mars/Base',
    "Error validating value 'Mars/Base': Invalid timezone: 'No time zone found with key Mars/Base'",
  ],
  ['iso_8601', 'soon', "Error validating value 'soon'"],
  ['iso_8601', '2020-02-30', "Error validating value '2020-02-30'"],
  [
    'expiration',
    '1970-01-01',
    "Error validating value '1970-01-01': Expiration 1970-01-01 is invalid: Expiration time is out of date.",
  ],
  [
    'expiration',
    'Fri 13th, 2050',
    "Error validating value 'Fri 13th, 2050': Expiration Fri 13th, 2050 is invalid: Unable to parse date string 'Fri 13th, 2050'",
  ],
  [
    'json_string',
    '{',
    "Error validating value '{': JSON string data is not valid: Expecting property name enclosed in double quotes: line 1 column 2 (char 1)",
  ],
])('%s refuses %j', (name, value, text) => {
  expect(checkConstraint({ kind: 'custom', name }, value, 'string')).toBe(text);
});

describe('patterns', () => {
  test.each([
    ['(?P<year>\\d{4})-(?P=year)', '2020-2020', true],
    ['\\Aabc\\Z', 'abc', true],
    ['(a)(b)\\2\\1', 'abba', true],
    ['[a-z]++x', 'abx', false],
    ['[a-z]++1', 'ab1', true],
    ['(?>a+)ab', 'aaab', true],
    ['(?i)ABC', 'abc', true],
    ['(?i)(?=a)ABC', 'abc', true],
    ['\\w+', 'größe', true],
    ['[\\w-]+', 'größe-1', true],
    ['[]x]+', ']x', true],
    ['[^]x]+', 'ab', true],
    ['a{,2}', 'aa', true],
    ['a{2000}', 'a'.repeat(2000), true],
    ['(?!admin$)[a-z]+', 'admin', false],
    ['(?!admin$)[a-z]+', 'user', true],
    ['(?<!x)y', 'y', true],
  ])('%s on %s', (source, text, expected) => {
    expect(SafePattern.compile(source).matchesFromStart(text)).toBe(expected);
  });

  test.each(['(a+)+$', '(a|a)*$', '(a|aa)+$', '(.*a){20}$', '([a-z]+)*[0-9]$'])('%s ends in linear time', (source) => {
    const start = performance.now();
    expect(SafePattern.compile(source).matchesFromStart(`${'a'.repeat(5000)}!`)).toBe(false);
    expect(performance.now() - start).toBeLessThan(4000);
  });

  test('a pattern that needs backtracking without end is given up', () => {
    const start = performance.now();
    expect(() => SafePattern.compile('(?=a)(a+)+$').matchesFromStart(`${'a'.repeat(50)}!`)).toThrow(PatternError);
    expect(performance.now() - start).toBeLessThan(2000);
    expect(
      checkConstraint({ kind: 'allowed_pattern', pattern: '(?=a)(a+)+$' }, `${'a'.repeat(50)}!`, 'string'),
    ).toContain('takes too long');
  });
});
