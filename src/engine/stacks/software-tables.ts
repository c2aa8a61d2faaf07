import type { Selectable } from 'kysely';
import { type Json, type JsonMap, Secret, type Value } from '../model/value.js';
import type { SoftwareConfigTable, SoftwareDeploymentTable } from '../store/schema.js';
import type { Store } from '../store/store.js';
import type { SoftwareConfigRecord, SoftwareDeploymentRecord } from './stacks.js';

/** What the tables need of the store. */
export type SoftwareTablesParts = Pick<Store, 'db' | 'commits' | 'codec'>;

/** Software configs and deployments as rows. What is in them is encrypted: passwords and signed URLs are among their inputs. */
export interface SoftwareTables {
  config(projectId: string, id: string): Promise<SoftwareConfigRecord | undefined>;
  /** In the order in which they were made; all projects' if none is named. */
  configs(
    projectId: string | undefined,
    page: { readonly limit?: number; readonly marker?: string },
  ): Promise<SoftwareConfigRecord[]>;
  addConfig(config: SoftwareConfigRecord): Promise<void>;
  removeConfig(id: string): Promise<void>;
  /** True if a deployment uses the config. */
  isReferenced(configId: string): Promise<boolean>;
  deployment(projectId: string, id: string): Promise<SoftwareDeploymentRecord | undefined>;
  deployments(projectId: string, serverId?: string): Promise<SoftwareDeploymentRecord[]>;
  putDeployment(deployment: SoftwareDeploymentRecord): Promise<void>;
  removeDeployment(id: string): Promise<void>;
}

interface ConfigBody {
  readonly name: string;
  readonly group: string | null;
  readonly content: Value;
}

interface DeploymentBody {
  readonly action: string | null;
  readonly status: string | null;
  readonly statusReason: string;
  readonly values: Value;
  readonly updatedAt: number | null;
}

export function createSoftwareTables({ db, commits, codec }: SoftwareTablesParts): SoftwareTables {
  const toConfig = (row: Selectable<SoftwareConfigTable>): SoftwareConfigRecord => {
    const { name, group, content } = codec.decode<ConfigBody>(row.body);
    const plain = (content instanceof Secret ? content.reveal() : content) as {
      readonly config: Json;
      readonly inputs: JsonMap[];
      readonly outputs: JsonMap[];
      readonly options: JsonMap;
    };
    return { id: row.id, projectId: row.project_id, name, group, ...plain, createdAt: row.created_at };
  };
  const toDeployment = (row: Selectable<SoftwareDeploymentTable>): SoftwareDeploymentRecord => {
    const { values, updatedAt, ...state } = codec.decode<DeploymentBody>(row.body);
    const plain = (values instanceof Secret ? values.reveal() : values) as {
      readonly inputValues: JsonMap;
      readonly outputValues: JsonMap | null;
    };
    return {
      id: row.id,
      projectId: row.project_id,
      configId: row.config_id,
      serverId: row.server_id,
      ...plain,
      ...state,
      createdAt: row.created_at,
      updatedAt: updatedAt ?? undefined,
    };
  };
  return {
    async config(projectId, id) {
      const row = await db
        .selectFrom('software_configs')
        .selectAll()
        .where('id', '=', id)
        .where('project_id', '=', projectId)
        .executeTakeFirst();
      return row && toConfig(row);
    },
    async configs(projectId, { limit, marker }) {
      let query = db.selectFrom('software_configs').selectAll().orderBy('seq');
      if (projectId !== undefined) query = query.where('project_id', '=', projectId);
      if (marker !== undefined) {
        const last = await db.selectFrom('software_configs').select('seq').where('id', '=', marker).executeTakeFirst();
        if (last) query = query.where('seq', '>', last.seq);
      }
      if (limit !== undefined) query = query.limit(limit);
      return (await query.execute()).map(toConfig);
    },
    async addConfig({ id, projectId, name, group, config, inputs, outputs, options, createdAt }) {
      const content = new Secret({ config, inputs: [...inputs], outputs: [...outputs], options });
      const body = codec.encode({ name, group, content });
      await commits.commit((trx) =>
        trx
          .insertInto('software_configs')
          .values({ id, project_id: projectId, created_at: createdAt, body })
          .onConflict((conflict) => conflict.column('id').doNothing())
          .execute(),
      );
    },
    async removeConfig(id) {
      await commits.commit((trx) => trx.deleteFrom('software_configs').where('id', '=', id).execute());
    },
    async isReferenced(configId) {
      const row = await db
        .selectFrom('software_deployments')
        .select('id')
        .where('config_id', '=', configId)
        .executeTakeFirst();
      return row !== undefined;
    },
    async deployment(projectId, id) {
      const row = await db
        .selectFrom('software_deployments')
        .selectAll()
        .where('id', '=', id)
        .where('project_id', '=', projectId)
        .executeTakeFirst();
      return row && toDeployment(row);
    },
    async deployments(projectId, serverId) {
      let query = db.selectFrom('software_deployments').selectAll().where('project_id', '=', projectId).orderBy('seq');
      if (serverId !== undefined) query = query.where('server_id', '=', serverId);
      return (await query.execute()).map(toDeployment);
    },
    async putDeployment(deployment) {
      const { id, projectId, configId, serverId, inputValues, outputValues, action, status, statusReason, createdAt } =
        deployment;
      const values = new Secret({ inputValues, outputValues });
      const body = codec.encode({ action, status, statusReason, values, updatedAt: deployment.updatedAt ?? null });
      await commits.commit((trx) =>
        trx
          .insertInto('software_deployments')
          .values({ id, project_id: projectId, server_id: serverId, config_id: configId, created_at: createdAt, body })
          .onConflict((conflict) =>
            conflict
              .column('id')
              .doUpdateSet((eb) => ({ config_id: eb.ref('excluded.config_id'), body: eb.ref('excluded.body') })),
          )
          .execute(),
      );
    },
    async removeDeployment(id) {
      await commits.commit((trx) => trx.deleteFrom('software_deployments').where('id', '=', id).execute());
    },
  };
}
