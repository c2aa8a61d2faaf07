import fc from 'fast-check';
import { Secret, Unknown } from '../../../../src/engine/model/value.js';
import { cfnFunctions } from '../../../../src/engine/template/cfn/functions/function-table.js';
import { awsMessages, propertyValue } from './cfn-fixtures.js';

const PARAMETERS = `Parameters:
  Name: {Type: String, Default: web}
  Zones: {Type: CommaDelimitedList, Default: 'a,b'}
Mappings:
  Images: {eu: {small: ami-1, sizes: [1, 2]}}
Conditions:
  IsWeb: !Equals [!Ref Name, web]
`;
const scope = {
  parameters: { Zones: ['a', 'b'], 'AWS::Region': 'eu', 'AWS::StackName': 's' },
  resources: { R: {}, Db: { id: 'db-1', 'Endpoint.Address': 'db.local', Ports: [1, 2], Map: { k: 'v' } } },
};
const more = `${PARAMETERS}`;
const withDb = (yaml: string) => propertyValue(`${yaml}\n  Db:\n    Type: D`, scope, more);

describe('functions of the AWS header', () => {
  test.each([
    ['a parameter', '!Ref Name', 'web'],
    ['a pseudo parameter', '!Ref AWS::Region', 'eu'],
    ['a resource', '!Ref Db', 'db-1'],
    ['an attribute with a dot in its name', '!GetAtt Db.Endpoint.Address', 'db.local'],
    ['an attribute in list form', '{"Fn::GetAtt": [Db, Endpoint.Address]}', 'db.local'],
    [
      'Sub with parameters, attributes and literals',
      "!Sub '${Name}-${Db.Endpoint.Address}-${!Kept}'",
      'web-db.local-${Kept}',
    ],
    ['Sub with its own variables', "!Sub ['${a}${Name}', {a: 1}]", '1web'],
    ['Join of numbers and booleans', "!Join ['-', [a, 1, true]]", 'a-1-true'],
    ['Join of a list parameter', "!Join ['|', !Ref Zones]", 'a|b'],
    ['Split', "!Split [',', 'a,,b']", ['a', '', 'b']],
    ['Select by text index', "!Select ['1', !Ref Zones]", 'b'],
    ['Select of a map by key, as Heat has it', '!Select [k, !GetAtt Db.Map]', 'v'],
    ['FindInMap', '!FindInMap [Images, !Ref AWS::Region, small]', 'ami-1'],
    ['FindInMap of a list', '!FindInMap [Images, eu, sizes]', [1, 2]],
    ['Base64', '!Base64 hello', 'aGVsbG8='],
    ['Cidr of IPv4', "!Cidr ['192.168.0.0/24', 2, 5]", ['192.168.0.0/27', '192.168.0.32/27']],
    [
      'Cidr of IPv6',
      "!Cidr ['2600:1f18:abc:de00::/56', 2, 64]",
      ['2600:1f18:abc:de00::/64', '2600:1f18:abc:de01::/64'],
    ],
    ['GetAZs of the own region', "!GetAZs ''", ['eu-west-1a', 'eu-west-1b']],
    ['GetAZs of a region', '!GetAZs {Ref: AWS::Region}', ['eua', 'eub']],
    ['ImportValue', "!ImportValue {'Fn::Sub': '${Name}-vpc'}", 'exported web-vpc'],
    ['If', '!If [IsWeb, yes it is, no]', 'yes it is'],
    ['GetStackOutput', '{"Fn::GetStackOutput": {StackName: other, OutputName: Id}}', 'other/Id/here'],
    ['GetStackOutput of a region', '{"Fn::GetStackOutput": {StackName: o, OutputName: I, Region: r}}', 'o/I/r'],
    ['Replace', '{"Fn::Replace": [{a: b, b: c}, ab]}', 'bc'],
    ['MemberListToMap', '{"Fn::MemberListToMap": [N, V, [.member.0.N=k, .member.0.V=v]]}', { k: 'v' }],
    ['ResourceFacade', '{"Fn::ResourceFacade": Metadata}', { note: 'from above' }],
    [
      'a condition in a policy is data',
      '{Condition: {Bool: {secure: true}}}',
      { Condition: { Bool: { secure: true } } },
    ],
  ])('%s', (_reason, yaml, expected) => {
    expect(withDb(yaml)).toEqual(expected);
  });

  test('AWS::NoValue leaves its property or item out', () => {
    expect(withDb('[a, !If [IsWeb, !Ref AWS::NoValue, b], {x: !Ref AWS::NoValue}]')).toEqual(['a', {}]);
  });

  test('what is not known yet makes its text unknown and names the source', () => {
    const value = withDb("!Sub 'x-${R.Arn}'");
    expect(value).toBeInstanceOf(Unknown);
    expect((value as Unknown).sources).toEqual(['R.Arn']);
  });

  test('Select needs only the chosen item to be known', () => {
    expect(withDb('!Select [0, [a, !GetAtt R.Arn]]')).toBe('a');
  });

  test('a secret parameter makes the whole text secret', () => {
    const parameters = { ...scope.parameters, Name: new Secret('hush') };
    const value = propertyValue("!Join [':', [user, !Ref Name]]", { parameters }, more);
    expect(value).toBeInstanceOf(Secret);
    expect((value as Secret).reveal()).toBe('user:hush');
  });

  test.each([
    ['!Select [5, !Ref Zones]', 'Template error: Fn::Select cannot select nonexistent value at index 5'],
    ['!FindInMap [Images, !Ref Name, small]', 'Template error: Unable to get mapping for Images::web::small'],
    ["!Join ['-', [!Ref Zones]]", /every Fn::Join object requires two parameters/],
    ["!Cidr ['10.0.0.0/24', 9, 5]", /10\.0\.0\.0\/24 cannot be split into 9 blocks/],
  ])('%s fails when it is evaluated', (yaml, message) => {
    expect(() => withDb(yaml)).toThrow(message);
  });

  test('Split and Join are inverse', () => {
    fc.assert(
      fc.property(fc.array(fc.stringMatching(/^[a-z0-9 ]*$/), { minLength: 1 }), (parts) => {
        const list = JSON.stringify(parts);
        expect(propertyValue(`{"Fn::Split": [",", {"Fn::Join": [",", ${list}]}]}`)).toEqual(parts);
      }),
      { numRuns: 50 },
    );
  });
});

describe('functions of the Heat header', () => {
  const heat = "HeatTemplateFormatVersion: '2012-12-12'\n";

  test.each([
    ['Base64 leaves the text', '{"Fn::Base64": hello}', 'hello'],
    ['Select of what is not there is nothing', '{"Fn::Select": [7, [a]]}', ''],
    ['Select by key', '{"Fn::Select": [k, {k: v}]}', 'v'],
    ['Select in JSON text', '{"Fn::Select": ["1", "[1, 2]"]}', 2],
    ['Join takes null for nothing', '{"Fn::Join": ["-", [a, null]]}', 'a-'],
    ['functions of AWS are data', '{"Fn::Sub": "${x}"}', { 'Fn::Sub': '${x}' }],
    ['unknown functions are data', '{"Fn::Nope": 1}', { 'Fn::Nope': 1 }],
  ])('%s', (_reason, yaml, expected) => {
    expect(propertyValue(yaml, {}, heat)).toEqual(expected);
  });

  test('Join refuses numbers', () => {
    expect(() => propertyValue('{"Fn::Join": ["-", [1]]}', {}, heat)).toThrow('Items to join must be strings not 1');
  });

  test('GetAtt takes a list of two only', () => {
    const text = `${heat}Resources: {R: {Type: T, Properties: {P: {"Fn::GetAtt": "R.a"}}}}`;
    expect(awsMessages(text)).toHaveLength(1);
  });
});

describe('wrong calls', () => {
  const say = (yaml: string) =>
    awsMessages(`${PARAMETERS}Resources:\n  R:\n    Type: T\n    Properties:\n      P: ${yaml}\n`);

  test.each([
    ["!Join ['-']", /^Template error: every Fn::Join object requires two parameters, \(1\) a string delimiter/],
    [
      '!GetAtt R',
      'Template error: every Fn::GetAtt object requires two non-empty parameters, the resource name and the resource attribute',
    ],
    ['{Ref: [a]}', 'Template error: every Ref object must have a single String value.'],
    [
      '!Select [x, [a]]',
      'Template error: Fn::Select requires a list argument with a valid index value as its first element',
    ],
    ['!Select [3, [a]]', 'Template error: Fn::Select cannot select nonexistent value at index 3'],
    [
      '!FindInMap [Nope, a, b]',
      "Template error: Mapping named 'Nope' is not present in the 'Mappings' section of template.",
    ],
    ['!FindInMap [Images, us, small]', 'Template error: Unable to get mapping for Images::us::small'],
    ['!If [Nope, a, b]', 'Template error: unresolved condition dependency Nope in Fn::If'],
    ['!If [IsWeb, a]', 'Template error: Fn::If requires a list argument with three elements'],
    [
      '!ImportValue {Ref: R}',
      'Template error: the attribute in Fn::ImportValue must not depend on any resources, imported values, or Fn::GetAZs',
    ],
    ["!Sub '${a b}'", /^Template error: variable names in Fn::Sub syntax must contain only/],
    ['!Sub [a]', /^Template error: One or more Fn::Sub intrinsic functions don't specify expected arguments/],
    ['!Equals [a, b]', 'Template error: Fn::Equals cannot be partially collapsed'],
    [
      '{"Fn::Length": [a]}',
      /^Template Error: Encountered unsupported function: Fn::Length Supported functions are: \[Fn::Base64, /,
    ],
    ['{"Fn::Cidr": x}', /^Template error: every Fn::Cidr/],
    ['{"Fn::Nope": x}', /^Template Error: Encountered unsupported function: Fn::Nope/],
  ])('%s', (yaml, message) => {
    const messages = say(yaml);
    expect(messages).toHaveLength(1);
    expect(messages[0]).toMatch(message);
  });

  test('a wrong call inside of a call is blamed alone', () => {
    expect(say("!Base64 {'Fn::Join': [a]}")).toHaveLength(1);
  });

  test('every function of a header has a line for the list', () => {
    const names = cfnFunctions.AWSTemplateFormatVersion.map(({ name }) => name);
    expect(names).toEqual(expect.arrayContaining(['Ref', 'Fn::Sub', 'Fn::Cidr', 'Fn::RefAll', 'Fn::ToJsonString']));
    expect(cfnFunctions.HeatTemplateFormatVersion).toHaveLength(11);
    expect(cfnFunctions.AWSTemplateFormatVersion.every(({ summary }) => summary.endsWith('.'))).toBe(true);
  });
});
