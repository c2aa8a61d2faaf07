import type { Json } from '../../../../src/engine/model/value.js';
import { evaluateYaql, parseYaql } from '../../../../src/engine/template/hot/yaql/evaluate-yaql.js';
import { YaqlError } from '../../../../src/engine/template/hot/yaql/yaql-error.js';

/** [expression, `$`, value] */
type Row = readonly [expression: string, data: Json, value: Json];

const SYNTAX: readonly Row[] = [
  ['$', 5, 5],
  ['$1', 5, 5],
  ['$.data.a', { data: { a: 1 } }, 1],
  ['$.a[0].b', { a: [{ b: 7 }] }, 7],
  ['$nope', 1, null],
  ["'single \\'quoted\\' \\n'", null, "single 'quoted' \n"],
  ['"double \\"quoted\\" \\u0041\\x42\\103"', null, 'double "quoted" ABC'],
  ['`verbatim \\n \\` `', null, 'verbatim \\n ` '],
  ['word', null, 'word'],
  ['[a, b, 1, 2.5, true, false, null]', null, ['a', 'b', 1, 2.5, true, false, null]],
  ['{a => 1, "b" => [2], 3 => x}', null, { a: 1, b: [2], 3: 'x' }],
  ['{}', null, {}],
  ['[]', null, []],
  ['1 + 2 * 3', null, 7],
  ['(1 + 2) * 3', null, 9],
  ['-2 * 3', null, -6],
  ['2 - -3', null, 5],
  ['+5', null, 5],
  ['10 - 2 - 3', null, 5],
  ['-$.a[1]', { a: [1, 4] }, -4],
  ['not $ = 1', 2, true],
  ['not true or true', null, true],
  ['1 = 1 and 2 > 1', null, true],
  ['true or false and false', null, true],
  ['7 mod 3 + 1', null, 2],
  ['$?.a?.b', null, null],
  ['$?.a', { a: 1 }, 1],
  ['$.select($ + 1)', [1, 2], [2, 3]],
  ['let(1, a => 2) -> $ + $a', null, 3],
  ['let(2) -> let(3) -> $1', null, 3],
  [' \n 1 \t', null, 1],
];

const OPERATORS: readonly Row[] = [
  ['7 / 2', null, 3],
  ['-7 / 2', null, -4],
  ['7.0 / 2', null, 3.5],
  ['-7 mod 3', null, 2],
  ['7 mod -3', null, -2],
  ['5.5 mod 2', null, 1.5],
  ['"a" + "b"', null, 'ab'],
  ['[1] + [2]', null, [1, 2]],
  ['{a => 1} + {b => 2, a => 3}', null, { a: 3, b: 2 }],
  ['abc * 2', null, 'abcabc'],
  ['2 * [1]', null, [1, 1]],
  ['[1] * -1', null, []],
  ['1 = 1.0', null, true],
  ['1 = true', null, true],
  ['"1" = 1', null, false],
  ['[1, [2]] = [1, [2]]', null, true],
  ['{a => 1} = {a => 1}', null, true],
  ['{a => 1} != {a => 2}', null, true],
  ['null = null', null, true],
  ['null < 0', null, true],
  ['1 > null', null, true],
  ['null >= null', null, true],
  ['abc < abd', null, true],
  ['abc >= abc', null, true],
  ['b in "abc"', null, true],
  ['2 in [1, 2]', null, true],
  ['set(1) < set(1, 2)', null, true],
  ['set(1, 2) >= set(1, 2)', null, true],
  ['set(1, 2) - set(2)', null, [1]],
  ['null or 5', null, 5],
  ['0 and 5', null, 0],
  ['abc =~ "b"', null, true],
  ['abc !~ "^b"', null, true],
  ['"aBc" =~ regex(b, ignoreCase => true)', null, true],
];

const QUERIES: readonly Row[] = [
  ['$.where($ > 1)', [1, 2, 3], [2, 3]],
  ['$.filter($ != null)', [1, null, 3], [1, 3]],
  ['$.map($ * 2)', [1, 2], [2, 4]],
  ['$.name', [{ name: 'a' }, { name: 'b' }], ['a', 'b']],
  ['$.selectMany([$, $])', [1, 2], [1, 1, 2, 2]],
  ['$.selectMany($)', [[1], 2], [1, 2]],
  ['$.skip(1)', [1, 2, 3], [2, 3]],
  ['$.limit(2)', [1, 2, 3], [1, 2]],
  ['sequence().take(3)', null, [0, 1, 2]],
  ['$.append(3, 4)', [1], [1, 3, 4]],
  ['$.concat([2], [3])', [1], [1, 2, 3]],
  ['concat([1], [2])', null, [1, 2]],
  ['concat(a, b, c)', null, 'abc'],
  ['$.distinct()', [1, 2, 1, '1', true], [1, 2, '1']],
  [
    '$.distinct($[1])',
    [
      ['a', 1],
      ['b', 1],
      ['c', 2],
    ],
    [
      ['a', 1],
      ['c', 2],
    ],
  ],
  [
    '$.enumerate(1)',
    ['a', 'b'],
    [
      [1, 'a'],
      [2, 'b'],
    ],
  ],
  ['$.any()', [], false],
  ['$.any($ > 2)', [1, 3], true],
  ['$.all()', [1, 0], false],
  ['$.all($ > 0)', [1, 3], true],
  ['range(4).len()', null, 4],
  ['$.where($ > 1).count()', [1, 2, 3], 2],
  ['$.sum()', [1, 2, 3], 6],
  ['$.sum(10)', [], 10],
  ['$.sum()', ['a', 'b'], 'ab'],
  ['$.max()', [3, 9, 2], 9],
  ['$.min(0)', [3, 9], 0],
  ['$.first()', [5, 6], 5],
  ['$.first(7)', [], 7],
  ['$.first(null)', [], null],
  ['$.last()', [5, 6], 6],
  ['$.last(default => 1)', [], 1],
  ['$.single()', [5], 5],
  ['range(1, 4)', null, [1, 2, 3]],
  ['range(4, 1, -1)', null, [4, 3, 2]],
  ['sequence(5, 2).limit(2)', null, [5, 7]],
  ['$.orderBy($)', [3, 1, 2], [1, 2, 3]],
  [
    '$.orderBy($[1]).thenByDescending($[0])',
    [
      [3, 'c'],
      [2, 'b'],
      [1, 'c'],
    ],
    [
      [2, 'b'],
      [3, 'c'],
      [1, 'c'],
    ],
  ],
  ['$.orderByDescending($).first()', [3, 1, 2], 3],
  [
    '$.groupBy($[1], $[0])',
    [
      ['a', 1],
      ['b', 2],
      ['c', 1],
    ],
    [
      [1, ['a', 'c']],
      [2, ['b']],
    ],
  ],
  [
    '$.groupBy($[1], $[0], $.sum())',
    [
      ['a', 1],
      ['b', 2],
      ['c', 1],
    ],
    [
      [1, 'ac'],
      [2, 'b'],
    ],
  ],
  ['$.groupBy($.k).toDict($[0], $[1].len())', [{ k: 'x' }, { k: 'y' }, { k: 'x' }], { x: 2, y: 1 }],
  [
    '$.zip([4, 5], [6, 7])',
    [1, 2, 3],
    [
      [1, 4, 6],
      [2, 5, 7],
    ],
  ],
  [
    '$.zipLongest([4], default => 0)',
    [1, 2],
    [
      [1, 4],
      [2, 0],
    ],
  ],
  [
    '$.join([2, 5, 6], $1 > $2, [$1, $2])',
    [1, 2, 3, 4],
    [
      [3, 2],
      [4, 2],
    ],
  ],
  ['1.repeat(2)', null, [1, 1]],
  ['$.cycle().take(5)', [1, 2], [1, 2, 1, 2, 1]],
  ['$.takeWhile($ < 3)', [1, 2, 3, 1], [1, 2]],
  ['$.skipWhile($ < 3)', [1, 2, 3, 1], [3, 1]],
  ['$.indexOf(2)', [1, 2, 2], 1],
  ['$.lastIndexOf(2)', [1, 2, 2], 2],
  ['$.indexWhere($ > 5)', [1], -1],
  ['$.lastIndexWhere($ = 2)', [2, 2, 1], 1],
  ['range(1, 6).slice(2)', null, [[1, 2], [3, 4], [5]]],
  ['range(1, 8).splitWhere($ mod 3 = 0)', null, [[1, 2], [4, 5], [7]]],
  ['range(1, 8).sliceWhere($ mod 3 = 0)', null, [[1, 2], [3], [4, 5], [6], [7]]],
  ['$.splitAt(1)', [1, 2, 3], [[1], [2, 3]]],
  ['$.aggregate($1 + $2)', ['a', 'b'], 'ab'],
  ['$.reduce($1 + $2, 1)', [], 1],
  ['$.accumulate($1 + $2)', [1, 2, 3], [1, 3, 6]],
  ['$.accumulate($1 + $2, 100)', [1, 2], [100, 101, 103]],
  ['$.reverse()', [1, 2], [2, 1]],
  ['generate(0, $ < 10, $ + 2)', null, [0, 2, 4, 6, 8]],
  ['generate(1, $ < 10, $ + 2, $ * 1000)', null, [1000, 3000, 5000, 7000, 9000]],
  ['generate(1, true, 1, decycle => true)', null, [1]],
  ['generateMany("1", {"1" => ["2", "3"], "2" => ["4"]}.get($, []))', null, ['1', '2', '3', '4']],
  ['generateMany("1", {"1" => ["2", "3"], "2" => ["4"]}.get($, []), depthFirst => true)', null, ['1', '2', '4', '3']],
  ['$.defaultIfEmpty([9])', [], [9]],
  ['$.where($ > 5).defaultIfEmpty([9])', [1, 6], [6]],
  ['isIterable([])', null, true],
  ['isIterable(abc)', null, false],
  ['let(range(3).memorize()) -> [$.sum(), $.sum()]', null, [3, 3]],
  ['let(range(3)) -> [$.first(), $.first()]', null, [0, 1]],
];

const COLLECTIONS: readonly Row[] = [
  ['list(1, [2], range(2))', null, [1, [2], 0, 1]],
  ['dict(a => 1, b => 2)', null, { a: 1, b: 2 }],
  [
    'dict($)',
    [
      ['a', 1],
      ['b', 2],
    ],
    { a: 1, b: 2 },
  ],
  ['dict($.select([$.k, $.v]))', [{ k: 'x', v: 1 }], { x: 1 }],
  ['$.toDict($.k, $.v)', [{ k: 'x', v: 1 }], { x: 1 }],
  ['$.items().toDict($[0], $[1] + 1)', { a: 1 }, { a: 2 }],
  ['$.keys()', { a: 1, b: 2 }, ['a', 'b']],
  ['$.values().sum()', { a: 1, b: 2 }, 3],
  ['$.items().where($[1] > 1).select($[0])', { a: 1, b: 2 }, ['b']],
  ['$.get(x)', {}, null],
  ['$.get(x, 5)', {}, 5],
  ['$[x, 5]', {}, 5],
  ['$[-1]', [1, 2], 2],
  ['$.set(b, 2)', { a: 1 }, { a: 1, b: 2 }],
  ['$.set({b => 2})', { a: 1 }, { a: 1, b: 2 }],
  ['$.set(b => 2, a => 3)', { a: 1 }, { a: 3, b: 2 }],
  ['$.containsKey(a)', { a: null }, true],
  ['$.containsValue(2)', { a: 1 }, false],
  ['$.contains(2)', [1, 2], true],
  ['$.delete(a)', { a: 1, b: 2 }, { b: 2 }],
  ['$.deleteAll([a, b])', { a: 1, b: 2 }, {}],
  ['$.delete(1)', [1, 2, 3], [1, 3]],
  ['$.delete(1, -1)', [1, 2, 3], [1]],
  ['$.insert(1, x)', [1, 2], [1, 'x', 2]],
  ['$.insert(-1, x)', [1, 2], [1, 'x', 2]],
  ['range(2).insert(9, x)', null, [0, 1, 'x']],
  ['$.insertMany(1, [8, 9])', [1, 2], [1, 8, 9, 2]],
  ['$.replace(1, x)', [1, 2, 3], [1, 'x', 3]],
  ['$.replace(0, x, 2)', [1, 2, 3], ['x', 3]],
  ['$.replaceMany(1, [8, 9])', [1, 2, 3], [1, 8, 9, 3]],
  ['$.flatten()', [1, [2, [3, [4]]]], [1, 2, 3, 4]],
  ['$.len()', [1, 2], 2],
  ['len($)', { a: 1 }, 1],
  ['$.mergeWith({d => 5, b => 3, c => [2, 3]})', { a: 1, b: 2, c: [1, 2] }, { a: 1, b: 3, c: [1, 2, 3], d: 5 }],
  ['$.mergeWith({c => [2, 3]}, $1 + $2)', { c: [1, 2] }, { c: [1, 2, 2, 3] }],
  ['$.mergeWith({b => 3}, itemMerger => $1)', { b: 2 }, { b: 2 }],
  ['$.mergeWith({c => {y => 2}})', { c: { x: 1 } }, { c: { x: 1, y: 2 } }],
  ['$.mergeWith({c => {y => 2}}, maxLevels => 1)', { c: { x: 1 } }, { c: { y: 2 } }],
  ['set(1, 2, 2).len()', null, 2],
  ['$.toSet().union(set(3)).orderBy($)', [1, 2, 1], [1, 2, 3]],
  ['set(1, 2).intersect(set(2, 3))', null, [2]],
  ['set(1, 2).difference(set(2))', null, [1]],
  ['set(1, 2).symmetricDifference(set(2, 3)).orderBy($)', null, [1, 3]],
  ['set(1).add(2, 3).remove(1).orderBy($)', null, [2, 3]],
  ['isList($)', [], true],
  ['isDict($)', {}, true],
  ['isSet(set())', null, true],
  ['$.select($).toList()', [1], [1]],
];

const STRINGS: readonly Row[] = [
  ['len(abc)', null, 3],
  ['"é😀".len()', null, 2],
  ['str(null)', null, 'null'],
  ['str(true)', null, 'true'],
  ['str(1.0)', null, '1.0'],
  ['str([1, a])', null, "(1, 'a')"],
  ['str({a => [1]})', null, "{'a': (1,)}"],
  ['str("a,b".split(","))', null, "['a', 'b']"],
  ['int("12")', null, 12],
  ['int(null)', null, 0],
  ['int(1.9)', null, 1],
  ['float("1.5")', null, 1.5],
  ['"a,b,c".split(",")', null, ['a', 'b', 'c']],
  ['"a,b,c".split(",", 1)', null, ['a', 'b,c']],
  ['" a  b ".split()', null, ['a', 'b']],
  ['"a,b,c".rightSplit(",", 1)', null, ['a,b', 'c']],
  ['$.join(",")', ['a', 1, null], 'a,1,null'],
  ['",".join([a, b])', null, 'a,b'],
  ['" x ".trim()', null, 'x'],
  ['xxaxx.trim(x)', null, 'a'],
  ['xxa.trimLeft(x)', null, 'a'],
  ['axx.trimRight(x)', null, 'a'],
  ['" ".norm()', null, null],
  ['isEmpty(" ")', null, true],
  ['isEmpty(null)', null, true],
  ['abcabc.replace(bc, X)', null, 'aXaX'],
  ['abcabc.replace(bc, X, 1)', null, 'aXabc'],
  ['"a 1".replace({a => b, "1" => 2})', null, 'b 2'],
  ['"{0} {1} {x}".format(1, b, x => null)', null, '1 b None'],
  ['"{:>5}|{:05.1f}|{:x}|{!r}".format(ab, 2.25, 255, q)', null, "   ab|002.2|ff|'q'"],
  ['abcdef.substring(1, 2)', null, 'bc'],
  ['abcdef.substring(-2)', null, 'ef'],
  ['abcb.indexOf(b)', null, 1],
  ['abcb.indexOf(b, 2)', null, 3],
  ['abcb.lastIndexOf(b)', null, 3],
  ['abc.toCharArray()', null, ['a', 'b', 'c']],
  ['aBc.toUpper() + aBc.toLower()', null, 'ABCabc'],
  ['abc.startsWith(x, ab)', null, true],
  ['abc.endsWith(c)', null, true],
  ['hex(255)', null, '0xff'],
  ['characters(octdigits => true).len()', null, 8],
  ['isString(a)', null, true],
  ['abc.matches("a.c")', null, true],
  ['regex("a.c").matches(xabc)', null, true],
  ['regex("a(.)c").search(xabc)', null, 'abc'],
  ['regex("a(.)c").search(xabc, [$.start, $2.value])', null, [1, 'b']],
  ['regex("a(?P<mid>.)c").search(xabc, $mid.value)', null, 'b'],
  ['regex("a.").searchAll(abac)', null, ['ab', 'ac']],
  ['regex("[,;]").split("a,b;c")', null, ['a', 'b', 'c']],
  ['"a1b2".split(regex("\\\\d"), maxSplit => 1)', null, ['a', 'b2']],
  ['regex("a.").replace(abcadc, xx)', null, 'xxcxxc'],
  ['regex("(a)(b)").replace(ab, "\\\\2\\\\g<1>")', null, 'ba'],
  ['abcadc.replaceBy(regex("a.c"), switch($.value = abc => xx, $.value = adc => yy))', null, 'xxyy'],
  ['escapeRegex("a.b")', null, 'a\\.b'],
  ['isRegex(regex(a))', null, true],
];

const NUMBERS: readonly Row[] = [
  ['abs(-3)', null, 3],
  ['round(2.5)', null, 2],
  ['round(2.675, 2)', null, 2.67],
  ['round(1234, -2)', null, 1200],
  ['pow(2, 10)', null, 1024],
  ['pow(2, -1)', null, 0.5],
  ['pow(3, 4, 5)', null, 1],
  ['min(1, 2) + max(1, 2)', null, 3],
  ['sign(-2.5)', null, -1],
  ['bitwiseAnd(6, 3) + bitwiseOr(6, 3) + bitwiseXor(6, 3) + bitwiseNot(0)', null, 13],
  ['shiftBitsLeft(1, 4) + shiftBitsRight(16, 2)', null, 20],
  ['isInteger(1)', null, true],
  ['isInteger(true)', null, false],
  ['isNumber(1.5)', null, true],
  ['isBoolean(true)', null, true],
  ['bool([])', null, false],
  ['random() < 1', null, true],
  ['random(3, 3)', null, 3],
];

const BRANCHES: readonly Row[] = [
  ['switch($ < 10 => small, true => big)', 50, 'big'],
  ['switch(false => 1)', null, null],
  ['selectCase(false, true)', null, 1],
  ['selectCase(false)', null, 1],
  ['selectAllCases(true, false, true)', null, [0, 2]],
  ['examine(1, 0)', null, [true, false]],
  ['1.switchCase(a, b, c)', null, 'b'],
  ['9.switchCase(a, b)', null, 'b'],
  ['coalesce(null, $.x, 3)', { x: null }, 3],
  ['with(ab, cd) -> $1 + $2', null, 'abcd'],
  ['[1, 2].unpack(a, b) -> $a + $b', null, 3],
  ['[2, 3].unpack() -> $1 + $2', null, 5],
  ['def(sq, $ * $) -> [1, 2, 3].select(sq($))', null, [1, 4, 9]],
  ['def(fact, switch($ < 2 => 1, true => $ * fact($ - 1))) -> fact(5)', null, 120],
  ['12.assert($ < 20)', null, 12],
  ['call(len, [abc], {})', null, 3],
  ['call(let, [1, 2], {a => 3}) -> $1 + $a + $2', null, 6],
];

const DATES: readonly Row[] = [
  ['datetime(2006, 11, 21, 16, 30).weekday', null, 1],
  ['datetime(2006, 11, 21, 16, 30).timestamp', null, 1164126600],
  [
    'let(datetime("2015-08-29T10:20:30Z")) -> [$.year, $.month, $.day, $.hour, $.minute, $.second]',
    null,
    [2015, 8, 29, 10, 20, 30],
  ],
  ['let(datetime("29.8?2015", "%d.%m?%Y")) -> [$.year, $.month, $.day]', null, [2015, 8, 29]],
  ['datetime(1256953732).year', null, 2009],
  ['timespan(days => 1, hours => 2, minutes => 3).hours', null, 26.05],
  ['(datetime(2011, 11, 12) - datetime(2011, 11, 11)).days', null, 1],
  ['(datetime(2011, 12, 31) + timespan(days => 1)).year', null, 2012],
  ['datetime(2011, 11, 11) > datetime(2010, 10, 10)', null, true],
  ['datetime(2015, 9, 29).replace(year => 2014).year', null, 2014],
  ['datetime(2016, 7, 19, 8, 49).format("%A, %d. %B %Y %I:%M%p")', null, 'Tuesday, 19. July 2016 08:49AM'],
  ['datetime(2006, 11, 21, 16, 30, offset => timespan(hours => 3)).utc.hour', null, 13],
  ['str(datetime(2015, 8, 29))', null, '2015-08-29 00:00:00+00:00'],
  ['isDatetime(now())', null, true],
  ['let(datetime(2006, 11, 21, 16, 30).time) -> [$.hours, $.minutes]', null, [16.5, 990]],
];

describe.each([
  ['syntax', SYNTAX],
  ['operators', OPERATORS],
  ['queries', QUERIES],
  ['collections', COLLECTIONS],
  ['strings', STRINGS],
  ['numbers', NUMBERS],
  ['branches and scopes', BRANCHES],
  ['dates', DATES],
] as const)('%s', (_, rows) => {
  test.each(rows.map((row) => row))('%s', (expression, data, value) => {
    expect(evaluateYaql(expression, data)).toEqual(value);
  });
});

describe('expressions out of public templates', () => {
  const servers = [
    { name: 'web', ips: { public: ['1.2.3.4'], private: ['10.0.0.1', '10.0.0.2'] } },
    { name: 'db', ips: { private: ['10.0.0.3'] } },
  ];
  test.each<Row>([
    ['$.data.ips.values().flatten().distinct().join(",")', { data: servers[0] as Json }, '1.2.3.4,10.0.0.1,10.0.0.2'],
    ['$.data.where($ != null).first()', { data: [null, 'x'] }, 'x'],
    ['$.data.select($.ips.get(public, [])).selectMany($)', { data: servers }, ['1.2.3.4']],
    ['dict($.data.select([$.name, $.ips.private.len()]))', { data: servers }, { web: 2, db: 1 }],
    ['$.data.s.where($).toDict($.id, $.name)', { data: { s: [{ id: 1, name: 'a' }, {}] } }, { 1: 'a' }],
    ['let(root => $) -> $.data.l.select($ + $root.data.suffix)', { data: { l: ['a'], suffix: '!' } }, ['a!']],
    ["$.data.items().select(concat($[0], '=', str($[1]))).join(' ')", { data: { a: 1, b: true } }, 'a=1 b=true'],
    [
      '$.data.role.reduce($1.mergeWith($2), {})',
      { data: { role: [{ a: [1] }, { a: [2], b: 1 }] } },
      { a: [1, 2], b: 1 },
    ],
    ['$.data.l.flatten().toSet().len()', { data: { l: [[1, 2], [2]] } }, 2],
  ])('%s', (expression, data, value) => {
    expect(evaluateYaql(expression, data)).toEqual(value);
  });
});

describe('mistakes', () => {
  test.each([
    ['', 'Parse error: unexpected end of statement'],
    ['1 +', 'Parse error: unexpected end of statement'],
    ['$.data[', 'Parse error: unexpected end of statement'],
    ['1 2', "Parse error: unexpected '2' at position 2 of expression '1 2'"],
    ['f(a => 1, 2)', "Parse error: unexpected ')' at position 11 of expression 'f(a => 1, 2)'"],
    ['f(1,)', "Parse error: unexpected ')' at position 4 of expression 'f(1,)'"],
    ['#', "Lexical error: illegal character '#' at position 0"],
    ['1abc', "Lexical error: illegal character '1' at position 0"],
    ["'open", "Lexical error: illegal character ''' at position 0"],
  ])('%s cannot be parsed', (expression, message) => {
    expect(() => parseYaql(expression)).toThrow(new YaqlError(message));
  });

  test.each<readonly [string, Json, string]>([
    ['nope(1)', null, 'Unknown function "nope"'],
    ['$.nope()', [1, 'a'], 'Unknown method "nope" for receiver (1, \'a\')'],
    ['$.where()', [1], 'No method "where" for receiver (1,) matches supplied arguments'],
    ['len(1)', null, 'No function "len" matches supplied arguments'],
    ['1 + a', null, 'No function "#operator_+" matches supplied arguments'],
    ['$.a', null, 'Unknown function "#property#a"'],
    ['$.a', {}, "'a'"],
    ['$[5]', [1], 'tuple index out of range'],
    ['1 / 0', null, 'integer division or modulo by zero'],
    ['[].sum()', null, 'reduce() of empty iterable with no initial value'],
    ['[1, 2].single()', null, 'Collection contains more than one item'],
    ['12.assert($ < 2)', null, 'Assertion failed'],
    ['12.assert($ < 2, "too big")', null, 'too big'],
    ['int(x)', null, "invalid literal for int() with base 10: 'x'"],
    ['len(1 => 2)', null, 'Cannot convert mapping to keyword argument'],
    ['[1, 2].unpack(a)', null, 'Cannot unpack 2 elements into 1'],
    ['[[1].toList().insert(0, 1)].toSet()', null, "unhashable type: 'list'"],
    ["'{0}'.format()", null, 'Replacement index 0 out of range for positional args tuple'],
  ])('%s on %j fails', (expression, data, message) => {
    expect(() => evaluateYaql(expression, data)).toThrow(new YaqlError(message));
  });
});

describe('hostile expressions end soon', () => {
  test.each([
    ['a collection over the limit', 'range(201).toList()', 'Collection length exceeds 200 elements'],
    ['an endless stream', 'sequence().sum()', 'Collection length exceeds 200 elements'],
    ['an endless result', 'sequence()', 'Collection length exceeds 200 elements'],
    ['an endless generator', 'generate(0, true, $ + 1).len()', 'Collection length exceeds 200 elements'],
    ['a long text', "'x' * 1000000000", 'Expression consumed too much memory'],
    ['a text that doubles', "range(100).aggregate($1 + $1, 'x')", 'Expression consumed too much memory'],
    ['a list that multiplies', '[1] * 100000', 'Expression consumed too much memory'],
    ['a huge power', 'pow(9, 999999999)', 'Expression consumed too much memory'],
    ['a huge shift', 'shiftBitsLeft(1, 99999999999)', 'Expression consumed too much memory'],
    ['a number that squares itself', 'range(100).aggregate($1 * $1, 7)', 'Expression consumed too much memory'],
    ['a wide format', "'{:999999999}'.format(1)", 'Expression consumed too much memory'],
    ['endless recursion', 'def(f, f($)) -> f(1)', 'maximum recursion depth exceeded'],
    [
      'nested loops',
      'range(199).select(range(199).select(range(199).select($ + 1).sum()).sum()).sum()',
      'Expression takes more than 500000 steps',
    ],
    ['a filter that never ends', 'sequence().where($ < 0).first()', 'Collection length exceeds 200 elements'],
    ['a cycle', '[1].cycle().where(false).first()', 'Collection length exceeds 200 elements'],
  ])('%s', (_, expression, message) => {
    const start = performance.now();
    expect(() => evaluateYaql(expression, null)).toThrow(message);
    expect(performance.now() - start).toBeLessThan(5000);
  });

  test('a regular expression that backtracks without end runs in linear time', () => {
    expect(evaluateYaql("('a' * 40 + '!').matches('(a+)+$')", null)).toBe(false);
  });

  test('deep brackets are refused', () => {
    expect(() => parseYaql(`${'('.repeat(5000)}1`)).toThrow(YaqlError);
    expect(() => evaluateYaql(`1${'+1'.repeat(50_000)}`, null)).toThrow(YaqlError);
  });

  test('limits are the caller’s to set', () => {
    expect(evaluateYaql('range(1000).len()', null, { maxIterations: 1000 })).toBe(1000);
    expect(() => evaluateYaql('range(11).len()', null, { maxIterations: 10 })).toThrow(
      'Collection length exceeds 10 elements',
    );
    expect(() => evaluateYaql('$ + $', 'x'.repeat(100), { memoryBytes: 200 })).toThrow(
      'Expression consumed too much memory',
    );
  });
});

test('keys such as __proto__ are plain data', () => {
  expect(JSON.stringify(evaluateYaql('dict($.items())', JSON.parse('{"__proto__": 1}') as Json))).toBe(
    '{"__proto__":1}',
  );
  expect(() => evaluateYaql('$.constructor', {})).toThrow("'constructor'");
  expect(() => evaluateYaql("'{0.constructor}'.format(a)", null)).toThrow(YaqlError);
});
