import { withoutSecrets } from '../../src/server/logging.js';

test('what may be secret is not written, however deep it lies', () => {
  expect(
    withoutSecrets({
      stack: 's',
      adminPass: 'x',
      'X-Auth-Token': 'x',
      list: [{ secret_key: 'x', name: 'n' }],
      inner: { private_key: 'x', count: 1, nothing: null },
    }),
  ).toEqual({
    stack: 's',
    adminPass: '***',
    'X-Auth-Token': '***',
    list: [{ secret_key: '***', name: 'n' }],
    inner: { private_key: '***', count: 1, nothing: null },
  });
});
