import { resolve } from 'node:path';
import type { CommandAction } from '../program/command-spec.js';
import { dataFolder } from '../transport/connect.js';

/** `baton backup`: copies the data folder, also while an engine runs on it. */
export const backup: CommandAction = async (context, operands) => {
  const { env, dataDir, cwd } = context.settings;
  const { backupDataFolder } = await import('../../engine/store/backup.js');
  const source = dataFolder(dataDir === undefined ? { env } : { env, dataDir });
  const { folder, bytes } = await backupDataFolder(source, resolve(cwd, operands.at(0)));
  if (!context.settings.quiet) {
    context.terminal.out.write(`Backed up ${source} to ${folder} (${(bytes / 1e6).toFixed(1)} MB)\n`);
  }
};
