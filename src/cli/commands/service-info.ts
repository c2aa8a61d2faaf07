import { listObjects, showObject } from '../output/result.js';
import type { CommandAction } from '../program/command-spec.js';

/** `baton service list`. */
export const listServices: CommandAction = async (context) => {
  const client = await context.client();
  const columns = ['Hostname', 'Binary', 'Engine ID', 'Host', 'Topic', 'Updated At', 'Status'];
  return listObjects(await client.list('/services', 'services'), columns);
};

/** `baton build info`. */
export const showBuildInfo: CommandAction = async (context) => {
  const client = await context.client();
  return { ...showObject(await client.get('/build_info')), complex: 'json' };
};
