import { closest, didYouMean } from '../../../src/engine/model/closest.js';

test.each([
  { reason: 'a missing letter', name: 'nam', candidates: ['flavor', 'name'], found: 'name' },
  { reason: 'swapped neighbours', name: 'nmae', candidates: ['name', 'game'], found: 'name' },
  { reason: 'the wrong case', name: 'dependson', candidates: ['DependsOn'], found: 'DependsOn' },
  {
    reason: 'the nearest of several',
    name: 'networks',
    candidates: ['network', 'network_id', 'networkz'],
    found: 'network',
  },
  { reason: 'nothing near', name: 'xyz', candidates: ['flavor', 'image'], found: undefined },
  { reason: 'nothing at all', name: 'a', candidates: [], found: undefined },
])('$reason', ({ name, candidates, found }) => {
  expect(closest(name, candidates)).toBe(found);
});

test('a hint is given only if it helps', () => {
  expect(didYouMean('netwrok', ['network'])).toEqual({ hint: 'did you mean "network"?' });
  expect(didYouMean('xyz', ['network'])).toEqual({});
});
