import type { PropertySchema } from '../../../src/engine/drivers/resource-schema.js';
import { type PropertyContext, validateProperties } from '../../../src/engine/drivers/validate-properties.js';
import { formatDiagnostic } from '../../../src/engine/model/diagnostic.js';
import { Secret, Unknown, type ValueMap } from '../../../src/engine/model/value.js';
import { loadSchema } from '../../../src/resources/catalogue/catalogue.js';

const context: PropertyContext = { path: ['resources', 'a', 'properties'] };

function property(part: Partial<PropertySchema>): PropertySchema {
  return { type: 'string', required: false, onChange: 'update', ...part };
}

const small = {
  text: property({}),
  whole: property({ type: 'integer', default: 7, constraints: [{ kind: 'range', min: 0 }] }),
  real: property({ type: 'number' }),
  flag: property({ type: 'boolean' }),
  map: property({ type: 'map' }),
  list: property({ type: 'list', constraints: [{ kind: 'length', max: 2 }] }),
  choice: property({ constraints: [{ kind: 'allowed_values', values: ['a', 'b'] }] }),
  pattern: property({ constraints: [{ kind: 'allowed_pattern', pattern: '[a-z]+' }] }),
  described: property({ constraints: [{ kind: 'length', min: 3, description: 'too short for us' }] }),
  even: property({ type: 'integer', constraints: [{ kind: 'modulo', step: 2, offset: 0 }] }),
  server: property({ constraints: [{ kind: 'custom', name: 'nova.server' }] }),
  password: property({
    secret: true,
    constraints: [
      { kind: 'length', min: 8 },
      { kind: 'allowed_pattern', pattern: '[a-z]+' },
    ],
  }),
  planned: property({ notImplemented: true }),
  inner: property({
    type: 'map',
    properties: { name: property({ required: true }), size: property({ type: 'integer', default: 1 }) },
  }),
  items: property({
    type: 'list',
    items: property({ type: 'map', properties: { port: property({ type: 'integer' }) } }),
  }),
};

const heat = (properties: ValueMap, more: Partial<PropertyContext> = {}) =>
  validateProperties({ origin: 'heat', properties: small }, properties, { ...context, ...more });
const aws = (properties: ValueMap) => validateProperties({ origin: 'aws', properties: small }, properties, context);
const lines = (result: ReturnType<typeof heat>) => result.diagnostics.map(formatDiagnostic);

describe('Heat', () => {
  test.each([
    { reason: 'an unknown name', given: { nope: 1 }, line: 'resources.a.properties: Unknown Property nope' },
    {
      reason: 'a word for an integer',
      given: { whole: 'long' },
      line: "resources.a.properties.whole: Value 'long' is not an integer",
    },
    {
      reason: 'a fraction in text for an integer',
      given: { whole: '1.5' },
      line: "resources.a.properties.whole: Value '1.5' is not an integer",
    },
    {
      reason: 'a list for an integer',
      given: { whole: [] },
      line: "resources.a.properties.whole: int() argument must be a string, a bytes-like object or a real number, not 'list'",
    },
    {
      reason: 'a word for a number',
      given: { real: 'x' },
      line: "resources.a.properties.real: could not convert string to float: 'x'",
    },
    {
      reason: 'a map for text',
      given: { text: { a: [true, null] } },
      line: "resources.a.properties.text: Value must be a string; got {'a': [True, None]}",
    },
    {
      reason: 'a fraction for text',
      given: { text: 1.5 },
      line: 'resources.a.properties.text: Value must be a string; got 1.5',
    },
    {
      reason: 'a word for a boolean',
      given: { flag: 'Yes' },
      line: 'resources.a.properties.flag: "yes" is not a valid boolean',
    },
    {
      reason: 'text for a list',
      given: { list: "it's" },
      line: 'resources.a.properties.list: ""it\'s"" is not a list',
    },
    { reason: 'text for a map', given: { map: 'x' }, line: 'resources.a.properties.map: "x" is not a map' },
    {
      reason: 'a value below the range',
      given: { whole: -1 },
      line: 'resources.a.properties.whole: -1 is out of range (min: 0, max: None)',
    },
    {
      reason: 'a list that is too long',
      given: { list: [1, 2, 3] },
      line: 'resources.a.properties.list: length (3) is out of range (min: None, max: 2)',
    },
    {
      reason: 'a value that is not allowed',
      given: { choice: 'c' },
      line: 'resources.a.properties.choice: "c" is not an allowed value ["a", "b"]',
    },
    {
      reason: 'text that does not match',
      given: { pattern: 'a1' },
      line: 'resources.a.properties.pattern: "a1" does not match pattern "[a-z]+"',
    },
    {
      reason: 'a constraint with words of its own',
      given: { described: 'ab' },
      line: 'resources.a.properties.described: too short for us',
    },
    {
      reason: 'an odd number',
      given: { even: 5 },
      line: 'resources.a.properties.even: 5 is not a multiple of 2 with an offset of 0',
    },
    {
      reason: 'a missing inner property',
      given: { inner: {} },
      line: 'resources.a.properties.inner: Property name not assigned',
    },
    {
      reason: 'an unknown inner name',
      given: { items: [{}, { prot: 1 }] },
      line: 'resources.a.properties.items[1]: Unknown Property prot',
    },
    {
      reason: 'a wrong inner value',
      given: { items: [{ port: 'x' }] },
      line: "resources.a.properties.items[0].port: Value 'x' is not an integer",
    },
    {
      reason: 'a property that Heat never made',
      given: { planned: 'x' },
      line: 'resources.a.properties: Property planned not implemented yet',
    },
  ])('$reason is refused in its words', ({ given, line }) => {
    expect(lines(heat(given as ValueMap))).toEqual([`Property error: ${line}`]);
  });

  test('all mistakes are found, unknown names first', () => {
    expect(lines(heat({ whole: 'x', inner: { size: 'y' }, zzz: 1 })).map((line) => line.split(': ').at(-1))).toEqual([
      'Unknown Property zzz',
      "Value 'x' is not an integer",
      "Value 'y' is not an integer",
      'Property name not assigned',
    ]);
  });

  test('scalars are converted and defaults filled in, at any depth', () => {
    const given = { text: true, whole: ' 12 ', real: '1.5', flag: 'TRUE', inner: { name: 5 }, even: false, list: null };
    expect(heat(given)).toEqual({
      properties: { text: 'True', whole: 12, real: 1.5, flag: true, inner: { name: '5', size: 1 }, even: 0, list: [] },
      diagnostics: [],
    });
  });

  test('null means the default, or else the zero of the type', () => {
    expect(heat({ whole: null, text: null, map: null, flag: null }).properties).toEqual({
      whole: 7,
      text: '',
      map: {},
      flag: false,
    });
  });

  test('what is not known yet is accepted anywhere', () => {
    const later = new Unknown(['other.attr']);
    const given = {
      whole: later,
      choice: later,
      inner: later,
      items: [later, { port: later }],
      list: later,
      map: { a: later },
    };
    const result = heat(given);
    expect(result.diagnostics).toEqual([]);
    expect(result.properties.inner).toBe(later);
  });

  test('what is not known yet is no map, even where any names with text are due', () => {
    const free = { map: property({ type: 'map', items: property({}) }) };
    const given = { map: new Unknown(['a', 'b']) };
    expect(validateProperties({ origin: 'aws', properties: free }, given, context).diagnostics).toEqual([]);
  });

  test('a secret is checked, kept wrapped, and never quoted', () => {
    const result = heat({
      whole: new Secret('hush'),
      choice: new Secret('psst'),
      pattern: new Secret('abc'),
      inner: new Secret({ name: 'n', size: 'loud' }),
    });
    expect(lines(result)).toEqual([
      "Property error: resources.a.properties.whole: Value '******' is not an integer",
      'Property error: resources.a.properties.choice: "******" is not an allowed value ["a", "b"]',
      "Property error: resources.a.properties.inner.size: Value '******' is not an integer",
    ]);
    expect((result.properties.pattern as Secret).reveal()).toBe('abc');
  });

  test('the value of a secret property is wrapped and masked', () => {
    const result = heat({ password: '12345678' });
    expect(result.properties.password).toBeInstanceOf(Secret);
    expect(lines(result)).toEqual([
      'Property error: resources.a.properties.password: "******" does not match pattern "[a-z]+"',
    ]);
  });

  test('what is said about a secret from outside is not repeated', () => {
    const result = heat({ server: new Secret('hush') }, { customCheck: (_, value) => `no server ${value}` });
    expect(lines(result)).toEqual([
      'Property error: resources.a.properties.server: "******" does not validate nova.server',
    ]);
  });

  test('custom constraints are asked from whoever knows, for known values only', () => {
    const asked: unknown[] = [];
    const customCheck = (name: string, value: unknown) => {
      asked.push([name, value]);
      return value === 'there' ? undefined : 'no such server';
    };
    expect(heat({ server: 'there' }, { customCheck }).diagnostics).toEqual([]);
    expect(heat({ server: new Unknown() }, { customCheck }).diagnostics).toEqual([]);
    expect(lines(heat({ server: 'gone' }, { customCheck }))).toEqual([
      'Property error: resources.a.properties.server: no such server',
    ]);
    expect(asked).toEqual([
      ['nova.server', 'there'],
      ['nova.server', 'gone'],
    ]);
  });

  test('a misspelled name gets a hint and the place of its key', () => {
    const positions = (path: readonly (string | number)[]) =>
      path.at(-1) === 'flgg' ? { line: 4, column: 7 } : undefined;
    expect(heat({ flgg: true }, { positions }).diagnostics[0]).toMatchObject({
      hint: 'did you mean "flag"?',
      at: { line: 4, column: 7 },
    });
  });

  test('names such as __proto__ are unknown properties and nothing else', () => {
    expect(lines(heat(JSON.parse('{"__proto__": 1}')))).toEqual([
      'Property error: resources.a.properties: Unknown Property __proto__',
    ]);
  });

  test('an old name moves its value to the new one, which then counts as given', () => {
    const port = loadSchema('OS::Neutron::Port', { prefer: 'heat' })!;
    const result = validateProperties(port, { network_id: 'net', fixed_ips: [{ subnet_id: 'sub' }] }, context);
    expect(result.diagnostics).toEqual([]);
    expect(result.properties).toMatchObject({ network: 'net', fixed_ips: [{ subnet: 'sub' }] });
    expect(result.properties).not.toHaveProperty('network_id');
  });

  test('an open type takes any property', () => {
    const none = loadSchema('OS::Heat::None', { prefer: 'heat' })!;
    expect(validateProperties(none, { a: 1, b: [{}] }, context)).toEqual({
      properties: { a: 1, b: [{}] },
      diagnostics: [],
    });
  });

  test('defaults of nested schemas are whole', () => {
    const random = loadSchema('OS::Heat::RandomString', { prefer: 'heat' })!;
    expect(validateProperties(random, {}, context).properties).toEqual({
      length: 32,
      character_classes: [{ class: 'lettersdigits', min: 1 }],
    });
  });
});

describe('CloudFormation', () => {
  test.each([
    { reason: 'an unknown name', given: { nope: 1 }, line: 'Encountered unsupported property nope' },
    { reason: 'a missing property', given: { inner: {} }, line: 'Property name cannot be empty.' },
    { reason: 'a map for text', given: { text: {} }, line: 'Value of property text must be of type String' },
    { reason: 'text for a list', given: { items: 'x' }, line: 'Value of property items must be of type List' },
    { reason: 'a list for a map', given: { map: [] }, line: 'Value of property map must be an object' },
    { reason: 'a word for an integer', given: { whole: 'x' }, line: 'Value of property whole must be of type Integer' },
  ])('$reason is refused in its words', ({ given, line }) => {
    expect(lines(aws(given as ValueMap))).toEqual([line]);
  });

  test('text and scalars pass for each other, and no default is filled in', () => {
    expect(aws({ text: true, whole: '12', flag: 'false', real: '0.5' }).properties).toEqual({
      text: 'true',
      whole: 12,
      flag: false,
      real: 0.5,
    });
  });

  test('null counts as absent', () => {
    expect(aws({ text: null }).properties).toEqual({});
  });

  test('a value that the specification does not list is a warning only', () => {
    expect(aws({ choice: 'c' }).diagnostics).toMatchObject([{ severity: 'warning', code: 'constraint' }]);
  });
});

test('10,000 servers of one type are checked in well under a second', () => {
  const server = loadSchema('OS::Nova::Server', { prefer: 'heat' })!;
  const given = {
    name: 'web',
    image: 'cirros',
    flavor: 'm1.small',
    key_name: 'k',
    networks: [{ network: new Unknown(['net']) }],
    metadata: { a: 'b' },
    security_groups: ['default'],
  };
  validateProperties(server, given, context);
  const started = performance.now();
  for (let count = 0; count < 10_000; count++) validateProperties(server, given, context);
  const elapsed = performance.now() - started;
  if (process.env.SHOW_TIMES) console.log(`${elapsed.toFixed(0)} ms`);
  expect(elapsed).toBeLessThan(3000);
});
