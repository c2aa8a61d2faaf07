/**
 * Turns botocore's service model of CloudFormation into the compact data that the API is driven by:
 * `node scripts/cfn/import-model.js <service-2.json or .json.gz> [version of botocore]`.
 * Operations and shapes are kept as they are; texts of documentation are left out.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';

const [source, version = 'unknown'] = process.argv.slice(2);
if (source === undefined) {
  console.error('usage: node scripts/cfn/import-model.js <service-2.json[.gz]> [botocore version]');
  process.exit(2);
}
const bytes = readFileSync(source);
const model = JSON.parse((source.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8'));

const operations = {};
for (const [name, { input, output, errors = [] }] of Object.entries(model.operations)) {
  operations[name] = {
    input: input?.shape,
    output: output?.shape,
    resultWrapper: output?.resultWrapper,
    errors: errors.map((error) => error.shape),
  };
}

function compactShape(shape) {
  const { type, required, min, max, pattern, enum: values, flattened, error, member, key, value, members } = shape;
  return {
    type,
    required: required?.length ? required : undefined,
    min,
    max,
    pattern,
    enum: values,
    flattened,
    error: error && { code: error.code, status: error.httpStatusCode },
    member: member?.shape,
    memberName: member?.locationName,
    key: key?.shape,
    keyName: key?.locationName,
    value: value?.shape,
    valueName: value?.locationName,
    members:
      members &&
      Object.fromEntries(
        Object.entries(members).map(([name, { shape: of, locationName }]) => [
          name,
          locationName === undefined ? of : { shape: of, locationName },
        ]),
      ),
  };
}

const shapes = Object.fromEntries(Object.entries(model.shapes).map(([name, shape]) => [name, compactShape(shape)]));
const compact = {
  apiVersion: model.metadata.apiVersion,
  xmlNamespace: model.metadata.xmlNamespace,
  source: `botocore ${version}`,
  operations,
  shapes,
};
const lines = Object.entries(compact).map(([key, value]) => {
  if (key !== 'operations' && key !== 'shapes') return `${JSON.stringify(key)}: ${JSON.stringify(value)}`;
  const entries = Object.entries(value).map(([name, one]) => `${JSON.stringify(name)}:${JSON.stringify(one)}`);
  return `${JSON.stringify(key)}: {\n${entries.join(',\n')}\n}`;
});
const target = fileURLToPath(new URL('../../src/api-cfn/model/cloudformation.json', import.meta.url));
writeFileSync(target, `{\n${lines.join(',\n')}\n}\n`);
console.log(`${Object.keys(operations).length} operations, ${Object.keys(shapes).length} shapes`);
