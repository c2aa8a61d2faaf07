import { resolveJsonScalar, resolveScalar } from '../../../../src/engine/template/parse/resolve-scalar.js';

test.each([
  { reason: 'the words for true', texts: ['true', 'True', 'TRUE', 'yes', 'Yes', 'on', 'ON'], value: true },
  { reason: 'the words for false', texts: ['false', 'no', 'NO', 'off', 'Off'], value: false },
  { reason: 'the words for null', texts: ['', '~', 'null', 'Null', 'NULL'], value: null },
  { reason: 'decimal integers', texts: ['12', '+12', '1_2'], value: 12 },
  { reason: 'octal integers begin with 0', texts: ['014', '0_14', '0b1100', '0xC', '0xc'], value: 12 },
  { reason: 'base sixty', texts: ['1:30', '+1:30'], value: 90 },
  { reason: 'zero', texts: ['0', '-0', '00'], value: 0 },
  { reason: 'fractions', texts: ['1.5', '1.50', '+1.5', '1_.5', '15.0e-1'], value: 1.5 },
  { reason: 'fractions without a digit before the point', texts: ['.5', '.50'], value: 0.5 },
  { reason: 'fractions in base sixty', texts: ['1:30.5'], value: 90.5 },
])('$reason', ({ texts, value }) => {
  for (const text of texts) expect(resolveScalar(text)).toBe(value);
});

test.each([
  { reason: 'single letters', texts: ['y', 'n', 'Y', 'N'] },
  { reason: 'mixed case', texts: ['tRue', 'oN'] },
  { reason: 'dates and times', texts: ['2013-05-23', '2001-12-14t21:59:43.10-05:00'] },
  { reason: 'the octal of YAML 1.2', texts: ['0o14'] },
  { reason: 'digits that are not octal', texts: ['089', '0123456789'] },
  { reason: 'exponents without a point', texts: ['1e3', '12e03'] },
  { reason: 'exponents without a sign', texts: ['1.5e3'] },
  { reason: 'versions and addresses', texts: ['1.2.3', '10.0.0.1', '10.0.0.0/24', '80:80', 'fe80::1'] },
  { reason: 'integers that lose digits', texts: ['12345678901234567890', '9007199254740993'] },
  { reason: 'what JSON cannot write', texts: ['.inf', '-.inf', '.nan'] },
  { reason: 'signs and points alone', texts: ['-', '+', '.', '..', '-.', '<<', '='] },
])('$reason stay text', ({ texts }) => {
  for (const text of texts) expect(resolveScalar(text)).toBe(text);
});

test('JSON has its own numbers', () => {
  expect(['1e3', '-0.5', 'true', 'false', 'null'].map(resolveJsonScalar)).toEqual([1000, -0.5, true, false, null]);
  expect(resolveJsonScalar('12345678901234567890')).toBe('12345678901234567890');
});
