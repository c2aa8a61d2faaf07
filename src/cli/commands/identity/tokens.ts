import { isMap } from '../../../engine/model/value.js';
import { listObjects, showObject } from '../../output/result.js';
import type { CommandAction } from '../../program/command-spec.js';
import { findEntity, listIn, ownToken } from './identity-client.js';

/** `baton identity token issue`. */
export const issueToken: CommandAction = async (context) => {
  const session = await context.identity();
  const token = await ownToken(session);
  const idOf = (key: string) => (isMap(token[key]) ? String((token[key] as { id?: unknown }).id) : null);
  return showObject({
    expires: token.expires_at ?? null,
    id: session.token,
    ...(token.project !== undefined && { project_id: idOf('project') }),
    ...(token.domain !== undefined && { domain_id: idOf('domain') }),
    user_id: idOf('user'),
  });
};

/** `baton identity token revoke`. */
export const revokeToken: CommandAction = async (context, operands) => {
  const session = await context.identity();
  await session.send({ method: 'DELETE', path: '/auth/tokens', headers: { 'x-subject-token': operands.at(0) } });
};

/** `baton identity catalog list`. */
export const listCatalog: CommandAction = async (context) => {
  const session = await context.identity();
  const rows = listIn(await session.send({ method: 'GET', path: '/auth/catalog' }), 'catalog');
  return listObjects(
    rows.map(({ name, type, endpoints }) => ({
      Name: name ?? null,
      Type: type ?? null,
      Endpoints: listIn({ endpoints: endpoints ?? null }, 'endpoints')
        .map(({ region, interface: side, url }) => `${String(region)} ${String(side)}: ${String(url)}`)
        .join('\n'),
    })),
    ['Name', 'Type', 'Endpoints'],
  );
};

/** `baton identity user password set`: for the caller's own password, or by an administrator. */
export const setPassword: CommandAction = async (context, operands, options) => {
  const session = await context.identity();
  const user = await findEntity(session, 'user', operands.at(0));
  const password = options.text('password') ?? '';
  const original = options.text('originalPassword');
  const path = `/users/${String(user.id)}`;
  if (original === undefined) await session.send({ method: 'PATCH', path, body: { user: { password } } });
  else {
    const body = { user: { original_password: original, password } };
    await session.send({ method: 'POST', path: `${path}/password`, body });
  }
};
