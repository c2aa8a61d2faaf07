import { evaluate } from '../../../../src/engine/template/evaluate.js';
import { awsMessages, FakeScope, propertyValue, read, template } from './cfn-fixtures.js';

const EXTENSIONS = 'Transform: AWS::LanguageExtensions\n';

describe('Fn::ForEach', () => {
  test('makes a resource for every item', () => {
    const parsed = template(`${EXTENSIONS}Resources:
  Fn::ForEach::Tables:
    - Name
    - [Points, Score]
    - Table\${Name}:
        Type: AWS::DynamoDB::Table
        DependsOn: Base
        Properties: {TableName: !Ref Name, Text: !Sub 'x-\${Name}-\${AWS::Region}'}
  Base: {Type: T}
Outputs:
  Fn::ForEach::Out:
    - Name
    - [Points, Score]
    - Fn::ForEach::Properties:
        - Property
        - [Arn, StreamArn]
        - \${Name}\${Property}:
            Value: !GetAtt [!Sub 'Table\${Name}', !Ref Property]
`);
    expect([...parsed.resources.keys()]).toEqual(['TablePoints', 'TableScore', 'Base']);
    expect(parsed.processed.Resources).toMatchObject({
      TableScore: { Properties: { TableName: 'Score', Text: { 'Fn::Sub': 'x-Score-${AWS::Region}' } } },
    });
    expect(parsed.processed).not.toHaveProperty('Transform');
    expect(parsed.document.Resources).toHaveProperty(['Fn::ForEach::Tables']);
    expect([...parsed.outputs.keys()]).toEqual(['PointsArn', 'PointsStreamArn', 'ScoreArn', 'ScoreStreamArn']);
    const value = parsed.outputs.get('ScoreStreamArn')?.value;
    expect(value && evaluate(value, new FakeScope({}, { TableScore: { StreamArn: 'arn' } }))).toBe('arn');
    expect(parsed.transforms).toEqual(['AWS::LanguageExtensions']);
  });

  test('goes over a list parameter, given or defaulted', () => {
    const text = `${EXTENSIONS}Parameters: {Names: {Type: CommaDelimitedList, Default: 'a, b'}}
Resources:
  Fn::ForEach::L: [N, !Ref Names, {'R\${N}': {Type: T}}]
`;
    expect([...template(text).resources.keys()]).toEqual(['Ra', 'Rb']);
    const parameters = new Map([['Names', 'x,y,z']]);
    expect([...template(text, { parameters }).resources.keys()]).toEqual(['Rx', 'Ry', 'Rz']);
  });

  test('&{} keeps only letters and digits, and loops work in conditions and properties', () => {
    const parsed = template(`${EXTENSIONS}Parameters: {ParamA: {Type: String, Default: 'true'}}
Conditions:
  Fn::ForEach::C: [I, [A], {'Is\${I}On': !Equals [!Ref {'Fn::Sub': 'Param\${I}'}, 'true']}]
Resources:
  Fn::ForEach::R: [Cidr, ['10.0.0.0/16'], {'Vpc&{Cidr}': {Type: T, Condition: IsAOn, Properties: {Block: !Ref Cidr, 'Fn::ForEach::P': [K, [x, y], {'Key\${K}': 1}]}}}]
`);
    expect([...parsed.conditions.keys()]).toEqual(['IsAOn']);
    expect(new FakeScope({}, {}, parsed).condition('IsAOn')).toBe(true);
    const properties = parsed.resources.get('Vpc1000016')?.properties;
    expect(properties && evaluate(properties, new FakeScope())).toEqual({ Block: '10.0.0.0/16', Keyx: 1, Keyy: 1 });
  });

  test.each([
    ['[N, [a, b], {Same: {Type: T}}]', "Duplicate key 'Same' when merging keys to parent object in Fn::ForEach"],
    ['[N, text, {"R${N}": {Type: T}}]', 'Fn::ForEach layout is incorrect'],
    ['[N, [a]]', 'Fn::ForEach layout is incorrect'],
    ['[N, !Ref Names, {"R${N}": {Type: T}}]', 'Could not find a collection or could not be resolved for Fn::ForEach'],
  ])('%s is refused', (loop, why) => {
    const text = `${EXTENSIONS}Parameters: {Names: {Type: CommaDelimitedList}}\nResources:\n  Fn::ForEach::L: ${loop}\n`;
    expect(awsMessages(text)).toEqual([`Transform AWS::LanguageExtensions failed with: ${why}`]);
  });

  test('loops cannot blow the engine up', () => {
    const items = JSON.stringify(Array.from({ length: 100 }, (_, index) => `i${index}`));
    const inner = `{"Fn::ForEach::C": [C, ${items}, {"R\${A}\${B}\${C}": {Type: T}}]}`;
    const text = `${EXTENSIONS}Resources: {"Fn::ForEach::A": [A, ${items}, {"Fn::ForEach::B": [B, ${items}, ${inner}]}]}`;
    expect(awsMessages(text, { limits: { maxNodes: 100_000 } })).toEqual([
      'Transform AWS::LanguageExtensions failed with: the loops make the template too large',
    ]);
  });

  test('without the transform a loop is a malformed resource', () => {
    expect(awsMessages('Resources: {"Fn::ForEach::L": [N, [a], {"R${N}": {Type: T}}]}')).toEqual([
      'Template format error: [/Resources/Fn::ForEach::L] resource definition is malformed',
    ]);
  });
});

describe('further language extensions', () => {
  const more = `${EXTENSIONS}Parameters: {L: {Type: CommaDelimitedList}, Policy: {Type: String, Default: Retain}}
Mappings: {M: {a: {b: c}}}
`;
  const scope = { parameters: { L: ['x', 'y'] }, resources: {} };

  test.each([
    ['Length of a list', '{"Fn::Length": [1, 2, 3]}', 3],
    ['Length of a parameter', '{"Fn::Length": !Ref L}', 2],
    ['ToJsonString', '{"Fn::ToJsonString": {a: [1, !Ref L]}}', '{"a":[1,["x","y"]]}'],
    ['FindInMap with a default', '!FindInMap [M, x, y, {DefaultValue: z}]', 'z'],
    ['FindInMap with functions for its names', "!FindInMap [!Join ['', [M]], !Select [0, [a]], b]", 'c'],
  ])('%s', (_reason, yaml, expected) => {
    expect(propertyValue(yaml, scope, more)).toEqual(expected);
  });

  test('a deletion policy may come from a parameter', () => {
    const parsed = template(`${more}Resources: {R: {Type: T, DeletionPolicy: !Ref Policy}}`);
    const policy = parsed.resources.get('R')?.deletionPolicy;
    expect(policy && evaluate(policy, new FakeScope({}, {}, parsed))).toBe('Retain');
  });
});

describe('AWS::Include and macros', () => {
  const files = { 's3://b/part.yaml': 'Extra: {Type: T, Properties: {p: !Sub "x"}}', 'bad.yaml': 'a: [' };
  const include = (location: string) => `{"Fn::Transform": {Name: AWS::Include, Parameters: {Location: ${location}}}`;

  test('an included file joins its siblings', () => {
    const parsed = template(`Resources: ${include('s3://b/part.yaml')}, Own: {Type: T}}`, { files });
    expect([...parsed.resources.keys()]).toEqual(['Own', 'Extra']);
    expect(parsed.transforms).toEqual(['AWS::Include']);
  });

  test('the location may be a parameter, and the Transform section includes whole sections', () => {
    const text = `Parameters: {Where: {Type: String, Default: all.yaml}}
Transform: {Name: AWS::Include, Parameters: {Location: !Ref Where}}
Resources: {Own: {Type: T}}
`;
    const parsed = template(text, { files: { 'all.yaml': 'Resources: {In: {Type: T}}\nOutputs: {O: {Value: x}}' } });
    expect([...parsed.resources.keys()]).toEqual(['Own', 'In']);
    expect(parsed.outputs.size).toBe(1);
  });

  test('a file that did not come is named, with what to give', () => {
    const { diagnostics } = read(`Resources: ${include('none.yaml')}, Own: {Type: T}}`, { files });
    expect(diagnostics).toMatchObject([{ code: 'missing-file', hint: 'send its text among the files as "none.yaml"' }]);
  });

  test('a file that cannot be read is refused at its own line', () => {
    const { diagnostics } = read(`Resources: ${include('bad.yaml')}, Own: {Type: T}}`, { files });
    expect(diagnostics).toMatchObject([
      {
        message: "Transform AWS::Include failed with: The specified S3 object's content should be valid Yaml/JSON",
        at: { source: 'bad.yaml' },
      },
    ]);
  });

  test('the serverless transform is refused clearly', () => {
    expect(awsMessages('Transform: AWS::Serverless-2016-10-31\nResources: {R: {Type: T}}')).toEqual([
      'Transform AWS::Serverless-2016-10-31 is not supported',
    ]);
  });

  test('a macro rewrites its fragment', () => {
    const macros = (name: string, fragment: unknown, parameters: unknown) =>
      name === 'Up' ? JSON.stringify([fragment, parameters]) : undefined;
    const text = `Resources: {R: {Type: T, Properties: {p: {"Fn::Transform": {Name: Up, Parameters: {a: 1}}, sibling: x}}}}`;
    const properties = template(text, { macros }).resources.get('R')?.properties;
    expect(properties && evaluate(properties, new FakeScope())).toEqual({ p: '[{"sibling":"x"},{"a":1}]' });
  });

  test('an unknown macro is named in the template and stays', () => {
    const { template: parsed, diagnostics } = read('Transform: [Count]\nResources: {R: {Type: T, Count: 2}}');
    expect(parsed?.transforms).toEqual(['Count']);
    expect(diagnostics).toMatchObject([{ severity: 'warning', message: 'No transform named Count found.' }]);
  });
});
