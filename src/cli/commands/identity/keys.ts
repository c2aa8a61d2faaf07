import type { JsonMap } from '../../../engine/model/value.js';
import { isMap } from '../../../engine/model/value.js';
import { listObjects, showObject } from '../../output/result.js';
import type { CommandAction } from '../../program/command-spec.js';
import { UsageError } from '../../program/exit-codes.js';
import type { Options } from '../../program/parsed-arguments.js';
import type { IdentitySession } from '../../transport/identity-session.js';
import { entityIn, findId, listIn, ownToken, shown } from './identity-client.js';

/** `--user`, or whoever asks. */
async function userIdOf(session: IdentitySession, options: Options): Promise<string> {
  const name = options.text('user');
  return name === undefined ? idIn(await ownToken(session), 'user') : findId(session, 'user', name);
}

function idIn(token: JsonMap, key: string): string {
  const entity = token[key];
  if (!isMap(entity)) throw new UsageError(`Your login has no ${key}: give --${key}.`);
  return String(entity.id);
}

const ec2Path = (userId: string) => `/users/${userId}/credentials/OS-EC2`;

/** `baton identity ec2 credentials create`. */
export const createEc2: CommandAction = async (context, _operands, options) => {
  const session = await context.identity();
  const project = options.text('project');
  const tenantId =
    project === undefined ? idIn(await ownToken(session), 'project') : await findId(session, 'project', project);
  const path = ec2Path(await userIdOf(session, options));
  const { tenant_id, ...rest } = entityIn(
    await session.send({ method: 'POST', path, body: { tenant_id: tenantId } }),
    'credential',
  );
  return showObject(shown({ ...rest, project_id: tenant_id ?? null }));
};

/** `baton identity ec2 credentials list`. */
export const listEc2: CommandAction = async (context, _operands, options) => {
  const session = await context.identity();
  const rows = listIn(
    await session.send({ method: 'GET', path: ec2Path(await userIdOf(session, options)) }),
    'credentials',
  );
  return listObjects(
    rows.map(({ access, secret, tenant_id, user_id }) => ({
      Access: access ?? null,
      Secret: secret ?? null,
      'Project ID': tenant_id ?? null,
      'User ID': user_id ?? null,
    })),
    ['Access', 'Secret', 'Project ID', 'User ID'],
  );
};

/** `baton identity ec2 credentials delete`. */
export const deleteEc2: CommandAction = async (context, operands, options) => {
  const session = await context.identity();
  const path = ec2Path(await userIdOf(session, options));
  for (const access of operands.rest(0)) {
    await session.send({ method: 'DELETE', path: `${path}/${encodeURIComponent(access)}` });
  }
};

const programPath = (userId: string) => `/users/${userId}/application_credentials`;

/** `baton identity application credential create`. */
export const createApplicationCredential: CommandAction = async (context, operands, options) => {
  const session = await context.identity();
  const roles = options.many('role').map((name) => ({ name }));
  const [description, secret, expires] = ['description', 'secret', 'expiration'].map((name) => options.text(name));
  const body = {
    application_credential: {
      name: operands.at(0),
      unrestricted: options.isSet('unrestricted'),
      ...(roles.length > 0 && { roles }),
      ...(description !== undefined && { description }),
      ...(secret !== undefined && { secret }),
      ...(expires !== undefined && { expires_at: expires }),
    },
  };
  const path = programPath(idIn(await ownToken(session), 'user'));
  return showObject(shown(entityIn(await session.send({ method: 'POST', path, body }), 'application_credential')));
};

/** `baton identity application credential list`. */
export const listApplicationCredentials: CommandAction = async (context, _operands, options) => {
  const session = await context.identity();
  const path = programPath(await userIdOf(session, options));
  const rows = listIn(await session.send({ method: 'GET', path }), 'application_credentials');
  return listObjects(rows, ['ID', 'Name', 'Project ID', 'Description', 'Expires At']);
};

/** `baton identity application credential delete`, by name or id. */
export const deleteApplicationCredentials: CommandAction = async (context, operands, options) => {
  const session = await context.identity();
  const path = programPath(await userIdOf(session, options));
  const rows = listIn(await session.send({ method: 'GET', path }), 'application_credentials');
  for (const wanted of operands.rest(0)) {
    const id = rows.find((row) => row.id === wanted || row.name === wanted)?.id ?? wanted;
    await session.send({ method: 'DELETE', path: `${path}/${encodeURIComponent(String(id))}` });
  }
};
