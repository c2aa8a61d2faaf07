import { play, STUBBORN } from '../../../scripts/cfn/scenario.js';
import { ACTIONS } from '../../../src/api-cfn/action-table.js';
import { stackSetRunner } from '../../../src/api-cfn/stack-sets/stack-set-runner.js';
import { accountOf } from '../../../src/engine/model/account.js';
import { cfnServer } from '../../helpers/cfn-server.js';
import { type ClientKind, clientKinds, javascript } from './clients.js';
import { plainInput, wireOutput } from './wire.js';

/** The actions that the play is always refused: there is no organization. */
const REFUSED = ['ActivateOrganizationsAccess', 'DeactivateOrganizationsAccess'];

/**
 * How the play went: the actions that the client was answered without an error, and those that it does not know. What the client
 * has done once is left to the newest SDK the next time, unless it plays it all: commands take their time.
 */
async function playBy({ open }: ClientKind, isLong: boolean) {
  const server = await cfnServer({
    faults: STUBBORN,
    retry: { limit: 2, baseMs: 1, maxMs: 10 },
    limits: { cancelGraceMs: 100 },
  });
  const client = open(server);
  const standIn = javascript.open(server);
  const done = new Set<string>();
  const unknown = new Set<string>();
  try {
    await play(
      {
        ...server,
        async call(action, input = {}) {
          const asked = plainInput(input);
          let answer =
            done.has(action) && !isLong ? await standIn.call(action, asked) : await client.call(action, asked);
          if (answer.status === 0) {
            unknown.add(action);
            answer = await standIn.call(action, asked);
          } else if (answer.status === 200) done.add(action);
          else if (REFUSED.includes(action)) expect(answer.code).toMatch(/^InvalidOperation(Exception)?$/);
          return { ...answer, result: wireOutput(answer.result) };
        },
      },
      { accountOf, stackSetRunner },
      { isLong },
    );
    expect(server.bugs).toEqual([]);
  } finally {
    client.close();
    standIn.close();
    await server.close();
  }
  const missing = ACTIONS.map(({ name }) => name).filter(
    (name) => !done.has(name) && !unknown.has(name) && !REFUSED.includes(name),
  );
  return { missing, unknown };
}

for (const kind of await clientKinds()) {
  test(`${kind.label} plays a part in every action that it knows`, async () => {
    const { missing, unknown } = await playBy(kind, kind === javascript);
    expect(missing).toEqual([]);
    if (kind === javascript) expect([...unknown]).toEqual([]);
  }, 300_000);
}
