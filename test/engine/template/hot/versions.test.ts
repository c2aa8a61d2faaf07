import { functionsOf, hotVersions } from '../../../../src/engine/template/hot/function-table.js';
import { findHotVersion, HOT_VERSION_NAMES } from '../../../../src/engine/template/hot/versions.js';

const FIRST = [
  'Fn::Base64',
  'Fn::GetAZs',
  'Fn::Join',
  'Fn::MemberListToMap',
  'Fn::Replace',
  'Fn::ResourceFacade',
  'Fn::Select',
  'Fn::Split',
  'Ref',
];
const ALWAYS = ['get_attr', 'get_file', 'get_param', 'get_resource', 'list_join', 'resource_facade', 'str_replace'];
const V2015_04 = [...ALWAYS, 'digest', 'repeat'];
const V2015_10 = [...V2015_04, 'str_split'];
const V2016_04 = [...V2015_10, 'map_merge'];
const V2016_10 = [...V2016_04, 'if', 'map_replace', 'yaql'];
const V2017_02 = [...V2016_10, 'filter', 'str_replace_strict'];
const V2017_09 = [...V2017_02, 'contains', 'list_concat', 'list_concat_unique', 'make_url', 'str_replace_vstrict'];
const CONDITIONS = ['and', 'equals', 'get_param', 'not', 'or'];

test.each([
  { version: '2013-05-23', functions: [...ALWAYS, ...FIRST], conditions: [] },
  { version: '2014-10-16', functions: [...ALWAYS, 'Fn::Select'], conditions: [] },
  { version: '2015-04-30', functions: [...V2015_04, 'Fn::Select'], conditions: [] },
  { version: '2015-10-15', functions: V2015_10, conditions: [] },
  { version: '2016-04-08', functions: V2016_04, conditions: [] },
  { version: '2016-10-14', functions: V2016_10, conditions: CONDITIONS },
  { version: '2017-02-24', functions: V2017_02, conditions: CONDITIONS },
  { version: '2017-09-01', functions: V2017_09, conditions: [...CONDITIONS, 'contains', 'yaql'] },
  { version: '2018-03-02', functions: V2017_09, conditions: [...CONDITIONS, 'contains', 'yaql'] },
  { version: '2018-08-31', functions: V2017_09, conditions: [...CONDITIONS, 'contains', 'yaql'] },
  { version: '2021-04-16', functions: V2017_09, conditions: [...CONDITIONS, 'contains', 'yaql'] },
])('$version has exactly its functions', ({ version, functions, conditions }) => {
  const listing = hotVersions.find((entry) => entry.version === version);
  expect(listing?.functions.map(({ name }) => name)).toEqual([...functions].sort());
  expect(listing?.conditionFunctions.map(({ name }) => name)).toEqual([...conditions].sort());
  for (const { summary } of [...(listing?.functions ?? []), ...(listing?.conditionFunctions ?? [])]) {
    expect(summary).toMatch(/^[A-Z].*\.$/);
  }
});

test('every version may be named by its date, later ones by their release too', () => {
  expect(HOT_VERSION_NAMES).toEqual([
    '2013-05-23',
    '2014-10-16',
    '2015-04-30',
    '2015-10-15',
    '2016-04-08',
    '2016-10-14',
    '2017-02-24',
    '2017-09-01',
    '2018-03-02',
    '2018-08-31',
    '2021-04-16',
    'newton',
    'ocata',
    'pike',
    'queens',
    'rocky',
    'wallaby',
  ]);
  expect(findHotVersion('rocky')?.version).toBe('2018-08-31');
  expect(findHotVersion('mitaka')).toBeUndefined();
});

test('removed functions are known, so that they can be refused', () => {
  expect(functionsOf('2016-10-14').values.has('Fn::Join')).toBe(true);
  expect(functionsOf('2016-10-14').conditions.has('Fn::Join')).toBe(true);
});
