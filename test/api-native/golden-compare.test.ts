import { compareAnswers } from '../../scripts/golden/compare.js';

const answer = (body: unknown, over: object = {}) => ({ response: { status: 200, headers: {}, body, ...over } });

test('ids, times, addresses and short names do not count', () => {
  const ours = answer({
    id: '11111111-1111-4111-8111-111111111111',
    at: '2026-01-01T00:00:00Z',
    name: 'a-b-abcdefghijkl',
  });
  const real = answer({
    id: '22222222-2222-4222-8222-222222222222',
    at: '2027-01-01T00:00:00Z',
    name: 'a-b-mnopqrstuvwx',
  });
  expect(compareAnswers(ours, real, 'x')).toEqual([]);
});

test('missing, extra and other values are told with their paths', () => {
  const found = compareAnswers(answer({ a: 1, c: [1] }), answer({ b: null, c: [2] }), 'x');
  expect(found).toEqual(['b: missing, real null', 'c[0]: 1, real 2', 'a: extra, ours 1']);
});

test('null is not an absent key, and a status counts', () => {
  expect(compareAnswers(answer(null, { status: 404 }), answer(null), 'x')).toEqual(['status: 404, real 200']);
  expect(compareAnswers(answer({ a: null }), answer({}), 'x')).toHaveLength(1);
});

test('headers of the real one must be there; those that only we have do not count', () => {
  const ours = answer(null, { headers: { 'content-type': 'text/plain', allow: 'GET' } });
  const real = answer(null, { headers: { 'Content-Type': 'application/json', 'x-openstack-request-id': 'req-1' } });
  expect(compareAnswers(ours, real, 'x')).toEqual([
    'header content-type: text/plain, real application/json',
    'header x-openstack-request-id: missing',
  ]);
});

test('resources may come in any order, events may not', () => {
  const one = { resource_name: 'a' };
  const two = { resource_name: 'b' };
  expect(compareAnswers(answer([one, two]), answer([two, one]), '130-resources')).toEqual([]);
  expect(compareAnswers(answer([one, two]), answer([two, one]), '149-events')).not.toEqual([]);
});
