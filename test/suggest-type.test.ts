import { suggestType } from '../src/suggest-type.js';

test('a misspelled type is looked for once, among names that are listed once', () => {
  let listed = 0;
  const suggest = suggestType(() => {
    listed++;
    return ['OS::Nova::Server', 'OS::Heat::Value'];
  });
  expect(['OS::Nova::Sever', 'OS::Nova::Sever', 'OS::Heat::Valeu', 'nothing like it'].map(suggest)).toEqual([
    'OS::Nova::Server',
    'OS::Nova::Server',
    'OS::Heat::Value',
    undefined,
  ]);
  expect(listed).toBe(1);
});

test('it goes on when it has forgotten what it knew', () => {
  const suggest = suggestType(() => ['OS::Nova::Server']);
  for (let index = 0; index < 3000; index++) suggest(`Other::Kind${index}`);
  expect(suggest('OS::Nova::Servre')).toBe('OS::Nova::Server');
});
