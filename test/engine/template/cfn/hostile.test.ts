import fc from 'fast-check';
import type { Json } from '../../../../src/engine/model/value.js';
import { parseCfn } from '../../../../src/engine/template/cfn/parse-cfn.js';
import { fromJson } from '../../../../src/engine/template/parse/json-node.js';
import { awsMessages, propertyValue } from './cfn-fixtures.js';

const KEYS = [
  'Ref',
  'Fn::GetAtt',
  'Fn::Sub',
  'Fn::Join',
  'Fn::If',
  'Fn::FindInMap',
  'Fn::Select',
  'Fn::Transform',
  'Fn::ForEach::L',
  'Fn::Length',
  'Fn::ValueOf',
  'Condition',
  'Type',
  'Name',
  'Properties',
  'Default',
  '__proto__',
  'constructor',
];

const { json } = fc.letrec((tie) => ({
  json: fc.oneof(
    { maxDepth: 5 },
    fc.constantFrom<Json>(
      null,
      true,
      0,
      -1,
      1.5,
      '',
      'R',
      'P',
      'C',
      '${P}',
      '${R.A}',
      '{{resolve:ssm:a}}',
      'AWS::NoValue',
    ),
    fc.array(tie('json'), { maxLength: 3 }),
    fc.dictionary(fc.constantFrom(...KEYS), tie('json'), { maxKeys: 2 }),
  ),
}));
const section = fc.dictionary(
  fc.constantFrom('R', 'P', 'C', 'Fn::ForEach::X', 'Fn::Transform', '__proto__'),
  json as fc.Arbitrary<Json>,
  { maxKeys: 3 },
);

describe('hostile templates', () => {
  test('whatever stands in the sections, the answer is diagnostics and never an exception', () => {
    const document = fc.record(
      {
        Transform: fc.constantFrom<Json>('AWS::LanguageExtensions', ['AWS::Include', 'X'], { Name: 'AWS::Include' }, 3),
        Parameters: section,
        Mappings: section,
        Conditions: section,
        Rules: section,
        Resources: section,
        Outputs: section,
      },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(document, fc.boolean(), (sections, isHeat) => {
        const header = isHeat ? { HeatTemplateFormatVersion: '2012-12-12' } : {};
        const root = fromJson({ ...header, ...(sections as { [key: string]: Json }) });
        if (root.kind !== 'map') throw new Error('not a map');
        const { diagnostics } = parseCfn(root, {});
        expect(diagnostics.every(({ message, at }) => message !== '' && at !== undefined)).toBe(true);
      }),
      { numRuns: 500 },
    );
  });

  test('a text full of opened variables is searched in no time', () => {
    const text = '${'.repeat(200_000);
    expect(propertyValue(JSON.stringify({ 'Fn::Sub': text }))).toBe(text);
  });

  test('names of JavaScript’s own objects are names like others', () => {
    expect(
      awsMessages(
        'Mappings: {M: {a: {b: c}}}\nResources: {R: {Type: T, Properties: {p: !FindInMap [constructor, a, b]}}}',
      ),
    ).toEqual(["Template error: Mapping named 'constructor' is not present in the 'Mappings' section of template."]);
    expect(awsMessages('Resources: {R: {Type: T, Properties: {p: !If [toString, a, b]}}}')).toHaveLength(1);
  });
});
