import { createHash } from 'node:crypto';
import { Secret, Unknown } from '../../../../src/engine/model/value.js';
import { mistakesIn, valueIn, type World } from './fake-scope.js';

interface Case {
  reason: string;
  yaml: string;
  world?: World;
  version?: string;
  value: unknown;
}

interface Failure {
  reason: string;
  yaml: string;
  world?: World;
  version?: string;
  message: string;
}

const results: { [fn: string]: Case[] } = {
  get_param: [
    { reason: 'a name gives the value', yaml: 'get_param: a', world: { parameters: { a: 1 } }, value: 1 },
    {
      reason: 'a path walks maps and lists; digits in a text are an index',
      yaml: 'get_param: [a, b, "1"]',
      world: { parameters: { a: { b: ['x', 'y'] } } },
      value: 'y',
    },
    { reason: 'a missing key is empty text', yaml: 'get_param: [a, z]', world: { parameters: { a: {} } }, value: '' },
    { reason: 'an index out of range too', yaml: 'get_param: [a, 7]', world: { parameters: { a: [1] } }, value: '' },
    { reason: 'so is a path below a number', yaml: 'get_param: [a, b]', world: { parameters: { a: 5 } }, value: '' },
    { reason: 'the last item is -1', yaml: 'get_param: [a, -1]', world: { parameters: { a: [1, 2] } }, value: 2 },
    {
      reason: 'inherited names are not keys',
      yaml: 'get_param: [a, constructor]',
      world: { parameters: { a: {} } },
      value: '',
    },
  ],
  get_resource: [
    { reason: 'a name gives the reference', yaml: 'get_resource: a', world: { resources: { a: {} } }, value: 'a-id' },
    {
      reason: 'a name may be computed',
      yaml: 'get_resource: {get_param: n}',
      world: { resources: { a: {} }, parameters: { n: 'a' } },
      value: 'a-id',
    },
  ],
  get_attr: [
    { reason: 'an attribute', yaml: 'get_attr: [a, x]', world: { resources: { a: { x: 1 } } }, value: 1 },
    {
      reason: 'the first version follows the path itself',
      yaml: 'get_attr: [a, x, k, 0]',
      version: '2013-05-23',
      world: { resources: { a: { x: { k: ['v'] } } } },
      value: 'v',
    },
    {
      reason: 'and gives null where the path leads nowhere',
      yaml: 'get_attr: [a, x, nope]',
      version: '2013-05-23',
      world: { resources: { a: { x: {} } } },
      value: null,
    },
    {
      reason: 'without an attribute it is all of them',
      yaml: 'get_attr: [a]',
      world: { resources: { a: { x: 1, y: 2 } } },
      value: { x: 1, y: 2 },
    },
  ],
  get_file: [{ reason: 'the text', yaml: 'get_file: a.sh', world: { files: { 'a.sh': 'x' } }, value: 'x' }],
  str_replace: [
    {
      reason: 'all occurrences are replaced',
      yaml: 'str_replace: {template: "$a and $a", params: {$a: 1}}',
      value: '1 and 1',
    },
    {
      reason: 'longer keys go first, and what was put in is not looked at again',
      yaml: 'str_replace: {template: "foo foobar", params: {foo: foobar, foobar: x}}',
      value: 'foobar x',
    },
    {
      reason: 'values are written as Python does',
      yaml: 'str_replace: {template: "a b c d", params: {a: true, b: 1.5, c: ~, d: no}}',
      value: 'True 1.5  False',
    },
    {
      reason: 'maps and lists are JSON with sorted keys',
      yaml: 'str_replace: {template: X, params: {X: {b: [1, "é"], a: {}}}}',
      value: '{"a": {}, "b": [1, "\\u00e9"]}',
    },
    {
      reason: 'replacement patterns of JavaScript mean nothing',
      yaml: 'str_replace: {template: "aXb", params: {X: "$&$1"}}',
      value: 'a$&$1b',
    },
  ],
  str_replace_strict: [
    { reason: 'every key is there', yaml: 'str_replace_strict: {template: a, params: {a: ~}}', value: '' },
  ],
  str_replace_vstrict: [
    {
      reason: 'zero and false are values',
      yaml: 'str_replace_vstrict: {template: ab, params: {a: 0, b: no}}',
      value: '0False',
    },
  ],
  list_join: [
    { reason: 'texts are joined', yaml: 'list_join: [", ", [a, ~, b]]', value: 'a, , b' },
    {
      reason: 'so they are in the first version',
      yaml: 'list_join: [",", [a, b]]',
      version: '2013-05-23',
      value: 'a,b',
    },
    { reason: 'several lists are one', yaml: 'list_join: ["", [a], ~, [b]]', value: 'ab' },
    {
      reason: 'maps and lists become JSON',
      yaml: 'list_join: ["-", [{b: 1, a: 2}, [x]]]',
      value: '{"a": 2, "b": 1}-["x"]',
    },
  ],
  str_split: [
    { reason: 'the parts', yaml: 'str_split: [",", "a,b,"]', value: ['a', 'b', ''] },
    { reason: 'one part', yaml: 'str_split: [",", "a,b", 1]', value: 'b' },
    { reason: 'the index may be text', yaml: 'str_split: [",", "a,b", "0"]', value: 'a' },
    { reason: 'negative indices count from the end', yaml: 'str_split: [",", "a,b", -1]', value: 'b' },
    { reason: 'no text gives no parts', yaml: 'str_split: [",", ~]', value: null },
    { reason: 'no delimiter splits at blanks', yaml: 'str_split: [~, " a  b "]', value: ['a', 'b'] },
  ],
  list_concat: [
    { reason: 'lists follow each other, null is skipped', yaml: 'list_concat: [[1, 1], ~, [2]]', value: [1, 1, 2] },
  ],
  list_concat_unique: [
    {
      reason: 'the first of equal items stays; 1 equals true',
      yaml: 'list_concat_unique: [[a, 1, {x: 1}], [true, {x: 1}, a, b]]',
      value: ['a', 1, { x: 1 }, 'b'],
    },
  ],
  map_merge: [
    { reason: 'later maps win, null is skipped', yaml: 'map_merge: [{a: 1, b: 1}, ~, {b: 2}]', value: { a: 1, b: 2 } },
  ],
  map_replace: [
    {
      reason: 'keys and values of one level',
      yaml: 'map_replace: [{k1: v1, k2: v2}, {keys: {k1: K1}, values: {v2: V2}}]',
      value: { K1: 'v1', k2: 'V2' },
    },
    {
      reason: 'maps as values stay as they are',
      yaml: 'map_replace: [{k: {a: 1}}, {values: {a: 2}}]',
      value: { k: { a: 1 } },
    },
    { reason: 'no replacements', yaml: 'map_replace: [{k: v}, ~]', value: { k: 'v' } },
  ],
  repeat: [
    {
      reason: 'keys and values are filled at any depth',
      yaml: 'repeat: {template: {k%v%: [a%v%, 1]}, for_each: {"%v%": [x, y]}}',
      value: [{ kx: ['ax', 1] }, { ky: ['ay', 1] }],
    },
    {
      reason: 'the first variable is the outer loop',
      yaml: 'repeat: {template: "AB", for_each: {A: [a, b], B: ["1", "2"]}}',
      value: ['a1', 'a2', 'b1', 'b2'],
    },
    { reason: 'a map gives its keys', yaml: 'repeat: {template: V, for_each: {V: {a: 1, b: 2}}}', value: ['a', 'b'] },
    {
      reason: 'without permutations lists are paired',
      yaml: 'repeat: {template: AB, for_each: {A: [a, b], B: ["1", "2"]}, permutations: false}',
      value: ['a1', 'b2'],
    },
    { reason: 'null is an empty list', yaml: 'repeat: {template: V, for_each: {V: ~}}', value: [] },
  ],
  digest: [
    {
      reason: 'hexadecimal digits',
      yaml: 'digest: [sha512, secret]',
      value: createHash('sha512').update('secret').digest('hex'),
    },
    {
      reason: 'text is Latin-1',
      yaml: 'digest: [MD5, "é"]',
      value: createHash('md5').update('é', 'latin1').digest('hex'),
    },
  ],
  resource_facade: [
    {
      reason: 'a part of the parent',
      yaml: 'resource_facade: metadata',
      world: { facade: { metadata: { a: 1 } } },
      value: { a: 1 },
    },
  ],
  yaql: [{ reason: 'the data is $.data', yaml: 'yaql: {expression: "$.data.a.sum()", data: {a: [1, 2]}}', value: 3 }],
  if: [
    { reason: 'a name', yaml: 'if: [c, a, b]', world: { conditions: { c: true } }, value: 'a' },
    { reason: 'a boolean', yaml: 'if: [false, a, b]', value: 'b' },
    {
      reason: 'a function of conditions',
      yaml: 'if: [{equals: [{get_param: x}, 1]}, a, b]',
      world: { parameters: { x: 1 } },
      value: 'a',
    },
    {
      reason: 'the other branch is not evaluated',
      yaml: 'if: [true, a, {get_param: missing}]',
      value: 'a',
    },
    { reason: 'without an else the item goes', yaml: '- 1\n- if: [false, a]\n- 2', value: [1, 2] },
    { reason: 'and so does the key', yaml: 'a: 1\nb: {if: [false, a]}', value: { a: 1 } },
    { reason: 'it stays when the condition holds', yaml: '- if: [true, a]', value: ['a'] },
  ],
  filter: [
    { reason: 'items are left out', yaml: 'filter: [[a, 1], [a, b, 1, a]]', value: ['b'] },
    { reason: 'null passes', yaml: 'filter: [[a], ~]', value: null },
    { reason: 'no values, no change', yaml: 'filter: [~, [a]]', value: ['a'] },
  ],
  make_url: [
    {
      reason: 'all parts, each escaped in its way',
      yaml: 'make_url: {scheme: http, username: "u@", password: "p/:", host: example.com, port: 8080, path: "/a b/ü", query: {"x y": "/1&", z: true}, fragment: "f g"}',
      value: 'http://u%40:p%2F%3A@example.com:8080/a%20b/%C3%BC?x+y=/1%26&z=True#f%20g',
    },
    { reason: 'IPv6 gets brackets', yaml: 'make_url: {scheme: https, host: "::1", path: x}', value: 'https://[::1]/x' },
    {
      reason: 'brackets that are there stay',
      yaml: 'make_url: {scheme: https, host: "[::1]"}',
      value: 'https://[::1]',
    },
    { reason: 'nothing at all', yaml: 'make_url: {}', value: '' },
    { reason: 'a path only', yaml: 'make_url: {path: a/b}', value: 'a/b' },
    { reason: 'a port may be text', yaml: 'make_url: {scheme: http, host: h, port: "80"}', value: 'http://h:80' },
  ],
  contains: [
    { reason: 'an item', yaml: 'contains: [1, [1, 2]]', value: true },
    { reason: 'not an item', yaml: 'contains: ["1", [1, 2]]', value: false },
    { reason: 'a part of a text', yaml: 'contains: [bc, abcd]', value: true },
  ],
  'functions of the first version': [
    {
      reason: 'Ref prefers a resource',
      yaml: 'Ref: a',
      version: '2013-05-23',
      world: { resources: { a: {} }, parameters: { a: 1 } },
      value: 'a-id',
    },
    { reason: 'Ref of a parameter', yaml: 'Ref: a', version: '2013-05-23', world: { parameters: { a: 1 } }, value: 1 },
    { reason: 'Fn::GetAZs', yaml: 'Fn::GetAZs: ""', version: '2013-05-23', value: ['nova'] },
    { reason: 'Fn::Join', yaml: 'Fn::Join: ["-", [a, ~, b]]', version: '2013-05-23', value: 'a--b' },
    { reason: 'Fn::Split', yaml: 'Fn::Split: [",", "a,b"]', version: '2013-05-23', value: ['a', 'b'] },
    { reason: 'Fn::Select of a list', yaml: 'Fn::Select: ["1", [a, b]]', version: '2015-04-30', value: 'b' },
    { reason: 'Fn::Select of a map', yaml: 'Fn::Select: [k, {k: v}]', version: '2013-05-23', value: 'v' },
    { reason: 'Fn::Select of JSON text', yaml: `Fn::Select: [0, '["x"]']`, version: '2013-05-23', value: 'x' },
    { reason: 'Fn::Select out of range', yaml: 'Fn::Select: [9, [a]]', version: '2013-05-23', value: '' },
    { reason: 'Fn::Select of nothing', yaml: 'Fn::Select: [0, ""]', version: '2013-05-23', value: '' },
    { reason: 'Fn::Replace', yaml: 'Fn::Replace: [{$a: 1}, "x$a"]', version: '2013-05-23', value: 'x1' },
    { reason: 'Fn::Base64', yaml: 'Fn::Base64: x', version: '2013-05-23', value: 'x' },
    {
      reason: 'Fn::MemberListToMap',
      yaml: 'Fn::MemberListToMap: [Name, Value, [".member.0.Name=k", ".member.0.Value=a=b", ".member.1.Name=x"]]',
      version: '2013-05-23',
      value: { k: 'a=b' },
    },
    {
      reason: 'Fn::ResourceFacade',
      yaml: 'Fn::ResourceFacade: DeletionPolicy',
      version: '2013-05-23',
      world: { facade: { deletion_policy: 'Retain' } },
      value: 'Retain',
    },
  ],
};

describe.each(Object.entries(results))('%s', (_fn, cases) => {
  test.each(cases)('$reason', ({ yaml, world, version, value }) => {
    expect(valueIn(yaml, world, version)).toEqual(value);
  });
});

const evaluationFailures: Failure[] = [
  { reason: 'get_param without a name', yaml: 'get_param: ""', message: 'Function "get_param" must have arguments' },
  {
    reason: 'get_param of a map',
    yaml: 'get_param: {a: 1, b: 2}',
    message: 'Argument to "get_param" must be string or list',
  },
  { reason: 'get_param by number', yaml: 'get_param: [1]', message: 'Parameter name in "get_param" must be string' },
  {
    reason: 'get_resource of nothing',
    yaml: 'get_resource: x',
    message: 'The specified reference "x" (in unknown) is incorrect.',
  },
  {
    reason: 'get_file without the file',
    yaml: 'get_file: x',
    message: 'No content found in the "files" section for get_file path: x',
  },
  { reason: 'get_file of a number', yaml: 'get_file: 1', message: 'Argument to "get_file" must be a string' },
  {
    reason: 'str_replace in a list',
    yaml: 'str_replace: {template: [a], params: {}}',
    message: '"str_replace" template must be a string',
  },
  {
    reason: 'a map in old str_replace',
    yaml: 'str_replace: {template: a, params: {a: {}}}',
    version: '2014-10-16',
    message: '"str_replace" params must be strings or numbers, param a is not valid',
  },
  {
    reason: 'missing keys, longest first',
    yaml: 'str_replace_strict: {template: x, params: {a: 1, bb: 2, b: 3}}',
    message: 'The following params were not found in the template: bb,a,b',
  },
  {
    reason: 'an empty value',
    yaml: 'str_replace_vstrict: {template: a, params: {a: []}}',
    message: 'str_replace_vstrict has an undefined or empty value for param a, must be a defined non-empty value',
  },
  {
    reason: 'a number in old list_join',
    yaml: 'list_join: [",", [1]]',
    version: '2015-04-30',
    message: 'Items to join must be strings not 1',
  },
  {
    reason: 'a boolean in list_join',
    yaml: 'list_join: [",", [true]]',
    message: 'Items to join must be string, map or list not True',
  },
  {
    reason: 'a delimiter that is no text',
    yaml: 'list_join: [1, [a]]',
    message: '"list_join" delimiter must be a string',
  },
  { reason: 'a text instead of a list', yaml: 'list_join: [",", abc]', message: '"list_join" must operate on a list' },
  {
    reason: 'an index out of range',
    yaml: 'str_split: [",", "a,b", 2]',
    message: 'Incorrect index to "str_split" should be between 0 and 1',
  },
  {
    reason: 'an index that is no number',
    yaml: 'str_split: [",", "a,b", x]',
    message: 'Incorrect index to "str_split" should be: "str_split" : [ ",", "apples,pears", <index>]',
  },
  {
    reason: 'list_concat of a text',
    yaml: 'list_concat: [[a], b]',
    message:
      'Incorrect arguments: Items to concat must be lists. [["a"], "b"] contains an item that is not a list: "b"',
  },
  {
    reason: 'map_merge of a text',
    yaml: 'map_merge: [{}, x]',
    message: "Incorrect arguments: Items to merge must be maps. 'x' is type <class 'str'> instead of a dict",
  },
  {
    reason: 'a key that collides with the input',
    yaml: 'map_replace: [{a: 1, b: 2}, {keys: {a: b}}]',
    message: 'key replacement b collides with a key in the input map',
  },
  {
    reason: 'a key that collides with the output',
    yaml: 'map_replace: [{a: 1, b: 2}, {keys: {a: x, b: x}}]',
    message: 'key replacement x collides with a key in the output map',
  },
  {
    reason: 'a number to repeat',
    yaml: 'repeat: {template: V, for_each: {V: [1]}}',
    message: 'replace() argument 2 must be str, not int',
  },
  {
    reason: 'a map where only lists may be repeated',
    yaml: 'repeat: {template: V, for_each: {V: {}}}',
    version: '2016-04-08',
    message: 'The values of the "for_each" argument to "repeat" must be lists',
  },
  {
    reason: 'a text to repeat',
    yaml: 'repeat: {template: V, for_each: {V: abc}}',
    message: 'The values of the "for_each" argument to "repeat" must be lists or maps',
  },
  {
    reason: 'lists of different length without permutations',
    yaml: 'repeat: {template: AB, for_each: {A: [a], B: []}, permutations: false}',
    message: 'For repeat, the length of for_each values should be equal if no nested loop.',
  },
  {
    reason: 'too few arguments of digest',
    yaml: 'digest: [md5]',
    message: 'Function "digest" usage: ["<algorithm>", "<value>"]',
  },
  {
    reason: 'digest of a number',
    yaml: 'digest: [md5, 1]',
    message: 'Argument to function "digest" must be a list of strings',
  },
  { reason: 'filter of a text', yaml: 'filter: [[a], abc]', message: '"filter" only works with lists' },
  {
    reason: 'contains in a number',
    yaml: 'contains: [1, 2]',
    message: 'Second argument to "contains" should be a sequence.',
  },
  {
    reason: 'a scheme with a colon',
    yaml: 'make_url: {scheme: "a:"}',
    message: 'URL "scheme" should not contain \':\'',
  },
  { reason: 'an unknown condition', yaml: 'if: [zz, a, b]', message: 'Invalid condition "zz"' },
  {
    reason: 'resource_facade in a root stack',
    yaml: 'resource_facade: metadata',
    message: '"resource_facade" works only in the template of a resource in another stack',
  },
];

test.each(evaluationFailures)('evaluation refuses $reason', ({ yaml, world, version, message }) => {
  expect(() => valueIn(yaml, world, version)).toThrow(new Error(message));
});

test('evaluation refuses an unknown digest', () => {
  expect(() => valueIn('digest: [md99, x]')).toThrow(/^Algorithm must be one of \{.*'md5'.*\}$/);
});

test('evaluation refuses what would grow without bound', () => {
  const many = `[${Array(500).fill('x').join(', ')}]`;
  expect(() => valueIn(`repeat: {template: AB, for_each: {A: ${many}, B: ${many}}}`)).toThrow(/100000 items/);
  const long = 'a'.repeat(20_000);
  expect(() => valueIn(`str_replace: {template: ${long}, params: {a: ${long}}}`)).toThrow(/characters/);
});

const staticFailures: Failure[] = [
  {
    reason: 'get_attr without an attribute in old versions',
    yaml: 'get_attr: [other]',
    version: '2014-10-16',
    message: 'Arguments to "get_attr" must be of the form [resource_name, attribute, (path), ...]',
  },
  { reason: 'get_attr of a text', yaml: 'get_attr: other', message: 'Argument to "get_attr" must be a list' },
  {
    reason: 'get_attr of nothing',
    yaml: 'get_attr: []',
    message:
      'Arguments to "get_attr" can be of the next forms: [resource_name] or [resource_name, attribute, (path), ...]',
  },
  { reason: 'str_replace of a list', yaml: 'str_replace: []', message: 'Arguments to "str_replace" must be a map' },
  {
    reason: 'str_replace without params',
    yaml: 'str_replace: {template: x}',
    message:
      '"str_replace" syntax should be str_replace:\n              template: This is var1 template var2\n              params:\n                var1: a\n                var2: string',
  },
  {
    reason: 'str_replace with a list of params',
    yaml: 'str_replace: {template: x, params: [a]}',
    message: '"str_replace" parameters must be a mapping',
  },
  {
    reason: 'list_join of one argument',
    yaml: 'list_join: [","]',
    message: 'Incorrect arguments to "list_join" should be: "list_join" : [ " ", [ "str1", "str2"] ...]',
  },
  {
    reason: 'two lists in old list_join',
    yaml: 'list_join: [",", [], []]',
    version: '2015-04-30',
    message: 'Incorrect arguments to "list_join" should be: "list_join" : [ " ", [ "str1", "str2"]]',
  },
  {
    reason: 'a computed list as all of list_join',
    yaml: 'list_join: {get_param: list}',
    message: 'Incorrect arguments to "list_join" should be: "list_join" : [ " ", [ "str1", "str2"] ...]',
  },
  {
    reason: 'str_split of a text',
    yaml: 'str_split: "a,b"',
    message: 'Incorrect arguments to "str_split" should be: "str_split" : [ ",", "apples,pears", <index>]',
  },
  { reason: 'repeat of a list', yaml: 'repeat: []', message: 'Arguments to "repeat" must be a map' },
  {
    reason: 'repeat over a list',
    yaml: 'repeat: {template: a, for_each: [a]}',
    message: 'The "for_each" argument to "repeat" must contain a map',
  },
  {
    reason: 'permutations that are no boolean',
    yaml: 'repeat: {template: a, for_each: {a: [b]}, permutations: "no"}',
    message: '"permutations" should be boolean type for repeat function.',
  },
  {
    reason: 'a facade of something else',
    yaml: 'resource_facade: foo',
    message: 'Incorrect arguments to "resource_facade" should be one of: metadata, deletion_policy, update_policy',
  },
  { reason: 'yaql of a list', yaml: 'yaql: []', message: 'Arguments to "yaql" must be a map.' },
  {
    reason: 'a yaql expression that is no text',
    yaml: 'yaql: {expression: 1}',
    message: 'The "expression" argument to yaql must contain a string.',
  },
  {
    reason: 'if with one argument',
    yaml: 'if: [true]',
    message: 'Arguments to "if" must be of the form: [condition_name, value_if_true, value_if_false]',
  },
  {
    reason: 'if with two arguments before 2021-04-16',
    yaml: 'if: [true, a]',
    version: '2018-08-31',
    message: 'Arguments to "if" must be of the form: [condition_name, value_if_true, value_if_false]',
  },
  { reason: 'if of an unknown condition', yaml: 'if: [zz, a, b]', message: 'Invalid condition "zz"' },
  {
    reason: 'a misplaced function in a condition',
    yaml: 'if: [{get_attr: [other, x]}, a, b]',
    message: 'The function "get_attr" is invalid in this context',
  },
  {
    reason: 'one condition in "and"',
    yaml: 'if: [{and: [true]}, a, b]',
    message: 'The minimum number of condition arguments to "and" is 2.',
  },
  {
    reason: 'conditions that are no list',
    yaml: 'if: [{or: true}, a, b]',
    message: 'Arguments to "or" must be a list of conditions',
  },
  { reason: 'not of nothing', yaml: 'if: [{not: ~}, a, b]', message: 'Argument to "not" must be a condition' },
  {
    reason: 'equals of three',
    yaml: 'if: [{equals: [1, 2, 3]}, a, b]',
    message: 'Arguments to "equals" must be of the form: [value_1, value_2]',
  },
  {
    reason: 'contains of a map',
    yaml: 'contains: {}',
    message: 'Incorrect arguments to "contains" should be: "contains" : [ "value1", [ "value1", "value2"]]',
  },
  {
    reason: 'contains of one',
    yaml: 'contains: [1]',
    message: 'Arguments to "contains" must be of the form: [value1, [value1, value2]]',
  },
  {
    reason: 'filter of three',
    yaml: 'filter: [a, b, c]',
    message: '"filter" expected 2 arguments of the form [values, sequence] but got 3 arguments instead',
  },
  { reason: 'filter of a map', yaml: 'filter: {}', message: 'Argument to "filter" must be a list' },
  {
    reason: 'a port out of range',
    yaml: 'make_url: {port: 0}',
    message: 'Invalid URL port 0, must be in range 1-65535',
  },
  {
    reason: 'a port that is no number',
    yaml: 'make_url: {port: x}',
    message: "Invalid URL port \"x\" for make_url called with {'port': 'x'}",
  },
  { reason: 'an unknown part of a URL', yaml: 'make_url: {foo: x}', message: 'Invalid arguments to "make_url": foo' },
  {
    reason: 'a host that is no text',
    yaml: 'make_url: {host: 1}',
    message: 'The "host" argument to "make_url" must be a string',
  },
  { reason: 'make_url of a list', yaml: 'make_url: []', message: 'The arguments to "make_url" must be a map' },
  {
    reason: 'a removed function',
    yaml: 'Ref: p',
    version: '2014-10-16',
    message: 'The template version is invalid: The function Ref is not supported in this version of HOT.',
  },
  {
    reason: 'Fn::Select since 2015-10-15',
    yaml: 'Fn::Select: [0, [a]]',
    version: '2015-10-15',
    message: 'The template version is invalid: The function Fn::Select is not supported in this version of HOT.',
  },
  { reason: 'an unknown parameter', yaml: 'get_param: pp', message: 'The Parameter (pp) was not provided.' },
];

test.each(staticFailures)('the check refuses $reason', ({ yaml, version, message }) => {
  expect(mistakesIn(yaml, version)).toEqual([message]);
});

test('the check refuses a yaql expression that cannot be parsed', () => {
  expect(mistakesIn('yaql: {expression: "$.data.("}')).toEqual([expect.stringMatching(/^Bad expression .*\.$/s)]);
});

test('arguments that are computed pass the check', () => {
  expect(mistakesIn('str_replace: {template: {get_file: x}, params: {get_param: map}}')).toEqual([]);
  expect(mistakesIn('repeat: {template: a, for_each: {get_param: map}}')).toEqual([]);
  expect(mistakesIn('yaql: {expression: {get_param: p}, data: 1}')).toEqual([]);
  expect(mistakesIn('make_url: {port: {get_param: p}, host: {get_param: p}}')).toEqual([]);
});

test('pseudo parameters need no declaration', () => {
  expect(
    mistakesIn('[{get_param: "OS::stack_name"}, {get_param: "OS::stack_id"}, {get_param: "OS::project_id"}]'),
  ).toEqual([]);
});

test.each([
  {
    reason: 'a function that is too new',
    yaml: 'filter: [[a], [a]]',
    version: '2016-10-14',
    value: { filter: [['a'], ['a']] },
  },
  { reason: 'an unknown name', yaml: 'foo: bar', version: '2021-04-16', value: { foo: 'bar' } },
  { reason: 'a condition function', yaml: 'equals: [1, 1]', version: '2021-04-16', value: { equals: [1, 1] } },
  {
    reason: 'a map with a second key',
    yaml: 'get_param: a\nx: 1',
    version: '2021-04-16',
    value: { get_param: 'a', x: 1 },
  },
])('$reason is plain data', ({ yaml, version, value }) => {
  expect(valueIn(yaml, {}, version)).toEqual(value);
});

test('an unknown part makes the result unknown', () => {
  const world = { resources: { a: { x: new Unknown(['a.x']) } } };
  const value = valueIn('list_join: [",", [{get_attr: [a, x]}, b]]', world);
  expect(value).toBeInstanceOf(Unknown);
  expect((value as Unknown).sources).toEqual(['a.x']);
});

test('a secret part makes the result secret', () => {
  const value = valueIn('str_replace: {template: "p=X", params: {X: {get_param: s}}}', {
    parameters: { s: new Secret('pw') },
  });
  expect(value).toBeInstanceOf(Secret);
  expect((value as Secret).reveal()).toBe('p=pw');
});

test('a path below a secret parameter is secret too', () => {
  const value = valueIn('get_param: [s, k]', { parameters: { s: new Secret({ k: 'pw' }) } });
  expect((value as Secret).reveal()).toBe('pw');
  expect(JSON.stringify(value)).toBe('"******"');
});
