import { loadSchema } from '../../../src/resources/catalogue/catalogue.js';
import { providerTemplate } from '../../../src/resources/catalogue/type-template.js';

function schemaOf(type: string) {
  const schema = loadSchema(type, { prefer: 'heat' });
  if (schema === undefined) throw new Error(`${type} is not in the catalogue`);
  return schema;
}

test('the HOT template of RandomString is the one that Heat answers, descriptions left out', () => {
  expect(providerTemplate(schemaOf('OS::Heat::RandomString'), 'hot')).toEqual({
    heat_template_version: '2016-10-14',
    description: 'Initial template of RandomString',
    parameters: {
      length: { type: 'number', default: 32, constraints: [{ range: { min: 1, max: 512 } }] },
      character_classes: { type: 'comma_delimited_list', default: [{ class: 'lettersdigits', min: 1 }] },
      character_sequences: { type: 'comma_delimited_list' },
      salt: { type: 'string' },
    },
    resources: {
      RandomString: {
        type: 'OS::Heat::RandomString',
        properties: {
          length: { get_param: 'length' },
          character_classes: { get_param: 'character_classes' },
          character_sequences: { get_param: 'character_sequences' },
          salt: { get_param: 'salt' },
        },
      },
    },
    outputs: {
      value: { value: { get_attr: ['RandomString', 'value'] } },
      show: { value: { get_attr: ['RandomString', 'show'] } },
      'OS::stack_id': { value: { get_resource: 'RandomString' } },
    },
  });
});

test('the cfn template splits lists and names limits in its own way', () => {
  expect(providerTemplate(schemaOf('OS::Heat::RandomString'), 'cfn')).toMatchObject({
    HeatTemplateFormatVersion: '2012-12-12',
    Parameters: {
      length: { Type: 'Number', Default: 32, MinValue: 1, MaxValue: 512 },
      character_sequences: { Type: 'CommaDelimitedList' },
    },
    Resources: {
      RandomString: {
        Properties: {
          salt: { Ref: 'salt' },
          character_sequences: { 'Fn::Split': [',', { Ref: 'character_sequences' }] },
        },
      },
    },
    Outputs: {
      value: { Value: { 'Fn::GetAtt': ['RandomString', 'value'] } },
      'OS::stack_id': { Value: { Ref: 'RandomString' } },
    },
  });
});

test('a custom constraint leaves an empty map in HOT and nothing in cfn', () => {
  const schema = schemaOf('OS::Neutron::AddressScope');
  expect(providerTemplate(schema, 'hot')).toMatchObject({
    parameters: { tenant_id: { type: 'string', constraints: [{}] } },
  });
  expect(providerTemplate(schema, 'cfn')).toMatchObject({ Parameters: { tenant_id: { Type: 'String' } } });
});

test('a property of any type becomes a parameter that carries most', () => {
  const schema = schemaOf('OS::Heat::Value');
  expect(providerTemplate(schema, 'hot')).toMatchObject({ parameters: { value: { type: 'json' } } });
  expect(providerTemplate(schema, 'cfn')).toMatchObject({ Parameters: { value: { Type: 'Json' } } });
});
