import { checkJson, fromJson, toJson } from '../../../../src/engine/template/parse/json-node.js';
import { parseDocument } from '../../../../src/engine/template/parse/parse-document.js';

function json(text: string): unknown {
  const { root, diagnostics } = parseDocument(text);
  expect(diagnostics).toEqual([]);
  return root && toJson(root);
}

test.each([
  { reason: 'block style', text: 'a:\n  - 1\n  - b: c\n', value: { a: [1, { b: 'c' }] } },
  { reason: 'flow style', text: '{a: [1, {b: c}], d: }', value: { a: [1, { b: 'c' }], d: null } },
  {
    reason: 'JSON',
    text: '{"a": [1e3, "yes", true, null, "\\u00e9\\/"]}',
    value: { a: [1000, 'yes', true, null, 'é/'] },
  },
  { reason: 'JSON with tabs', text: '{\n\t"a": 1\n}', value: { a: 1 } },
  { reason: 'quotes keep text', text: `a: "on"\nb: 'off'\nc: on`, value: { a: 'on', b: 'off', c: true } },
  { reason: 'literal and folded text', text: 'a: |\n  x\n  y\nb: >-\n  x\n  y\n', value: { a: 'x\ny\n', b: 'x y' } },
  {
    reason: 'keys are text',
    text: 'on: 1\n1: 2\n0x10: 3\n1.10: 4\n~: 5\n"no": 6',
    value: { true: 1, 1: 2, 16: 3, '1.10': 4, null: 5, no: 6 },
  },
  {
    reason: 'anchors and aliases',
    text: 'a: &x {k: 1}\nb: *x\nc: [*x, *x]',
    value: { a: { k: 1 }, b: { k: 1 }, c: [{ k: 1 }, { k: 1 }] },
  },
  { reason: 'an alias as key', text: 'a: &x k\n*x : 1', value: { a: 'k', k: 1 } },
  { reason: 'an anchor that is set again', text: 'a: &x 1\nb: *x\nc: &x 2\nd: *x', value: { a: 1, b: 1, c: 2, d: 2 } },
  {
    reason: 'a merge: own keys win',
    text: 'a: &x {k: 1, l: 2}\nb:\n  k: 3\n  <<: *x',
    value: { a: { k: 1, l: 2 }, b: { l: 2, k: 3 } },
  },
  {
    reason: 'a merge of several: earlier ones win',
    text: 'a: &x {k: 1}\nb: &y {k: 2, l: 3}\nc: {<<: [*x, *y]}',
    value: { a: { k: 1 }, b: { k: 2, l: 3 }, c: { k: 1, l: 3 } },
  },
  { reason: 'a quoted merge key is a key', text: '"<<": {a: 1}', value: { '<<': { a: 1 } } },
  {
    reason: 'tags of the core schema',
    text: '- !!str 1\n- !!int "0x10"\n- !!float "1.5"\n- !!bool "yes"\n- !!null ""\n- !!map {}\n- !!seq []\n- !!timestamp 2001-01-01\n- ! 12',
    value: ['1', 16, 1.5, true, null, {}, [], '2001-01-01', '12'],
  },
  { reason: 'a byte order mark', text: '\ufeffa: 1', value: { a: 1 } },
  { reason: 'line ends of all kinds', text: 'a: 1\r\nb: 2\rc: 3\n', value: { a: 1, b: 2, c: 3 } },
  { reason: 'one document with marks', text: '%YAML 1.1\n---\na: 1\n...\n', value: { a: 1 } },
  {
    reason: 'names that JavaScript has',
    text: '{"__proto__": {"x": 1}, "constructor": 2}',
    value: JSON.parse('{"__proto__": {"x": 1}, "constructor": 2}'),
  },
])('$reason', ({ text, value }) => {
  expect(json(text)).toEqual(value);
});

test('nothing leaks into the prototype', () => {
  const value = json('__proto__: {polluted: true}') as { polluted?: boolean };
  expect(value.polluted).toBeUndefined();
  expect(Object.keys(value)).toEqual(['__proto__']);
});

test.each([
  { reason: 'a scalar', text: '!Ref x', value: { Ref: 'x' } },
  { reason: 'text, whatever it looks like', text: '!Ref 12', value: { Ref: '12' } },
  { reason: 'Condition keeps its name', text: '!Condition x', value: { Condition: 'x' } },
  { reason: 'GetAtt splits at the first dot', text: '!GetAtt a.b.c', value: { 'Fn::GetAtt': ['a', 'b.c'] } },
  { reason: 'GetAtt of a list', text: '!GetAtt [a, b]', value: { 'Fn::GetAtt': ['a', 'b'] } },
  { reason: 'GetAtt without a dot', text: '!GetAtt a', value: { 'Fn::GetAtt': 'a' } },
  {
    reason: 'nested in flow style',
    text: '!If [c, !Sub "${a}", !Ref "AWS::NoValue"]',
    value: { 'Fn::If': ['c', { 'Fn::Sub': '${a}' }, { Ref: 'AWS::NoValue' }] },
  },
  {
    reason: 'nested in block style',
    text: 'a: !Join\n  - ","\n  - - !GetAtt a.b\n    - !Select [0, !GetAZs ""]',
    value: { a: { 'Fn::Join': [',', [{ 'Fn::GetAtt': ['a', 'b'] }, { 'Fn::Select': ['0', { 'Fn::GetAZs': '' }] }]] } },
  },
  {
    reason: 'a map',
    text: '!Transform {Name: AWS::Include, Parameters: {Location: x}}',
    value: { 'Fn::Transform': { Name: 'AWS::Include', Parameters: { Location: 'x' } } },
  },
  { reason: 'literal text', text: 'a: !Sub |\n  x\n  y\n', value: { a: { 'Fn::Sub': 'x\ny\n' } } },
  { reason: 'with an anchor', text: 'a: &x !Ref y\nb: *x', value: { a: { Ref: 'y' }, b: { Ref: 'y' } } },
  { reason: 'inside of a long form', text: 'Fn::Base64: !Sub x', value: { 'Fn::Base64': { 'Fn::Sub': 'x' } } },
])('short tags: $reason', ({ text, value }) => {
  const expected = JSON.parse(JSON.stringify(value).replace('["0",', '[0,'));
  expect(json(text)).toEqual(expected);
});

test.each([
  { reason: 'a tab', text: 'a: 1\n\tb: 2', message: 'tab characters must not be used in indentation', at: [2, 1] },
  { reason: 'bad indentation', text: 'a:\n   b: 1\n  c: 2', message: 'bad indentation of a mapping entry', at: [3, 3] },
  {
    reason: 'an open quote',
    text: 'a: "x',
    message: 'unexpected end of the stream within a double quoted scalar',
    at: [1, 6],
  },
  {
    reason: 'an open bracket',
    text: 'a: [1,\n 2',
    message: 'unexpected end of the stream within a flow collection',
    at: [2, 3],
  },
  {
    reason: 'two documents',
    text: 'a: 1\n---\nb: 2',
    message: 'expected a single document in the stream, but found another',
    at: [3, 1],
  },
  { reason: 'no document', text: '# nothing\n', message: 'the document is empty', at: [1, 1] },
  { reason: 'NUL', text: 'a: b\nc: \0', message: 'null byte is not allowed in input', at: [2, 4] },
  {
    reason: 'a control character',
    text: 'a: b\u0007',
    message: 'the stream contains non-printable characters',
    at: [1, 5],
  },
  {
    reason: 'half a surrogate pair',
    text: 'a: "\ud800"',
    message: 'the text is not valid Unicode: half a surrogate pair',
    at: [1, 5],
  },
  { reason: 'a list as key', text: '? [a]\n: 1', message: 'a key must be a scalar, not a list', at: [1, 3] },
  { reason: 'a map as key', text: '{{a: 1}: 2}', message: 'a key must be a scalar, not a map', at: [1, 2] },
  { reason: 'a map behind an alias as key', text: 'a: &x {}\n*x : 1', message: 'a key must be a scalar', at: [2, 1] },
  { reason: 'no key', text: 'a: 1\n: 2', message: 'a key is missing before ":"', at: [1, 1] },
  { reason: 'an unknown alias', text: 'a: *x', message: 'the alias "*x" has no anchor "&x" before it', at: [1, 4] },
  {
    reason: 'an alias of itself',
    text: 'a: &x\n  b: [*x]',
    message: 'the alias "*x" stands inside of what it means',
    at: [2, 7],
  },
  {
    reason: 'a merge of text',
    text: 'a: {<<: x}',
    message: 'the merge key "<<" takes a map or a list of maps',
    at: [1, 9],
  },
  {
    reason: 'an unknown tag',
    text: 'a: !Reff x',
    message: "could not determine a constructor for the tag '!Reff'",
    at: [1, 4],
  },
  { reason: 'two tags', text: 'a: !Base64 !Sub x', message: 'duplication of a tag property', at: [1, 12] },
  { reason: 'a tag before a key', text: '!Ref a: 1', message: 'the tag !Ref cannot stand before a key', at: [1, 1] },
  { reason: 'a wrong integer', text: 'a: !!int x', message: 'cannot read "x" as !!int', at: [1, 4] },
  { reason: 'a set', text: 'a: !!set {b: }', message: 'the tag !!set cannot be used on a map', at: [1, 4] },
])('$reason is refused with its place', ({ text, message, at }) => {
  const { diagnostics } = parseDocument(text);
  expect(diagnostics).toEqual([
    expect.objectContaining({ severity: 'error', message, at: { line: at[0], column: at[1] } }),
  ]);
});

test('duplicate keys name both places, in small and in large maps', () => {
  const { diagnostics } = parseDocument('a:\n  x: 1\n  y: 2\n  x: 3');
  expect(diagnostics).toEqual([
    {
      severity: 'error',
      code: 'duplicate-key',
      message: 'duplicate key "x": it stands at line 2, column 3 already',
      path: ['a', 'x'],
      at: { line: 4, column: 3 },
      hint: 'remove one of the two',
    },
  ]);
  const many = Array.from({ length: 100 }, (_, index) => `k${index}: 1`).join('\n');
  expect(parseDocument(`${many}\nk3: 2\nk99: 2`).diagnostics.map(({ path, at }) => [path, at?.line])).toEqual([
    [['k3'], 101],
    [['k99'], 102],
  ]);
});

test('short tags can be switched off', () => {
  const { diagnostics } = parseDocument('a: !Ref x', { shortTags: false });
  expect(diagnostics.map(({ message }) => message)).toEqual(["could not determine a constructor for the tag '!Ref'"]);
});

test('every node knows its place and its file', () => {
  const { root } = parseDocument('a:\n  - "x"\n  - {k: &y !Ref z}\n', { source: 'f.yaml' });
  const at = (line: number, column: number) => ({ line, column, source: 'f.yaml' });
  expect(root).toMatchObject({
    at: at(1, 1),
    entries: [
      {
        keyAt: at(1, 1),
        value: {
          at: at(2, 3),
          items: [{ at: at(2, 5) }, { at: at(3, 5), entries: [{ keyAt: at(3, 6), value: { at: at(3, 12) } }] }],
        },
      },
    ],
  });
});

test.each([
  {
    reason: 'a closing bracket below its key',
    text: 'a:\n  b: [\n    1,\n    2\n  ]\nc: 3',
    value: { a: { b: [1, 2] }, c: 3 },
  },
  {
    reason: 'a closing brace at the margin',
    text: 'a:\n  b: {\n    x: {\n y: 1}\n}\nc: 3',
    value: { a: { b: { x: { y: 1 } } }, c: 3 },
  },
  {
    reason: 'quoted text that goes on at the margin',
    text: "a:\n  b: \"x\ny\n\nz\"\n  c: 'it''s\nme'",
    value: { a: { b: 'x y\nz', c: "it's me" } },
  },
  {
    reason: 'brackets in a list of maps',
    text: '- a: 1\n  b: [\n  x, "y]",\n # no ]\n  z\n  ]\n- c',
    value: [{ a: 1, b: ['x', 'y]', 'z'] }, 'c'],
  },
  {
    reason: 'brackets after a tag',
    text: 'a:\n  b: !Join [\n",", [x\n]]',
    value: { a: { b: { 'Fn::Join': [',', ['x']] } } },
  },
  {
    reason: 'while brackets and quotes elsewhere mean nothing',
    text: 'a: |\n  [ "\nb: it\'s [ plain\n  "too\nc: [\n1\n]\n# don\'t [\nd: 2',
    value: { a: '[ "\n', b: 'it\'s [ plain "too', c: [1], d: 2 },
  },
])('inside of brackets and quotes indentation means nothing: $reason', ({ text, value }) => {
  expect(json(text)).toEqual(value);
});

test('places are right where lines had to be indented', () => {
  const { root } = parseDocument('a:\n  b: [\nx,\n  y\n  ]\nc: [*z]');
  expect(root).toBeUndefined();
  const { diagnostics } = parseDocument('a:\n  b: [\nx,\n *z\n]');
  expect(diagnostics.map(({ at }) => at)).toEqual([{ line: 4, column: 2 }]);
  const list = parseDocument('a: [\nx,\n    y\n]').root;
  expect(list).toMatchObject({
    entries: [{ value: { items: [{ at: { line: 2, column: 1 } }, { at: { line: 3, column: 5 } }] } }],
  });
});

test('aliases share their node', () => {
  const { root } = parseDocument('- &x {a: 1}\n- *x');
  expect(root?.kind === 'list' && root.items[0] === root.items[1]).toBe(true);
});

function bomb(levels: number): string {
  const lines = ['a0: &a0 [x, x, x, x, x, x, x, x, x, x]'];
  for (let level = 1; level < levels; level++) {
    lines.push(
      `a${level}: &a${level} [${Array(10)
        .fill(`*a${level - 1}`)
        .join(', ')}]`,
    );
  }
  return lines.join('\n');
}

test.each([
  { reason: 'aliases of aliases', text: bomb(12) },
  {
    reason: 'merges of merges',
    text: `a: &a {${Array.from({ length: 5000 }, (_, n) => `k${n}: 1`).join(', ')}}\n${Array.from({ length: 5000 }, (_, n) => `m${n}: {<<: *a}`).join('\n')}`,
  },
  { reason: 'brackets', text: '['.repeat(200_000) },
  { reason: 'braces', text: '{a: '.repeat(100_000) },
  { reason: 'indentation', text: Array.from({ length: 1000 }, (_, level) => `${' '.repeat(level)}a:`).join('\n') },
  {
    reason: 'a chain of anchors',
    text: `a0: &a0 [x]\n${Array.from({ length: 5000 }, (_, n) => `a${n + 1}: &a${n + 1} [*a${n}]`).join('\n')}`,
  },
  { reason: 'too much text', text: `a: ${'x'.repeat(1024 * 1024)}` },
])('$reason end in a diagnostic soon', ({ text }) => {
  const start = performance.now();
  const { diagnostics } = parseDocument(text);
  expect(performance.now() - start).toBeLessThan(1000);
  expect(diagnostics).toEqual([expect.objectContaining({ code: 'limit' })]);
});

test('limits can be set', () => {
  expect(parseDocument('[[1]]', { limits: { maxDepth: 4 } }).diagnostics).toEqual([]);
  expect(parseDocument('[[[[1]]]]', { limits: { maxDepth: 3 } }).diagnostics).toHaveLength(1);
  expect(parseDocument('[1, 2]', { limits: { maxNodes: 2 } }).diagnostics).toHaveLength(1);
  expect(parseDocument('[é]', { limits: { maxBytes: 3 } }).diagnostics).toHaveLength(1);
});

test('JSON values become nodes and come back', () => {
  const value = { a: [1, null, { b: 'c' }], d: true };
  expect(toJson(fromJson(value))).toEqual(value);
});

test('JSON values that are too deep or too large are found without recursion', () => {
  let deep: unknown = 1;
  for (let level = 0; level < 100_000; level++) deep = [deep];
  expect(checkJson(deep as never)).toEqual([expect.objectContaining({ code: 'limit' })]);
  expect(checkJson([1, 2, 3], { maxNodes: 3 })).toHaveLength(1);
  expect(checkJson({ a: [1] })).toEqual([]);
});
