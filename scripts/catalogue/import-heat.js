/**
 * Turns dumped Heat resource types into the catalogue's data: `node scripts/catalogue/import-heat.js [spec folder]`.
 * Facts only: the sentences that describe types and properties stay behind.
 */
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  HIDDEN_ATTRIBUTES,
  HIDDEN_LIKE,
  HIDDEN_SCHEMAS,
  LIVE_ATTRIBUTES,
  OPEN_ATTRIBUTES,
  OPEN_TYPES,
  REPLACED,
  SECRET_ATTRIBUTES,
  SECRET_PROPERTIES,
} from './heat-supplement.js';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '../..');
const source = resolve(process.argv[2] ?? join(root, '../shared/spec'));
const target = join(root, 'src/resources/catalogue/heat');

const readJson = (path) => JSON.parse(readFileSync(path, 'utf8'));

function constraintOf(wire) {
  const { description, ...rest } = wire;
  const [name, value] = Object.entries(rest)[0];
  const shapes = {
    length: { kind: 'length', ...value },
    range: { kind: 'range', ...value },
    modulo: { kind: 'modulo', ...value },
    allowed_values: { kind: 'allowed_values', values: value },
    allowed_pattern: { kind: 'allowed_pattern', pattern: value },
    custom_constraint: { kind: 'custom', name: value },
  };
  if (!(name in shapes)) throw new Error(`constraint ${name} is new: teach import-heat.js its shape`);
  return { ...shapes[name], ...(description === undefined ? {} : { description }) };
}

function propertyOf(type, path, wire) {
  if (wire.update_allowed && wire.immutable) throw new Error(`${type} ${path}: update_allowed and immutable`);
  const property = { type: wire.type };
  if (wire.required) property.required = true;
  if (wire.update_allowed) property.onChange = 'update';
  if (wire.immutable) property.onChange = 'immutable';
  if (wire.default !== undefined) property.default = wire.default;
  if (wire.constraints) property.constraints = wire.constraints.map(constraintOf);
  if (SECRET_PROPERTIES.has(`${type} ${path}`)) property.secret = true;
  if (wire.schema && wire.type === 'list') property.items = propertyOf(type, `${path}[]`, wire.schema['*']);
  else if (wire.schema) property.properties = propertiesOf(type, `${path}.`, wire.schema);
  const successor = REPLACED[type]?.[path];
  if (successor) property.replacedBy = successor;
  return property;
}

function propertiesOf(type, prefix, wire) {
  const entries = Object.entries(wire).map(([name, one]) => [name, propertyOf(type, prefix + name, one)]);
  const properties = Object.fromEntries(entries);
  for (const [path, successor] of Object.entries(REPLACED[type] ?? {})) {
    const inner = prefix === '' ? !path.includes('.') : path.startsWith(prefix);
    const name = path.slice(prefix.length);
    if (!inner || name in properties) continue;
    const { type: kind, items } = properties[successor];
    properties[name] = {
      type: kind === 'list' ? (items?.type ?? 'string') : kind,
      onChange: properties[successor].onChange,
      hidden: true,
      replacedBy: successor,
    };
  }
  return properties;
}

function attributesOf(type, wire) {
  return Object.fromEntries(
    Object.entries(wire).map(([name, { type: kind }]) => {
      const attribute = kind === undefined ? {} : { type: kind };
      if (LIVE_ATTRIBUTES.has(name)) attribute.live = true;
      if (SECRET_ATTRIBUTES.has(`${type} ${name}`)) attribute.secret = true;
      return [name, attribute];
    }),
  );
}

/** With the attributes that Heat hides, in the order of their names. */
function withHidden(type, attributes) {
  const hidden = Object.entries(HIDDEN_ATTRIBUTES[type] ?? {}).map(([name, attribute]) => [
    name,
    { ...attribute, hidden: true },
  ]);
  return Object.fromEntries([...Object.entries(attributes), ...hidden].sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** A status without the parts that are as usual: SUPPORTED, no version, no message, nothing before. */
function statusOf({ status, version, message, previous_status: previous }) {
  const compact = {};
  if (status !== 'SUPPORTED') compact.status = status;
  if (version !== null) compact.version = version;
  if (message !== null) compact.message = message;
  if (previous !== null) compact.previous = statusOf(previous);
  return compact;
}

function indexEntryOf(entry) {
  const compact = { class: entry.class_name };
  if (entry.service) compact.service = entry.service;
  if (entry.entity) compact.entity = entry.entity;
  if (entry.required_service_extension) compact.extension = entry.required_service_extension;
  if (entry.physical_resource_name_limit !== 255) compact.nameLimit = entry.physical_resource_name_limit;
  const can = ['check', 'suspend', 'signal', 'snapshot'].filter((verb) => entry[`can_${verb}`]);
  if (can.length > 0) compact.can = can;
  const status = statusOf(entry.support_status);
  if (Object.keys(status).length > 0) compact.status = status;
  return compact;
}

/** One entry a line: small, and a change of one entry is a change of one line. */
function formatLines(record, indent = '') {
  const lines = Object.entries(record).map(
    ([key, value]) => `${indent} ${JSON.stringify(key)}: ${JSON.stringify(value)}`,
  );
  return lines.length === 0 ? '{}' : `{\n${lines.join(',\n')}\n${indent}}`;
}

function formatType({ properties, attributes, ...rest }) {
  const parts = [` "properties": ${formatLines(properties, ' ')}`, ` "attributes": ${formatLines(attributes, ' ')}`];
  for (const [key, value] of Object.entries(rest)) parts.push(` ${JSON.stringify(key)}: ${JSON.stringify(value)}`);
  return `{\n${parts.join(',\n')}\n}`;
}

const entries = readJson(join(source, 'resource-types-index.json'));
const visible = new Map(
  readdirSync(join(source, 'resource-schemas'))
    .filter((file) => file.endsWith('.json'))
    .map((file) => readJson(join(source, 'resource-schemas', file)))
    .map((schema) => [schema.resource_type, schema]),
);

const types = {};
const aliases = {};
const files = new Map();
for (const entry of entries.sort((a, b) => (a.resource_type < b.resource_type ? -1 : 1))) {
  const type = entry.resource_type;
  if (entry.alias_of) {
    aliases[type] = entry.alias_of;
    continue;
  }
  types[type] = indexEntryOf(entry);
  const dumped = visible.get(type) ?? visible.get(HIDDEN_LIKE[type]);
  const known = dumped
    ? {
        properties: propertiesOf(type, '', dumped.properties),
        attributes: withHidden(type, attributesOf(type, dumped.attributes)),
      }
    : { properties: {}, attributes: {}, ...HIDDEN_SCHEMAS[type] };
  if (!visible.has(type)) known.attributes.show ??= { type: 'map', live: true };
  if (!visible.has(type) || OPEN_TYPES.has(type)) known.open = true;
  if (OPEN_ATTRIBUTES.has(type) || known.open) known.openAttributes = true;
  if (Object.keys(entry.update_policy).length > 0)
    known.updatePolicy = propertiesOf(type, 'update_policy.', entry.update_policy);
  const file = type.split('::').slice(0, 2).join('-').toLowerCase();
  files.set(file, { ...files.get(file), [type]: known });
}

rmSync(target, { recursive: true, force: true });
mkdirSync(target, { recursive: true });
const index = `{\n"aliases": ${formatLines(aliases)},\n"types": ${formatLines(types)}\n}\n`;
writeFileSync(join(target, 'index.json'), index);
for (const [file, content] of files) {
  const body = Object.entries(content).map(([type, schema]) => `${JSON.stringify(type)}: ${formatType(schema)}`);
  writeFileSync(join(target, `${file}.json`), `{\n${body.join(',\n')}\n}\n`);
}
console.log(
  `${Object.keys(types).length} types, ${Object.keys(aliases).length} aliases, ${files.size + 1} files in ${target}`,
);
