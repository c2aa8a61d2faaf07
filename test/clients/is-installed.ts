import { execFile } from 'node:child_process';
import { PYTHON } from './warm-openstack.js';

/** True if a command can be run; where it cannot, its tests are skipped, and this says so. */
export async function isInstalled(command: string, args: readonly string[] = ['--version']): Promise<boolean> {
  const found = await new Promise<boolean>((resolve) => {
    execFile(command === 'python3' ? PYTHON : command, [...args], (error) => resolve(error === null));
  });
  if (!found) console.log(`skipped: ${command} ${args.join(' ')} cannot be run here`);
  return found;
}
