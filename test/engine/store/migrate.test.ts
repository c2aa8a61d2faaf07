import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { Kysely, type Migration, SqliteDialect, sql } from 'kysely';
import { migrate } from '../../../src/engine/store/migrate.js';
import { migrations } from '../../../src/engine/store/migrations.js';
import { openStore } from '../../../src/engine/store/store.js';
import { temporaryFolder } from '../../helpers/crash-images.js';

type Migrations = Record<string, Migration>;

const NOW = migrations({ serial: 'integer primary key autoincrement' });
const ALL = Object.keys(NOW).sort();

/** What later versions may do to what earlier ones have left: a new column that is filled, another table. */
const LATER: Migrations = {
  ...NOW,
  '9001-mood': {
    async up(db: Kysely<unknown>) {
      await sql`alter table stacks add column mood text`.execute(db);
      await sql`update stacks set mood = 'calm ' || name`.execute(db);
    },
  },
  '9002-notes': {
    async up(db: Kysely<unknown>) {
      await sql`create table notes (id text)`.execute(db);
    },
  },
};

let folder: string;
beforeEach(() => {
  folder = temporaryFolder();
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Brings the folder's database to the given migrations, as the version that knows these does. */
async function bringTo(known: Migrations): Promise<void> {
  const database = new Sqlite(join(folder, 'baton.db'));
  const db = new Kysely<unknown>({ dialect: new SqliteDialect({ database }) });
  try {
    await migrate(db, known);
  } finally {
    await db.destroy();
  }
}

function ask(question: string): unknown[] {
  const database = new Sqlite(join(folder, 'baton.db'));
  try {
    return database.prepare(question).all();
  } finally {
    database.close();
  }
}

function tell(statement: string): void {
  const database = new Sqlite(join(folder, 'baton.db'));
  database.exec(statement);
  database.close();
}

const upTo = (count: number): Migrations =>
  Object.fromEntries(
    Object.keys(LATER)
      .sort()
      .slice(0, count)
      .map((name) => [name, LATER[name] as Migration]),
  );

test('a released migration is never changed', async () => {
  await bringTo({ '0001-first': NOW['0001-first'] as Migration });
  const made = ask(
    `select sql from sqlite_master where sql is not null and name not like 'sqlite_%' and name <> 'kysely_migration'
      order by type desc, name`,
  ) as { sql: string }[];
  const released = readFileSync(new URL('./first-schema.sql', import.meta.url), 'utf8');
  expect(made.map((one) => `${one.sql.replace(/\s+/g, ' ')};\n`).join('')).toBe(released);
});

test.each(Object.keys(LATER).map((_, index) => index + 1))(
  'a database that has had %d migrations is brought to the newest, and nothing in it is lost',
  async (count) => {
    await bringTo(upTo(count));
    tell(
      `insert into stacks (id, project_id, region, name, root_id, action, status, user_name, created_at, body)
        values ('s', 'p', 'r', 'web', 's', 'CREATE', 'COMPLETE', 'u', 1, '{}')`,
    );
    await bringTo(LATER);
    await bringTo(LATER);
    const isOlder = count <= ALL.length;
    expect(ask('select name, mood from stacks')).toEqual([{ name: 'web', mood: isOlder ? 'calm web' : null }]);
    expect(ask('select * from notes')).toEqual([]);
    expect(ask('select name from kysely_migration order by name')).toEqual(
      Object.keys(LATER)
        .sort()
        .map((name) => ({ name })),
    );
  },
);

test('a migration that fails, or is killed on its way, leaves the database as it was', async () => {
  await bringTo(NOW);
  const before = ask('select * from sqlite_master');
  const broken = { ...LATER, '9003-broken': { up: async () => Promise.reject(new Error('not like this')) } };
  await expect(bringTo(broken)).rejects.toThrow(
    'the database schema could not be brought up to date (9003-broken): not like this',
  );
  expect(ask('select * from sqlite_master')).toEqual(before);
  await bringTo(LATER);
  expect(ask('select * from notes')).toEqual([]);
});

test('a database of a newer version is refused, also by who only looks; one of an older version by who only looks', async () => {
  await (await openStore({ dataDir: folder })).close();
  await bringTo(LATER);
  const newer = 'the database was written by a newer baton (it has 9001-mood, 9002-notes): install that version';
  await expect(openStore({ dataDir: folder })).rejects.toThrow(newer);
  await expect(openStore({ dataDir: folder, readOnly: true })).rejects.toThrow(newer);
  tell('delete from kysely_migration');
  await expect(openStore({ dataDir: folder, readOnly: true })).rejects.toThrow(
    'the database was written by an older baton: run an engine on the data folder once',
  );
});
