import { evaluate, referencesIn } from '../../../../src/engine/template/evaluate.js';
import { awsMessages, FakeScope, read, template } from './cfn-fixtures.js';

const RESOURCES = 'Resources:\n  R: {Type: T}\n';

describe('headers and sections', () => {
  test('a template without header is one of AWS', () => {
    expect(template(RESOURCES)).toMatchObject({ versionKey: 'AWSTemplateFormatVersion', version: '2010-09-09' });
  });

  test('a date is taken as the version it shows', () => {
    expect(template(`AWSTemplateFormatVersion: 2010-09-09\n${RESOURCES}`).version).toBe('2010-09-09');
  });

  test('another version is refused in both worlds’ words', () => {
    const [diagnostic] = read(`AWSTemplateFormatVersion: '2010-09-10'\n${RESOURCES}`).diagnostics;
    expect(diagnostic).toMatchObject({
      code: 'invalid-version',
      heatType: 'InvalidTemplateVersion',
      message:
        'The template version is invalid: "AWSTemplateFormatVersion: 2010-09-10". "AWSTemplateFormatVersion" should be: 2010-09-09',
      awsMessage: 'Template format error: unsupported value for AWSTemplateFormatVersion.',
      at: { line: 1, column: 27 },
    });
  });

  test('unknown sections are refused, with the one that was meant', () => {
    const { diagnostics } = read(`Resource: {}\nOther: 1\n${RESOURCES}`);
    expect(diagnostics.map(({ message }) => message)).toEqual([
      'The template section is invalid: Resource',
      'The template section is invalid: Other',
    ]);
    expect(diagnostics[0]).toMatchObject({
      awsMessage: 'Invalid template property or properties [Resource, Other]',
      hint: 'did you mean "Resources"?',
    });
  });

  test('the Heat header has no conditions and no metadata', () => {
    const { diagnostics } = read(`HeatTemplateFormatVersion: '2012-12-12'\nConditions: {}\nMetadata: {}\n${RESOURCES}`);
    expect(diagnostics.map(({ message }) => message)).toEqual([
      'The template section is invalid: Conditions',
      'The template section is invalid: Metadata',
    ]);
  });

  test('AWS wants at least one resource, Heat does not', () => {
    expect(awsMessages('Description: x')).toEqual([
      'Template format error: At least one Resources member must be defined.',
    ]);
    expect(template("HeatTemplateFormatVersion: '2012-12-12'\nResources:\n").resources.size).toBe(0);
  });

  test('the document is kept as it was written', () => {
    const parsed = template(`Metadata: {a: [1]}\n${RESOURCES}`);
    expect(parsed.metadata).toEqual({ a: [1] });
    expect(parsed.document).toEqual({ Metadata: { a: [1] }, Resources: { R: { Type: 'T' } } });
    expect(parsed.processed).toBe(parsed.document);
  });
});

describe('parameters', () => {
  test.each([
    ['String', 'string'],
    ['Number', 'number'],
    ['CommaDelimitedList', 'comma_delimited_list'],
    ['Json', 'json'],
    ['Boolean', 'boolean'],
    ['List<Number>', 'comma_delimited_list'],
    ['List<String>', 'comma_delimited_list'],
    ['AWS::EC2::KeyPair::KeyName', 'string'],
    ['List<AWS::EC2::Subnet::Id>', 'comma_delimited_list'],
    ['AWS::Route53::HostedZone::Id', 'string'],
    ['AWS::SSM::Parameter::Name', 'string'],
    ['AWS::SSM::Parameter::Value<String>', 'string'],
    ['AWS::SSM::Parameter::Value<List<AWS::EC2::Image::Id>>', 'string'],
  ])('%s is taken as %s', (declaredType, type) => {
    const parsed = template(`Parameters: {P: {Type: '${declaredType}'}}\n${RESOURCES}`);
    expect(parsed.parameters.get('P')).toMatchObject({ type, declaredType, hidden: false });
  });

  test('all constraints and marks are read', () => {
    const parsed = template(`Parameters:
  P:
    Type: String
    Default: abc
    NoEcho: 'true'
    AllowedValues: [abc, 1, true]
    AllowedPattern: '[a-z]+'
    MinLength: '1'
    MaxLength: 9
    Description: d
    ConstraintDescription: letters only
    Label: l
  N: {Type: Number, MinValue: 1, MaxValue: 2.5, Default: 2, AllowedValues: ['1', 2]}
${RESOURCES}`);
    const description = 'letters only';
    expect(parsed.parameters.get('P')).toMatchObject({
      defaultValue: 'abc',
      hidden: true,
      description: 'd',
      label: 'l',
      constraintDescription: description,
      constraints: [
        { kind: 'allowed_values', values: ['abc', '1', 'true'], description },
        { kind: 'length', min: 1, max: 9, description },
        { kind: 'allowed_pattern', pattern: '[a-z]+', description },
      ],
    });
    expect(parsed.parameters.get('N')?.constraints).toEqual([
      { kind: 'allowed_values', values: [1, 2] },
      { kind: 'range', min: 1, max: 2.5 },
    ]);
  });

  test.each([
    ['{Type: Strin}', 'Template format error: Unrecognized parameter type: Strin'],
    ['{Default: x}', 'Template format error: Every Parameters object must contain a Type member.'],
    ['{Type: String, Defalt: x}', "Invalid template parameter property 'Defalt'"],
    ['{Type: String, Default: [a]}', 'Template format error: Every Default member must be a string.'],
    ['{Type: String, MinValue: 1}', "Template error: Parameter 'P' MinValue must be on a parameter of type Number"],
    [
      '{Type: String, MinLength: 3, MaxLength: 2}',
      "Template error: Parameter 'P' MinLength must be less than MaxLength.",
    ],
    ['{Type: String, AllowedValues: x}', 'Template format error: AllowedValues must be a list'],
    ['text', 'Template format error: Any Parameters member must be an object.'],
  ])('%s is refused', (declaration, message) => {
    expect(awsMessages(`Parameters: {P: ${declaration}}\n${RESOURCES}`)).toEqual([message]);
  });

  test('the Heat header knows five types, and says so in its own words', () => {
    const { diagnostics } = read(
      `HeatTemplateFormatVersion: '2012-12-12'\nParameters: {P: {Type: 'AWS::EC2::KeyPair::KeyName', X: 1}}`,
    );
    expect(diagnostics.map(({ message }) => message)).toEqual([
      "Invalid key 'X' for parameter (P)",
      'Invalid type (AWS::EC2::KeyPair::KeyName)',
    ]);
  });
});

describe('conditions', () => {
  const text = `Parameters: {Env: {Type: String, Default: prod}}
Mappings: {M: {prod: {size: big}}}
Conditions:
  IsProd: !Equals [!Ref Env, prod]
  IsBig: !Equals [!FindInMap [M, !Ref Env, size], big]
  Both: !And [!Condition IsProd, {Condition: IsBig}]
  Either: !Or [!Not [IsProd], !Condition IsBig]
  Neither: !Not [!Condition Either]
Resources:
  R: {Type: T, Condition: Both}
`;

  test.each([
    ['Both', true],
    ['Either', true],
    ['Neither', false],
  ])('%s is %s', (name, expected) => {
    const parsed = template(text);
    expect(new FakeScope({}, {}, parsed).condition(name)).toBe(expected);
    expect(parsed.resources.get('R')?.condition).toMatchObject({ kind: 'literal', value: 'Both' });
  });

  test('numbers and text that read the same are equal', () => {
    const parsed = template(`Conditions: {C: !Equals [1, '1']}\n${RESOURCES}`);
    expect(new FakeScope({}, {}, parsed).condition('C')).toBe(true);
  });

  test.each([
    [
      '!Equals [!Ref R, x]',
      'Template format error: Unresolved dependencies [R]. Cannot reference resources in the Conditions block of the template',
    ],
    [
      '!Equals [!GetAtt R.A, x]',
      'Template format error: Unresolved dependencies [R]. Cannot reference resources in the Conditions block of the template',
    ],
    ['!Equals [!ImportValue x, y]', 'Template error: Cannot use Fn::ImportValue in Conditions.'],
    ['!Not [!Condition Nope]', 'Template error: unresolved condition dependency Nope in Condition'],
    [
      '!And [!Equals [a, a]]',
      'Template error: every Fn::And object requires a list of at least 2 and at most 10 boolean parameters.',
    ],
    ['!Not [yes, no]', 'Template error: every Fn::Not object requires one boolean parameter.'],
    ['!Equals [a]', 'Template error: every Fn::Equals object requires a list of 2 string parameters.'],
    ['text', 'Template format error: Conditions can only be boolean operations on parameters and other conditions'],
    ['!Not [!Condition C]', 'Template error: Found circular condition dependency: [C]'],
  ])('%s is refused', (condition, message) => {
    expect(awsMessages(`Conditions:\n  C: ${condition}\n${RESOURCES}`)).toEqual([message]);
  });
});

describe('resources', () => {
  test('every attribute is read', () => {
    const parsed = template(`Resources:
  A: {Type: T}
  R:
    Type: AWS::AutoScaling::AutoScalingGroup
    Description: d
    DependsOn: A
    DeletionPolicy: RetainExceptOnCreate
    UpdateReplacePolicy: Snapshot
    Metadata: {m: !Ref A}
    CreationPolicy: {ResourceSignal: {Count: 2}}
    UpdatePolicy: {AutoScalingRollingUpdate: {MinInstancesInService: 1}}
    Properties: {p: !GetAtt A.x}
`);
    const resource = parsed.resources.get('R');
    const scope = new FakeScope({}, { A: { id: 'a-1', x: 'ax' } });
    expect(resource).toMatchObject({
      type: 'AWS::AutoScaling::AutoScalingGroup',
      description: 'd',
      dependsOn: [{ name: 'A', at: { line: 6, column: 16 } }],
      deletionPolicy: { value: 'RetainExceptOnCreate' },
      updateReplacePolicy: { value: 'Snapshot' },
      at: { line: 3, column: 3 },
    });
    if (!resource?.metadata || !resource.creationPolicy || !resource.updatePolicy) throw new Error('policies are lost');
    expect(evaluate(resource.properties, scope)).toEqual({ p: 'ax' });
    expect(evaluate(resource.metadata, scope)).toEqual({ m: 'a-1' });
    expect(evaluate(resource.creationPolicy, scope)).toEqual({ ResourceSignal: { Count: 2 } });
    expect(evaluate(resource.updatePolicy, scope)).toHaveProperty('AutoScalingRollingUpdate');
    expect(referencesIn(resource.properties)).toMatchObject([{ resource: 'A', attribute: 'x' }]);
  });

  test('references in the text of Sub are references', () => {
    const parsed = template(
      "Parameters: {P: {Type: String}}\nResources: {A: {Type: T}, R: {Type: T, Properties: {p: !Sub '${A}${A.x.y}${P}${AWS::Region}'}}}",
    );
    const properties = parsed.resources.get('R')?.properties;
    const found = properties ? referencesIn(properties) : [];
    expect(found.map(({ resource, attribute }) => [resource, attribute])).toEqual([
      ['A', undefined],
      ['A', 'x.y'],
    ]);
  });

  test.each([
    [
      '{Properties: {}}',
      'Template format error: [/Resources/R] Every Resources object must contain a Type member.',
      'Each Resource must contain a Type key.',
    ],
    ['{Type: T, Propertys: {}}', "Invalid template resource property 'Propertys'", undefined],
    [
      '{Type: T, Properties: [a]}',
      'Template format error: [/Resources/R/Properties] value must be an object',
      'Resource R Properties type must be object',
    ],
    [
      '{Type: T, DependsOn: {a: b}}',
      'Template format error: DependsOn must be a string or list of strings.',
      undefined,
    ],
    [
      '{Type: T, DeletionPolicy: Keep}',
      'Template format error: Unrecognized DeletionPolicy Keep for resource R',
      'Invalid deletion policy "Keep"',
    ],
    [
      '{Type: T, UpdateReplacePolicy: RetainExceptOnCreate}',
      'Template format error: Unrecognized UpdateReplacePolicy RetainExceptOnCreate for resource R',
      undefined,
    ],
    [
      '{Type: T, Condition: Nope}',
      'Template format error: Unresolved condition dependency Nope in the Resources block of the template',
      'Invalid condition "Nope"',
    ],
    ['text', 'Template format error: Any Resources member must be an object.', undefined],
  ])('%s is refused', (resource, aws, heat) => {
    const { diagnostics } = read(`Resources: {R: ${resource}}`);
    expect(diagnostics.map(({ message, awsMessage }) => awsMessage ?? message)).toEqual([aws]);
    if (heat !== undefined) expect(diagnostics[0]?.message).toBe(heat);
  });

  test('Heat ignores what it does not know of a resource', () => {
    const text = "HeatTemplateFormatVersion: '2012-12-12'\nResources: {R: {Type: T, Whatever: 1, Condition: Nope}}";
    expect(template(text).resources.get('R')?.condition).toBeUndefined();
  });
});

describe('outputs and rules', () => {
  test('outputs have a value, a condition and an export', () => {
    const parsed = template(`Conditions: {C: !Equals [a, a]}
${RESOURCES}Outputs:
  O: {Description: d, Value: !Ref R, Condition: C, Export: {Name: !Sub '\${AWS::StackName}-o'}}
`);
    expect(parsed.outputs.get('O')).toMatchObject({ description: 'd', condition: { value: 'C' } });
    const exportName = parsed.outputs.get('O')?.exportName;
    expect(exportName && evaluate(exportName, new FakeScope({ 'AWS::StackName': 's' }))).toBe('s-o');
  });

  test.each([
    ['{}', 'Template format error: Every Outputs member must contain a Value object'],
    ['{Value: x, Vlaue: y}', "Invalid template output property 'Vlaue'"],
    ['{Value: x, Export: n}', /^Template format error: Output O is malformed\. The Name field of every Export member/],
    ['{Value: x, Export: {Name: a b}}', /^Template format error: Output O is malformed/],
    [
      '{Value: x, Export: {Name: !Ref R}}',
      'Template format error: The Name field of Export must not depend on any resources, imported values, or Fn::GetAZs.',
    ],
    [
      '{Value: x, Condition: Nope}',
      'Template format error: Unresolved condition dependency Nope in the Outputs block of the template',
    ],
  ])('%s is refused', (output, message) => {
    const messages = awsMessages(`${RESOURCES}Outputs: {O: ${output}}`);
    expect(messages).toHaveLength(1);
    expect(messages[0]).toMatch(message);
  });

  test('mappings are two levels of plain values', () => {
    expect(template(`Mappings: {M: {k: {a: [x], b: 1}}}\n${RESOURCES}`).mappings).toEqual({
      M: { k: { a: ['x'], b: 1 } },
    });
    expect(awsMessages(`Mappings: {M: {a: b}}\n${RESOURCES}`)).toEqual([
      'Template format error: [/Mappings/M/a] Every Mappings attribute must be a map',
    ]);
    expect(awsMessages(`Mappings: {M: {a: {b: !Ref R}}}\n${RESOURCES}`)).toEqual([
      'Template format error: Every Mappings attribute must be a String or a List.',
    ]);
  });

  test('the mistakes of a template are all reported, each at its place', () => {
    const { diagnostics } = read(`Parameters: {P: {Type: Nope}}
Resources:
  A: {Typ: T}
  B: {Type: T, Properties: {p: !Join [a]}}
Outputs: {O: {}}
`);
    expect(diagnostics.map(({ path, at }) => [path.join('.'), at?.line])).toEqual([
      ['Parameters.P.Type', 1],
      ['Resources.A.Typ', 3],
      ['Resources.A', 3],
      ['Resources.B.Properties.p.Fn::Join', 4],
      ['Outputs.O', 5],
    ]);
  });

  test('ten thousand resources are read in well under a second', () => {
    const resources = Array.from({ length: 10_000 }, (_, index) => [
      `R${index}`,
      { Type: 'T', Properties: { p: { Ref: 'R0' } } },
    ]);
    const text = JSON.stringify({ Resources: Object.fromEntries(resources) });
    expect(template(text).resources.size).toBe(10_000);
  });
});
