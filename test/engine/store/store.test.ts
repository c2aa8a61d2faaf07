import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { StoreError } from '../../../src/engine/model/errors.js';
import { newId } from '../../../src/engine/model/ids.js';
import type { StackRecord } from '../../../src/engine/model/records.js';
import { type Json, NO_VALUE, Secret, Unknown, type Value } from '../../../src/engine/model/value.js';
import { createCipher } from '../../../src/engine/store/cipher.js';
import { createCodec } from '../../../src/engine/store/codec.js';
import type { StackPage } from '../../../src/engine/store/lists.js';
import { openStore, type Store } from '../../../src/engine/store/store.js';
import { temporaryFolder } from '../../helpers/crash-images.js';
import { EngineBench, hot } from '../../helpers/engine-bench.js';

const key = Buffer.alloc(32, 7);

function stackRecord(patch: Partial<StackRecord> = {}): StackRecord {
  const id = patch.id ?? newId();
  return {
    id,
    projectId: 'p',
    region: 'r',
    name: `stack-${id}`,
    origin: 'heat',
    parentId: undefined,
    parentResourceId: undefined,
    parentResource: undefined,
    rootId: id,
    nestedDepth: 0,
    action: 'CREATE',
    status: 'COMPLETE',
    statusReason: '',
    templateId: 't',
    previousTemplateId: undefined,
    description: '',
    timeoutMins: undefined,
    disableRollback: true,
    tags: [],
    userId: 'u',
    userName: 'u',
    projectName: 'p',
    operationId: undefined,
    epoch: 1,
    extra: {},
    createdAt: 1,
    updatedAt: undefined,
    deletedAt: undefined,
    ...patch,
  };
}

describe('cipher and codec', () => {
  const codec = createCodec(createCipher(key));

  test('any JSON comes back as it was, also what looks like the marks of a secret', () => {
    const value = fc.letrec<{ value: Json }>((tie) => ({
      value: fc.oneof(
        { depthSize: 'small' },
        fc.constantFrom(null, true, 0, 'x', '$baton:secret', '__proto__'),
        fc.array(tie('value')),
        fc.dictionary(fc.constantFrom('a', '$baton:secret', '$baton:literal', 'b'), tie('value')),
      ),
    })).value;
    fc.assert(fc.property(value, (json) => expect(codec.decode(codec.encode(json as Value))).toEqual(json)));
  });

  test('secrets are sealed at any depth and come back as secrets', () => {
    const text = codec.encode({ list: [{ password: new Secret('sesame') }], map: new Secret({ a: 1 }) });
    expect(text).not.toContain('sesame');
    const back = codec.decode(text);
    expect(back.list[0].password).toBeInstanceOf(Secret);
    expect(back.list[0].password.reveal()).toBe('sesame');
    expect(back.map.reveal()).toEqual({ a: 1 });
    expect(JSON.stringify(back)).not.toContain('sesame');
  });

  test('what is not a value yet is stored as nothing', () => {
    expect(codec.decode(codec.encode({ a: new Unknown(['x']), b: [NO_VALUE] }))).toEqual({ a: null, b: [null] });
  });

  test('the same secret never looks the same twice, and another key cannot read it', () => {
    const cipher = createCipher(key);
    expect(cipher.encrypt('x')).not.toBe(cipher.encrypt('x'));
    expect(() => createCipher(Buffer.alloc(32, 8)).decrypt(cipher.encrypt('x'))).toThrow(
      'it was written under another key',
    );
    expect(() => createCipher(Buffer.alloc(16))).toThrow('must have 32 bytes, it has 16');
  });
});

describe('in memory', () => {
  let store: Store;
  beforeEach(async () => {
    store = await openStore({});
  });
  afterEach(() => store.close());

  test('writes of one turn share a commit', async () => {
    let commits = 0;
    store.commits.onCommit = () => commits++;
    await Promise.all([1, 2, 3].map(() => store.write({ stacks: [stackRecord()] })));
    expect(commits).toBe(1);
    expect(await store.lists.countStacks({})).toBe(3);
  });

  test('one bad write does not fail the others', async () => {
    const results = await Promise.allSettled([
      store.write({ stacks: [stackRecord({ name: 'one' })] }),
      store.write({ stacks: [stackRecord({ name: 'one' })] }),
      store.write({ stacks: [stackRecord({ name: 'two' })] }),
    ]);
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect(await store.lists.countStacks({})).toBe(2);
  });

  test('a set is written whole or not at all', async () => {
    const name = 'taken';
    await store.write({ stacks: [stackRecord({ name })] });
    await expect(store.write({ stacks: [stackRecord({ name: 'new' }), stackRecord({ name })] })).rejects.toThrow(
      StoreError,
    );
    expect(await store.lists.countStacks({})).toBe(1);
  });

  test('a name is free again when its stack is deleted', async () => {
    const first = stackRecord({ name: 'web' });
    await store.write({ stacks: [first] });
    await store.write({ stacks: [{ ...first, deletedAt: 5 }] });
    await store.write({ stacks: [stackRecord({ name: 'web', id: 'second' })] });
    expect((await store.reads.stackByName('p', 'web'))?.id).toBe('second');
    expect((await store.reads.stackByName('p', 'web', { deleted: true }))?.id).toBe('second');
  });

  test('a closed store refuses writes', async () => {
    const other = await openStore({});
    await other.close();
    await expect(other.write({})).rejects.toThrow('the store is closed');
  });

  describe('lists', () => {
    const all = [
      { id: 'a', name: 'n3', createdAt: 1, updatedAt: undefined, tags: ['x', 'y'], status: 'COMPLETE' },
      { id: 'b', name: 'n1', createdAt: 2, updatedAt: 9, tags: ['x'], status: 'FAILED' },
      { id: 'c', name: 'n2', createdAt: 2, updatedAt: 8, tags: ['y', 'z'], status: 'COMPLETE' },
      { id: 'd', name: 'n0', createdAt: 3, updatedAt: undefined, tags: [], status: 'COMPLETE', parentId: 'a' },
      { id: 'e', name: 'n4', createdAt: 4, updatedAt: 1, tags: ['x'], status: 'COMPLETE', deletedAt: 7 },
      { id: 'f', name: 'n5', createdAt: 5, updatedAt: 2, tags: [], status: 'COMPLETE', projectId: 'q' },
    ] as const;
    beforeEach(() => store.write({ stacks: all.map((one) => stackRecord(one as Partial<StackRecord>)) }));
    const ids = async (
      query: Parameters<Store['lists']['stacks']>[0],
      page: StackPage = { sort: [{ column: 'id', descending: false }] },
    ) => (await store.lists.stacks(query, page)).map(({ id }) => id).join('');

    test.each([
      { reason: 'nested and deleted ones are left out', query: {}, found: 'abcf' },
      { reason: 'of a project', query: { projectId: 'p' }, found: 'abc' },
      { reason: 'with nested ones', query: { projectId: 'p', nested: true }, found: 'abcd' },
      { reason: 'with deleted ones', query: { projectId: 'p', deleted: true }, found: 'abce' },
      { reason: 'children of a stack', query: { ownerIds: ['a'] }, found: 'd' },
      { reason: 'by status', query: { projectId: 'p', statuses: ['FAILED'] }, found: 'b' },
      { reason: 'by name', query: { names: ['n1', 'n2'] }, found: 'bc' },
      { reason: 'all of these tags', query: { tagsAll: ['x', 'y'] }, found: 'a' },
      { reason: 'any of these tags', query: { tagsAny: ['x', 'z'] }, found: 'abc' },
      { reason: 'not all of these tags', query: { projectId: 'p', notTagsAll: ['x', 'y'] }, found: 'bc' },
      { reason: 'not any of these tags', query: { projectId: 'p', notTagsAny: ['z'] }, found: 'ab' },
      { reason: 'the same tag twice is one', query: { tagsAll: ['x', 'x'] }, found: 'ab' },
    ])('$reason', async ({ query, found }) => {
      expect(await ids(query)).toBe(found);
      expect(await store.lists.countStacks(query)).toBe(found.length);
    });

    test.each([
      { column: 'name', descending: false, order: 'bcaf' },
      { column: 'created_at', descending: true, order: 'fcba' },
      { column: 'updated_at', descending: false, order: 'afcb' },
      { column: 'updated_at', descending: true, order: 'bcfa' },
      { column: 'status', descending: true, order: 'bfca' },
    ] as const)(
      'sorted by $column (descending: $descending), page by page the same',
      async ({ column, descending, order }) => {
        const sort = [{ column, descending }];
        expect(await ids({}, { sort })).toBe(order);
        let paged = '';
        for (let marker: string | undefined; ; ) {
          const page: string = await ids({}, { sort, limit: 1, marker });
          if (page === '') break;
          paged += page;
          marker = page;
        }
        expect(paged).toBe(order);
      },
    );

    test('every combination of filters and pages gives each stack once', async () => {
      await fc.assert(
        fc.asyncProperty(
          fc.constantFrom('name', 'created_at', 'updated_at', 'status', 'id' as const),
          fc.boolean(),
          fc.integer({ min: 1, max: 3 }),
          async (column, descending, limit) => {
            const sort = [{ column: column as 'name', descending }];
            const whole = await ids({ nested: true, deleted: true }, { sort });
            let paged = '';
            for (let marker: string | undefined; ; marker = paged.at(-1)) {
              const page = await ids({ nested: true, deleted: true }, { sort, limit, marker });
              if (page === '') break;
              paged += page;
            }
            expect(paged).toBe(whole);
            expect(new Set(whole).size).toBe(6);
          },
        ),
        { numRuns: 40 },
      );
    });
  });

  test('events have a rising sequence over all writes, and are found by what they say', async () => {
    const event = (name: string, status: 'COMPLETE' | 'FAILED') => ({
      id: newId(),
      stackId: 's',
      rootId: 'root',
      operationId: 'o',
      resourceName: name,
      resourceType: 'T',
      physicalId: undefined,
      action: 'CREATE' as const,
      status,
      reason: '',
      properties: undefined,
      createdAt: 1,
    });
    const first = await store.write({ events: [event('a', 'COMPLETE'), event('b', 'FAILED')] });
    const second = await store.write({ events: [event('c', 'COMPLETE')] });
    expect(second).toBe(first + 2);
    const names = async (query: Parameters<Store['lists']['events']>[0]) =>
      (await store.lists.events(query)).map(({ resourceName }) => resourceName).join('');
    expect(await names({ rootId: 'root' })).toBe('abc');
    expect(await names({ stackIds: ['s'], statuses: ['COMPLETE'], descending: true })).toBe('ca');
    expect(await names({ stackIds: ['s'], afterSeq: first, limit: 1 })).toBe('b');
    expect(await names({ stackIds: ['other'] })).toBe('');
    expect(await names({ stackIds: ['s'], sortColumns: ['resource_name'], descending: true })).toBe('cba');
  });

  test('more rows than one statement takes are written', async () => {
    const stacks = Array.from({ length: 250 }, (_, index) => stackRecord({ id: `s${index}`, tags: ['a', 'b'] }));
    await store.write({ stacks });
    expect(await store.lists.countStacks({ tagsAll: ['a', 'b'] })).toBe(250);
    expect(await store.reads.stacks(stacks.map(({ id }) => id))).toHaveLength(250);
  });

  test('documents are kept by kind, id and key', async () => {
    await store.documents.put(
      'user',
      { id: '1', key: 'ann', owner: 'd', body: { password: new Secret('p') } },
      { id: '2', key: 'bob', owner: 'd', body: {} },
    );
    await store.documents.put('user', { id: '1', key: 'anna', owner: 'e', body: { password: new Secret('q') } });
    expect(await store.documents.byKey('user', 'ann')).toBeUndefined();
    const anna = await store.documents.byKey<{ password: Secret }>('user', 'anna');
    expect(anna?.body.password.reveal()).toBe('q');
    expect((await store.documents.list('user')).map(({ id }) => id)).toEqual(['1', '2']);
    expect((await store.documents.list('user', 'd')).map(({ id }) => id)).toEqual(['2']);
    await store.documents.remove('user', '1', '2');
    expect(await store.documents.get('user', '2')).toBeUndefined();
    expect(await store.documents.get('other', '1')).toBeUndefined();
  });
});

describe('on disk', () => {
  let folder: string;
  beforeEach(() => {
    folder = temporaryFolder();
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  test('no secret lies plain in any file', async () => {
    const bench = await EngineBench.start({ dataDir: folder });
    const template = {
      ...hot(
        {
          a: { password: { get_param: 'one' } },
          b: { value: { get_param: 'two' } },
          c: { value: { list_join: ['-', ['x', { get_attr: ['b', 'value'] }]] } },
          n: { type: 'inner.yaml', hidden: { get_param: 'two' } },
          server: { type: 'OS::Nova::Server', flavor: 'm1.small', image: 'cirros', admin_pass: { get_param: 'three' } },
        },
        { o: { get_param: 'two' } },
      ),
      parameters: Object.fromEntries(['one', 'two', 'three'].map((name) => [name, { type: 'string', hidden: true }])),
    };
    const inner = {
      ...hot({ i: { value: { get_param: 'hidden' } } }),
      parameters: { hidden: { type: 'string', hidden: true } },
    };
    const { id } = await bench.create(template, {
      parameters: { one: 'open-sesame-1', two: 'open-sesame-2', three: 'open-sesame-3' },
      files: { 'inner.yaml': JSON.stringify(inner) },
    });
    await bench.stacks.snapshot(bench.caller, id, 'one');
    await bench.settled(id);
    const plain = () =>
      readdirSync(folder).flatMap((file) => {
        const bytes = readFileSync(join(folder, file), 'latin1');
        return [1, 2, 3]
          .map((number) => `open-sesame-${number}`)
          .filter((secret) => bytes.includes(secret))
          .map((secret) => `${file}: ${secret}`);
      });
    expect(plain()).toEqual([]);
    expect(bench.cloud.named('a')[0]?.properties.password).toBe('open-sesame-1');
    await bench.close();
    expect(plain()).toEqual([]);
  });

  test('the folder, the key and the lock: only the owner may read, only one engine may run', async () => {
    const store = await openStore({ dataDir: join(folder, 'new') });
    expect(statSync(join(folder, 'new', 'secret.key')).mode & 0o077).toBe(0);
    await expect(openStore({ dataDir: join(folder, 'new') })).rejects.toThrow(
      'another baton engine is running on this data folder',
    );
    const reader = await openStore({ dataDir: join(folder, 'new'), readOnly: true });
    expect(await reader.lists.countStacks({})).toBe(0);
    await reader.close();
    await store.close();
    await (await openStore({ dataDir: join(folder, 'new') })).close();
  });

  test('what was written is there after opening it again', async () => {
    const store = await openStore({ dataDir: folder });
    const record = stackRecord({ tags: ['b', 'a'], extra: { deep: [1, { x: null }] }, timeoutMins: 5 });
    await store.write({ stacks: [record] });
    await store.close();
    const again = await openStore({ dataDir: folder });
    expect(await again.reads.stack(record.id)).toEqual(record);
    await again.close();
  });

  test('a database of a newer version, or no database at all, is refused with a clear word', async () => {
    const store = await openStore({ dataDir: folder });
    await store.close();
    const { default: Sqlite } = await import('better-sqlite3');
    const raw = new Sqlite(join(folder, 'baton.db'));
    raw.prepare("insert or replace into kysely_migration (name, timestamp) values ('9999-later', 'x')").run();
    raw.close();
    await expect(openStore({ dataDir: folder })).rejects.toThrow('the database was written by a newer baton');
    const other = join(folder, 'other');
    mkdirSync(other);
    writeFileSync(join(other, 'baton.db'), 'this is not a database. '.repeat(100));
    await expect(openStore({ dataDir: other })).rejects.toThrow('the database file is not a baton database');
  });
});
