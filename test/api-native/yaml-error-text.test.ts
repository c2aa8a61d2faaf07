import { yamlErrorText } from '../../src/api-native/yaml-error-text.js';
import { parseTemplate } from '../../src/engine/template/parse-template.js';

// The expected texts are what PyYAML says.
test.each([
  {
    reason: 'a list that does not end',
    text: 'heat_template_version: 2018-08-31\nresources: [',
    expected:
      "while parsing a flow node\nexpected the node content, but found '<stream end>'\n" +
      '  in "<unicode string>", line 2, column 13:\n    resources: [\n                ^',
  },
  {
    reason: 'a mapping inside a line',
    text: 'a: b: c',
    expected: 'mapping values are not allowed here\n  in "<unicode string>", line 1, column 5:\n    a: b: c\n        ^',
  },
  {
    reason: 'a character that begins nothing',
    text: 'a: `x',
    expected:
      "while scanning for the next token\nfound character '`' that cannot start any token\n" +
      '  in "<unicode string>", line 1, column 4:\n    a: `x\n       ^',
  },
  {
    reason: 'a bracket too many',
    text: 'a: ]',
    expected:
      "while parsing a block node\nexpected the node content, but found ']'\n" +
      '  in "<unicode string>", line 1, column 4:\n    a: ]\n       ^',
  },
  {
    reason: 'a tab',
    text: 'a:\n\t- b',
    expected:
      "while scanning for the next token\nfound character '\\t' that cannot start any token\n" +
      '  in "<unicode string>", line 2, column 1:\n    \t- b\n    ^',
  },
])('$reason reads as from PyYAML', ({ text, expected }) => {
  const [diagnostic] = parseTemplate(text).diagnostics;
  expect(diagnostic && yamlErrorText(diagnostic, text)).toBe(expected);
});

test('long lines are cut around the place', () => {
  const text = `a: "${'x'.repeat(200)}" "y"`;
  const [diagnostic] = parseTemplate(text).diagnostics;
  const lines = (diagnostic ? yamlErrorText(diagnostic, text) : '').split('\n');
  const [shown = '', caret = ''] = lines.slice(-2);
  expect(shown.length).toBeLessThanOrEqual(84);
  expect(shown[caret.indexOf('^')]).toBe('"');
});
