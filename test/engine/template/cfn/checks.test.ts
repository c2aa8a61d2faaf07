import fc from 'fast-check';
import { Secret, Unknown, type Value } from '../../../../src/engine/model/value.js';
import { cfnLimits } from '../../../../src/engine/template/cfn/cfn-limits.js';
import { cfnStrictness } from '../../../../src/engine/template/cfn/cfn-strictness.js';
import { checkCfnReferences } from '../../../../src/engine/template/cfn/check-references.js';
import { checkRules } from '../../../../src/engine/template/cfn/check-rules.js';
import { splitCidr } from '../../../../src/engine/template/cfn/cidr.js';
import { itemType, storedParameterType } from '../../../../src/engine/template/cfn/parameter-types.js';
import { evaluate } from '../../../../src/engine/template/evaluate.js';
import { FakeScope, propertyValue, template } from './cfn-fixtures.js';

describe('references', () => {
  test('each missing name is reported at its place; AWS names all of a section at once', () => {
    const parsed = template(`Resources:
  Server:
    Type: T
    DependsOn: Gone
    Properties: {a: !Ref Sever, b: !GetAtt Lost.Arn, c: !Sub '\${Away.Arn}'}
Outputs: {O: {Value: !Ref Nowhere}}
`);
    const found = checkCfnReferences(parsed);
    expect(found.map(({ awsMessage }) => awsMessage)).toEqual([
      'Template format error: Unresolved resource dependencies [Gone, Sever] in the Resources block of the template',
      'Template error: instance of Fn::GetAtt references undefined resource Lost',
      'Template error: instance of Fn::Sub references invalid resource attribute Away.Arn',
      'Template format error: Unresolved resource dependencies [Gone, Sever] in the Resources block of the template',
      'Template format error: Unresolved resource dependencies [Nowhere] in the Outputs block of the template',
    ]);
    expect(found[0]).toMatchObject({
      message: 'The specified reference "Sever" (in Server.Properties.a) is incorrect.',
      heatType: 'InvalidTemplateReference',
      hint: 'did you mean "Server"?',
      at: { line: 5 },
    });
  });

  test('with the conditions known, AWS refuses references to what they leave out', () => {
    const parsed = template(`Conditions: {Prod: !Equals [a, b]}
Resources:
  Db: {Type: T, Condition: Prod}
  Dead: {Type: T, Condition: Prod, Properties: {a: !Ref Db}}
  Fine: {Type: T, DependsOn: Db, Properties: {a: !If [Prod, !Ref Db, none]}}
  Bad: {Type: T, Properties: {a: !Ref Db}}
Outputs: {O: {Condition: Prod, Value: !Ref Db}}
`);
    expect(checkCfnReferences(parsed)).toEqual([]);
    expect(checkCfnReferences(parsed, () => true)).toEqual([]);
    expect(checkCfnReferences(parsed, () => false).map(({ awsMessage }) => awsMessage)).toEqual([
      'Template format error: Unresolved resource dependencies [Db] in the Resources block of the template',
    ]);
  });
});

describe('dynamic references', () => {
  class Vault extends FakeScope {
    override dynamicReference(service: string, reference: string): Value {
      if (service === 'secretsmanager') return new Secret(`secret of ${reference}`);
      return reference === '/later' ? new Unknown([reference]) : super.dynamicReference(service, reference);
    }
  }
  const look = (yaml: string) => {
    const parsed = template(
      `Parameters: {P: {Type: String, Default: db}}\nResources: {R: {Type: T, Properties: {p: ${yaml}}}}`,
    );
    const properties = parsed.resources.get('R')?.properties;
    const expression = properties?.entries[0]?.value;
    if (!expression) throw new Error('no property');
    return evaluate(expression, new Vault({}, {}, parsed));
  };
  test.each([
    ['a whole string', "'{{resolve:ssm:/a:3}}'", '<ssm /a:3>'],
    ['inside of a string', "'x {{resolve:ssm:/a}} y {{resolve:ssm-secure:/b}}'", 'x <ssm /a> y <ssm-secure /b>'],
    ['made by Sub', "!Sub '{{resolve:ssm:/${P}}}'", '<ssm /db>'],
    ['made by Join', "!Join ['', ['{{resolve:ssm:/', !Ref P, '}}']]", '<ssm /db>'],
    ['an unknown service is plain text', "'{{resolve:vault:x}}'", '{{resolve:vault:x}}'],
  ])('%s', (_reason, yaml, expected) => {
    expect(look(yaml)).toBe(expected);
  });

  test('a secret makes the whole string secret, an unknown one makes it unknown', () => {
    const secret = look("'user:{{resolve:secretsmanager:s:SecretString:p}}'");
    expect(secret).toBeInstanceOf(Secret);
    expect((secret as Secret).reveal()).toBe('user:secret of s:SecretString:p');
    expect(look("'a{{resolve:ssm:/later}}'")).toBeInstanceOf(Unknown);
  });

  test('outside of properties they are plain text', () => {
    const parsed = template("Resources: {R: {Type: T, Metadata: {m: '{{resolve:ssm:/a}}'}}}");
    const metadata = parsed.resources.get('R')?.metadata;
    expect(metadata && evaluate(metadata, new FakeScope())).toEqual({ m: '{{resolve:ssm:/a}}' });
  });
});

describe('rules', () => {
  const rules = (assertion: string, condition = '!Equals [a, a]') =>
    template(`Parameters:
  Key1: {Type: 'AWS::EC2::KeyPair::KeyName', Default: k}
  Key2: {Type: 'AWS::EC2::KeyPair::KeyName', Default: ''}
  Subnets: {Type: 'List<AWS::EC2::Subnet::Id>'}
  Size: {Type: String, Default: big}
Rules:
  Sizes:
    RuleCondition: ${condition}
    Assertions: [{Assert: ${assertion}, AssertDescription: not so}]
Resources: {R: {Type: T}}
`);
  const check = (parsed: ReturnType<typeof rules>, attribute?: Value) => {
    const scope = new FakeScope({ Subnets: ['s1', 's2'] }, {}, parsed);
    const asked = attribute === undefined ? scope : Object.assign(scope, { parameterAttribute: () => attribute });
    return checkRules(parsed, asked).map(({ message }) => message);
  };

  test.each([
    ['{"Fn::Contains": [[small, big], !Ref Size]}', true],
    ['{"Fn::Contains": [[small], !Ref Size]}', false],
    ['{"Fn::EachMemberEquals": [["", ""], ""]}', true],
    ["!Not [{'Fn::EachMemberEquals': [{'Fn::RefAll': 'AWS::EC2::KeyPair::KeyName'}, '']}]", true],
    ['{"Fn::EachMemberIn": [!Ref Subnets, [s1, s2, s3]]}', true],
    ['{"Fn::EachMemberIn": [!Ref Subnets, [s1]]}', false],
  ])('%s holds: %s', (assertion, holds) => {
    expect(check(rules(assertion))).toEqual(holds ? [] : ['Template error: Rule Sizes failed: not so']);
  });

  test('a rule whose condition is false does not apply', () => {
    expect(check(rules('!Equals [a, b]', '!Equals [a, b]'))).toEqual([]);
  });

  test('attributes of what parameters name are asked of the cloud, and undecided without one', () => {
    const parsed = rules('{"Fn::EachMemberIn": [{"Fn::ValueOfAll": ["AWS::EC2::Subnet::Id", VpcId]}, [vpc-1]]}');
    expect(check(parsed)).toEqual([]);
    expect(check(parsed, ['vpc-1', 'vpc-1'])).toEqual([]);
    expect(check(parsed, ['vpc-1', 'vpc-2'])).toEqual(['Template error: Rule Sizes failed: not so']);
  });
});

describe('limits and strictness', () => {
  test('more than 500 resources are too many for AWS', () => {
    const resources = Object.fromEntries(Array.from({ length: 501 }, (_, index) => [`R${index}`, { Type: 'T' }]));
    const parsed = template(JSON.stringify({ Description: 'd'.repeat(1025), Resources: resources }));
    expect(cfnLimits(parsed).map(({ message }) => message)).toEqual([
      'Template format error: Number of resources, 501, is greater than maximum allowed, 500',
      "Template format error: 'Description' length is greater than 1024",
    ]);
  });

  test('what Heat takes and AWS refuses is found apart from parsing', () => {
    const parsed = template(`Parameters: {my_name: {Type: String}, R: {Type: String}}
Mappings: {M: {a: {x-y: 1}}}
Resources: {R: {Type: T, Properties: {a: null}}}
Outputs: {O: {Value: [a]}}
`);
    expect(cfnStrictness(parsed).map(({ message }) => message)).toEqual([
      'Template format error: Parameter name my_name is non alphanumeric.',
      "Template format error: Mappings attribute name 'x-y' must contain only alphanumeric characters.",
      'Template error: all resources and parameters must have unique names. Common name(s):[R]',
      "[/Resources/R/Properties/a] 'null' values are not allowed in templates",
      'Template format error: The Value field of every Outputs member must evaluate to a String.',
    ]);
  });

  test('parameter types tell what they store and what their items are', () => {
    expect(storedParameterType('AWS::SSM::Parameter::Value<List<String>>')).toEqual({
      type: 'List<String>',
      isList: true,
    });
    expect(storedParameterType('String')).toBeUndefined();
    expect(itemType('AWS::SSM::Parameter::Value<List<AWS::EC2::VPC::Id>>')).toBe('AWS::EC2::VPC::Id');
  });
});

describe('Fn::Cidr', () => {
  test('the blocks are distinct, in order and inside of the whole', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 8, max: 24 }),
        fc.integer({ min: 0, max: 8 }),
        fc.integer({ min: 1, max: 256 }),
        (prefix, bits, count) => {
          fc.pre(count * 2 ** bits <= 2 ** (32 - prefix));
          const blocks = splitCidr(`10.0.0.0/${prefix}`, count, bits);
          const starts = blocks.map(
            (block) =>
              block
                .split('/')[0]
                ?.split('.')
                .reduce((sum, part) => sum * 256 + Number(part), 0) ?? 0,
          );
          expect(new Set(blocks).size).toBe(count);
          expect(starts).toEqual(starts.map((_, index) => (starts[0] ?? 0) + index * 2 ** bits));
        },
      ),
    );
  });

  test.each([
    ['10.0.0/16', 1, 8, 'is not a valid CIDR block'],
    ['10.0.0.0/16', 0, 8, 'count must be between 1 and 256'],
    ['10.0.0.0/16', 1, 17, 'does not fit'],
    [':::/8', 1, 8, 'is not a valid CIDR block'],
  ])('%s in %d blocks of %d bits is refused', (block, count, bits, why) => {
    expect(() => splitCidr(block, count, bits)).toThrow(why);
  });

  test('is evaluated from text arguments as well', () => {
    expect(propertyValue("!Select [1, !Cidr ['10.0.7.9/16', '2', '8']]")).toBe('10.0.1.0/24');
  });
});
