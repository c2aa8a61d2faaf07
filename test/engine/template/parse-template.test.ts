import { parseTemplate } from '../../../src/engine/template/parse-template.js';
import { validateTemplate } from '../../../src/engine/template/validate-template.js';

test.each([
  { reason: 'HOT', text: 'heat_template_version: 2018-08-31', language: 'hot' },
  {
    reason: 'CloudFormation',
    text: 'AWSTemplateFormatVersion: 2010-09-09\nResources: {A: {Type: T}}',
    language: 'cfn',
  },
  { reason: "Heat's CloudFormation", text: 'HeatTemplateFormatVersion: 2012-12-12\nResources: {}', language: 'cfn' },
  { reason: 'CloudFormation without its header', text: 'Resources: {A: {Type: "AWS::S3::Bucket"}}', language: 'cfn' },
])('$reason is known by its header', ({ text, language }) => {
  expect(parseTemplate(text).template?.language).toBe(language);
});

test('a JSON object is read like text', () => {
  const { template, diagnostics } = parseTemplate({ heat_template_version: 'pike', resources: { a: { type: 'T' } } });
  expect(diagnostics).toEqual([]);
  expect([...(template?.resources.keys() ?? [])]).toEqual(['a']);
});

test.each([
  { reason: 'no header', input: 'foo: 1', message: 'Template format version not found.' },
  { reason: 'Resources that are no map', input: 'Resources: []', message: 'Template format version not found.' },
  { reason: 'an empty text', input: '', message: 'Template format version not found.' },
  { reason: 'a list', input: '[1]', message: 'The template is not a JSON object or YAML mapping.' },
  { reason: 'plain text', input: 'hello', message: 'The template is not a JSON object or YAML mapping.' },
  {
    reason: 'two headers',
    input: 'heat_template_version: pike\nAWSTemplateFormatVersion: 2010-09-09',
    message: 'The template version is invalid: Ambiguous versions (heat_template_version, AWSTemplateFormatVersion)',
  },
  {
    reason: 'a version that is no text',
    input: 'heat_template_version: 2013',
    message: 'The template version is invalid: Template version was not provided',
  },
  {
    reason: 'a short tag in HOT',
    input: 'heat_template_version: pike\noutputs: {o: {value: !Ref x}}',
    message: "could not determine a constructor for the tag '!Ref'",
  },
])('$reason is refused', ({ input, message }) => {
  expect(parseTemplate(input).diagnostics[0]?.message).toBe(message);
});

test('a template that is too large is refused in the words of Heat, as text and as JSON', () => {
  const message = /^Request limit exceeded: Template size \(\d+ bytes\) exceeds maximum allowed size \(20 bytes\)\.$/;
  for (const input of ['heat_template_version: pike', { heat_template_version: 'pike' }]) {
    expect(parseTemplate(input, { maxBytes: 20 }).diagnostics).toEqual([
      expect.objectContaining({ message: expect.stringMatching(message), heatType: 'RequestLimitExceeded' }),
    ]);
  }
});

test('a JSON object that is too deep is refused', () => {
  let deep: object = {};
  for (let level = 0; level < 5000; level++) deep = { deep };
  expect(parseTemplate(deep as never).diagnostics).toEqual([expect.objectContaining({ code: 'limit' })]);
});

test('ten thousand resources are read and checked in well under two seconds', () => {
  const lines = ['heat_template_version: 2018-08-31', 'resources:'];
  for (let index = 0; index < 10_000; index++) {
    lines.push(
      `  r${index}:`,
      '    type: OS::Heat::Value',
      '    properties:',
      `      value: {get_attr: [r${index + 1}, value]}`,
    );
  }
  lines.push('  r10000: {type: OS::Heat::Value, properties: {value: 1}}');
  const start = performance.now();
  const { template, diagnostics } = parseTemplate(lines.join('\n'), { maxBytes: 10 ** 7 });
  expect(diagnostics).toEqual([]);
  expect(template && validateTemplate(template)).toEqual([]);
  expect(performance.now() - start).toBeLessThan(2000);
});
