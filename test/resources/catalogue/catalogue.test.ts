import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { attributeOf } from '../../../src/engine/drivers/resource-attributes.js';
import type { Json } from '../../../src/engine/model/value.js';
import { isKnownType, listTypes, loadSchema } from '../../../src/resources/catalogue/catalogue.js';
import { heatAliases, listHeatTypes, resolveHeatAlias } from '../../../src/resources/catalogue/heat-catalogue.js';
import { typeView } from '../../../src/resources/catalogue/type-view.js';

const heat = { prefer: 'heat' } as const;
const aws = { prefer: 'aws' } as const;

function required(type: string, prefer: 'heat' | 'aws') {
  const schema = loadSchema(type, { prefer });
  if (schema === undefined) throw new Error(`${type} is not in the catalogue`);
  return schema;
}

/** A dumped answer without its sentences. */
function facts(value: Json, isMap = false): Json {
  if (Array.isArray(value)) return value.map((item) => facts(item));
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).filter(
    ([key, item]) => isMap || key !== 'description' || typeof item === 'object',
  );
  return Object.fromEntries(
    entries.map(([key, item]) => {
      const names = !isMap && ['properties', 'attributes', 'schema'].includes(key);
      return [key, key === 'default' && !isMap ? item : facts(item, names)];
    }),
  );
}

describe('Heat types', () => {
  test('the index lists 165 visible and 38 hidden types', () => {
    const types = listHeatTypes();
    expect(types.filter((type) => !type.hidden)).toHaveLength(165);
    expect(types.filter((type) => type.hidden)).toHaveLength(38);
  });

  test('every type loads, with a show attribute', () => {
    for (const { type } of listHeatTypes()) {
      expect(loadSchema(type, heat)).toMatchObject({ type, origin: 'heat' });
    }
  });

  const folder = '../shared/spec/resource-schemas';
  (existsSync(folder) ? test : test.skip)('the API view of each type equals what Heat answers', () => {
    const files = readdirSync(folder).filter((file) => file.endsWith('.json'));
    expect(files).toHaveLength(165);
    for (const file of files) {
      const dumped = JSON.parse(readFileSync(`${folder}/${file}`, 'utf8'));
      expect(typeView(required(dumped.resource_type, 'heat'))).toEqual(facts(dumped));
    }
  });

  test('the view of RandomString is the one that Heat 19 answered', () => {
    expect(typeView(required('OS::Heat::RandomString', 'heat'))).toMatchObject({
      properties: {
        length: {
          type: 'integer',
          default: 32,
          required: false,
          constraints: [{ range: { min: 1, max: 512 } }],
          update_allowed: false,
          immutable: false,
        },
        character_classes: { type: 'list', schema: { '*': { type: 'map', schema: { min: { default: 1 } } } } },
      },
      attributes: { value: { type: 'string' }, show: { type: 'map' } },
      support_status: { status: 'SUPPORTED', message: null, version: '2014.1', previous_status: null },
    });
  });

  test.each([
    { reason: 'a plain alias', name: 'OS::Ceilometer::Alarm', type: 'OS::Aodh::Alarm' },
    { reason: 'a wild card alias', name: 'OS::Quantum::Port', type: 'OS::Neutron::Port' },
    { reason: 'no alias', name: 'OS::Nova::Server', type: 'OS::Nova::Server' },
  ])('$reason leads to its type', ({ name, type }) => {
    expect(resolveHeatAlias(name)).toBe(type);
    expect(loadSchema(name, heat)?.type).toBe(type);
    expect(isKnownType(name)).toBe(true);
  });

  test('aliases stay out of listings', () => {
    expect(Object.keys(heatAliases())).toHaveLength(8);
    expect(listTypes({ origin: 'heat' })).toHaveLength(165);
    expect(listTypes({ origin: 'heat', hidden: true })).toHaveLength(203);
  });

  test('a name that nobody knows has no schema', () => {
    expect(loadSchema('OS::No::Such', heat)).toBeUndefined();
    expect(loadSchema('OS::Quantum::Such', aws)).toBeUndefined();
    expect(isKnownType('OS::No::Such')).toBe(false);
  });

  test('support status keeps what it was before', () => {
    expect(required('OS::Designate::Domain', 'heat').supportStatus).toMatchObject({
      status: 'HIDDEN',
      version: '10.0.0',
      previous: {
        status: 'DEPRECATED',
        version: '8.0.0',
        previous: { status: 'SUPPORTED', version: '5.0.0', previous: null },
      },
    });
  });

  test('flags come from the class: name limit, update policy, snapshots, signals', () => {
    expect(required('OS::Nova::Server', 'heat')).toMatchObject({
      nameLimit: 53,
      service: 'nova',
      entity: 'servers',
      className: 'Server',
    });
    expect(required('OS::Cinder::Volume', 'heat').canSnapshot).toBe(true);
    expect(required('OS::Heat::ScalingPolicy', 'heat').capabilities).toEqual({
      check: false,
      suspend: true,
      signal: true,
    });
    expect(required('OS::Heat::ResourceGroup', 'heat').updatePolicy).toMatchObject({
      rolling_update: { properties: { max_batch_size: { default: 1 } } },
    });
  });

  test('secrets are marked', () => {
    expect(required('OS::Nova::Server', 'heat').properties.admin_pass).toMatchObject({ secret: true });
    expect(required('OS::Nova::KeyPair', 'heat').attributes.private_key).toMatchObject({ secret: true });
  });

  test('a property that Heat hides is there under its old name, and not in the view', () => {
    const port = required('OS::Neutron::Port', 'heat');
    expect(port.properties.network_id).toMatchObject({ hidden: true, replacedBy: 'network' });
    expect(typeView(port)).not.toHaveProperty('properties.network_id');
  });

  test('groups and nested stacks have attributes of any name', () => {
    expect(attributeOf(required('OS::Heat::ResourceGroup', 'heat'), 'resource.0.name')).toEqual({});
    expect(attributeOf(required('OS::Heat::RandomString', 'heat'), 'nope')).toBeUndefined();
  });
});

const isBuilt = existsSync('dist/catalogue/aws/index.json');

(isBuilt ? describe : describe.skip)('AWS types', () => {
  test('there are more than 1,800, and a sample of all services loads', () => {
    const types = listTypes({ origin: 'aws' });
    expect(types.length).toBeGreaterThan(1800);
    for (const type of types.filter((_, index) => index % 9 === 0)) {
      const schema = required(type, 'aws');
      expect(schema.origin).toBe('aws');
      expect(() => JSON.stringify(typeView(schema))).not.toThrow();
    }
  });

  test('an instance knows what replaces it, its tags and its reference', () => {
    const instance = required('AWS::EC2::Instance', 'aws');
    expect(instance.properties).toMatchObject({
      ImageId: { type: 'string', onChange: 'replace' },
      InstanceType: { type: 'string', onChange: 'maybe' },
      Monitoring: { type: 'boolean', onChange: 'update' },
      BlockDeviceMappings: { type: 'list', items: { type: 'map', properties: { DeviceName: { required: true } } } },
    });
    expect(instance).toMatchObject({
      primaryIdentifier: ['InstanceId'],
      tags: { property: 'Tags', variant: 'standard' },
    });
    expect(instance.readOnly).toContain('PublicIp');
  });

  test('enums, defaults and secrets are there', () => {
    expect(required('AWS::EC2::Instance', 'aws').properties.Affinity?.constraints).toEqual([
      { kind: 'allowed_values', values: ['default', 'host'] },
    ]);
    expect(required('AWS::RDS::DBInstance', 'aws')).toMatchObject({
      canSnapshot: true,
      stateful: true,
      properties: { MasterUserPassword: { secret: true } },
    });
  });

  test('the reference of an address is its IP although its identifier has two parts', () => {
    expect(required('AWS::EC2::EIP', 'aws').primaryIdentifier).toEqual(['PublicIp']);
  });

  test('a recursive type loads as a cycle and its view ends', () => {
    const acl = required('AWS::WAFv2::WebACL', 'aws');
    const statement = acl.properties.Rules?.items?.properties?.Statement;
    const inner = statement?.properties?.NotStatement?.properties?.Statement;
    expect(inner?.properties).toBe(statement?.properties);
    expect(JSON.stringify(typeView(acl)).length).toBeLessThan(500_000);
  });

  test('custom resources take any property and have any attribute', () => {
    for (const type of ['Custom::Thing', 'AWS::CloudFormation::CustomResource']) {
      const custom = required(type, 'aws');
      expect(custom).toMatchObject({
        type,
        open: true,
        properties: { ServiceToken: { required: true, onChange: 'replace' } },
      });
      expect(attributeOf(custom, 'Anything.at.all')).toEqual({});
    }
    expect(isKnownType('Custom::Thing')).toBe(true);
  });

  test('a nested stack has outputs for attributes', () => {
    const stack = required('AWS::CloudFormation::Stack', 'aws');
    expect(attributeOf(stack, 'Outputs.Url')).toEqual({});
    expect(stack.properties.TemplateURL?.required).toBe(true);
  });

  test('parts of a structured attribute are attributes by dotted names', () => {
    expect(attributeOf(required('AWS::RDS::DBInstance', 'aws'), 'Endpoint.Address')).toMatchObject({ type: 'string' });
    expect(attributeOf(required('AWS::S3::Bucket', 'aws'), 'Nope.Thing')).toBeUndefined();
  });

  test('each world reads its own schema of a name that both have', () => {
    expect(required('AWS::EC2::Instance', 'heat').origin).toBe('heat');
    const merged = required('AWS::EC2::Instance', 'aws');
    expect(merged.properties.NovaSchedulerHints).toMatchObject({ hidden: true, required: false });
    expect(merged.properties.LaunchTemplate).toBeDefined();
  });

  test('a type of AWS alone is found from HOT too, and an OS type from CloudFormation', () => {
    expect(required('AWS::Lambda::Function', 'heat').origin).toBe('aws');
    expect(required('OS::Nova::Server', 'aws').origin).toBe('heat');
  });
});
