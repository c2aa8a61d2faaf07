import {
  FlakyError,
  QuotaError,
  RejectedError,
  StoreError,
  ThrottledError,
  UncertainError,
} from '../../../src/engine/model/errors.js';
import type { ResourceRecord } from '../../../src/engine/model/records.js';
import { Secret } from '../../../src/engine/model/value.js';
import { Exclusive } from '../../../src/engine/operations/exclusive.js';
import { removalOrder } from '../../../src/engine/operations/execute.js';
import { failureOf, ResourceFailure, resourceFailure } from '../../../src/engine/operations/failure.js';
import { Feed } from '../../../src/engine/operations/feed.js';
import { blankRecord } from '../../../src/engine/operations/initial-records.js';
import { Journal, type JournalEntry } from '../../../src/engine/operations/journal.js';
import { Limiter } from '../../../src/engine/operations/limiter.js';
import { RecordBook } from '../../../src/engine/operations/record-book.js';
import { DEFAULT_RETRY, isRetryable, pauseBefore } from '../../../src/engine/operations/retry.js';
import { sealed, secretTexts } from '../../../src/engine/operations/seal-secrets.js';
import { knownByRecord } from '../../../src/engine/operations/stack-loader.js';
import { isStoreFault } from '../../../src/engine/operations/store-fault.js';
import type { DesiredStack } from '../../../src/engine/planning/desired.js';
import { evaluateWithLookups, type Lookup, LookupCache } from '../../../src/engine/planning/lookups.js';
import type { Store } from '../../../src/engine/store/store.js';
import type { WriteSet } from '../../../src/engine/store/writes.js';
import { EvaluationError } from '../../../src/engine/template/expression.js';

let seq = 0;
function record(name: string, patch: Partial<ResourceRecord> = {}): ResourceRecord {
  return { ...blankRecord('s', { name, typeName: 'T' }, ++seq, 1), ...patch };
}

describe('what a record lets others know', () => {
  const known = (type: object, patch: Partial<ResourceRecord>) => {
    const resources = new Map([['r', { type: { schema: { attributes: { own: {} } }, ...type } }]]);
    return knownByRecord({ resources } as unknown as DesiredStack, 'r', record('r', { physicalId: 'x', ...patch }));
  };

  test('nothing any more while it is deleted', () => {
    expect(known({}, { action: 'UPDATE' }).state).toBe('there');
    expect(known({}, { action: 'DELETE', status: 'IN_PROGRESS' })).toEqual({ state: 'pending' });
  });

  test.each([
    [{}, false],
    [{ hasLiveAttributes: true }, true],
  ])('a type says that its attributes are asked each time: %j', (type, is) => {
    const there = known(type, { action: 'CREATE' });
    expect(there.state === 'there' && there.live('own')).toBe(is);
  });
});

describe('retry', () => {
  test('pauses double up to a limit, with half of it at random', () => {
    const policy = { ...DEFAULT_RETRY, random: () => 0 };
    expect([1, 2, 3, 4, 7, 30].map((attempt) => pauseBefore(policy, attempt))).toEqual([
      1000, 2000, 4000, 8000, 60_000, 60_000,
    ]);
    expect(pauseBefore({ ...policy, random: () => 1 }, 1)).toBe(1500);
  });

  test.each([
    [new ThrottledError('x'), true],
    [new UncertainError('x'), true],
    [new FlakyError('x'), true],
    [new RejectedError('x'), false],
    [new QuotaError('x'), false],
    [new Error('x'), false],
  ])('%s may be tried again: %s', (error, may) => expect(isRetryable(error)).toBe(may));
});

describe('failures', () => {
  const at = { name: 'r', type: 'T', physicalId: undefined };

  test.each([
    { error: new RejectedError('no', { reasonClass: 'BadRequest' }), reason: 'BadRequest: resources.r: no' },
    { error: new ThrottledError('slow'), reason: 'Throttled: resources.r: slow' },
    { error: new Error('plain'), reason: 'Exception: resources.r: plain' },
    { error: new TypeError('typed'), reason: 'TypeError: resources.r: typed' },
    { error: new EvaluationError('bad'), reason: 'ValueError: resources.r: bad' },
    {
      error: new EvaluationError('bad', undefined, 'InvalidTemplateAttribute'),
      reason: 'InvalidTemplateAttribute: resources.r: bad',
    },
    { error: 'a text', reason: 'Exception: resources.r: a text' },
  ])('$reason', ({ error, reason }) => expect(resourceFailure(error, at, 1).reason).toBe(reason));

  test('within its parents it has the whole path, and the reason gives it back', () => {
    const failure = resourceFailure(new RejectedError('no: really', { reasonClass: 'BadRequest' }), at, 2)
      .within('n')
      .within('top');
    expect(failure.reason).toBe('BadRequest: resources.top.resources.n.resources.r: no: really');
    const again = failureOf({ ...at, name: 'top', statusReason: failure.reason });
    expect([again.path, again.errorClass, again.text]).toEqual([['top', 'n', 'r'], 'BadRequest', 'no: really']);
    expect(failureOf({ ...at, statusReason: 'CREATE aborted' })).toMatchObject({
      path: ['r'],
      errorClass: 'CancelledError',
      text: 'CREATE aborted',
    });
    expect(new ResourceFailure([], 'Exception', 'whole', 1, '', undefined).reason).toBe('Exception: whole');
  });

  test('a fault of the store is told apart, at any depth', () => {
    const full = new StoreError('full', { sqlite: 'SQLITE_FULL' });
    expect(isStoreFault(full)).toBe(true);
    expect(isStoreFault(new Error('outer', { cause: new Error('middle', { cause: full }) }))).toBe(true);
    expect(isStoreFault({ code: 'SQLITE_BUSY_SNAPSHOT' })).toBe(true);
    expect(isStoreFault(new StoreError('twice', { sqlite: 'SQLITE_CONSTRAINT_UNIQUE' }))).toBe(false);
    expect(isStoreFault(new StoreError('another key'))).toBe(false);
    expect(isStoreFault(undefined)).toBe(false);
  });
});

describe('record book', () => {
  test('a name means the newest record that is not on its way out, or the one that was settled', () => {
    const old = record('a', { replacedBy: 'x' });
    const fresh = record('a', { id: 'x' });
    const book = new RecordBook([old, fresh, record('b', { action: 'DELETE' })]);
    expect(book.current('a')).toBe(fresh);
    expect(book.current('b')?.action).toBe('DELETE');
    book.settle(old);
    expect(book.current('a')).toBe(old);
    expect([book.isCurrent(old), book.isCurrent(fresh)]).toEqual([true, false]);
    book.remove(old);
    expect(book.current('a')).toBe(fresh);
    expect(book.nextSeq()).toBe(seq + 1);
    book.put({ ...fresh, name: 'c' });
    expect([book.named('a'), book.current('c')?.id]).toEqual([[], 'x']);
  });
});

describe('order of removal', () => {
  const order = (records: ResourceRecord[]) =>
    removalOrder(records).map((after) => after.map((index) => records[index]?.id).sort());

  test('what needed others goes first, a replacement before what it replaced', () => {
    const a = record('a', { id: 'a' });
    const b = record('b', { id: 'b', requires: ['a', 'gone'] });
    const old = record('c', { id: 'old', requires: ['a'] });
    const fresh = record('c', { id: 'fresh', requires: ['b'], replaces: 'old' });
    expect(order([a, b, old, fresh])).toEqual([['b', 'old'], ['fresh'], ['fresh'], []]);
  });
});

describe('limiter and exclusive', () => {
  test('at most so many run at once, in the order in which they came', async () => {
    const limiter = new Limiter(2);
    const log: number[] = [];
    let running = 0;
    await Promise.all(
      [0, 1, 2, 3, 4].map((number) =>
        limiter
          .run(async () => {
            expect(++running).toBeLessThanOrEqual(2);
            log.push(number);
            await new Promise((resolve) => setImmediate(resolve));
            running--;
            if (number === 1) throw new Error('a failure gives its place back');
          })
          .catch(() => undefined),
      ),
    );
    expect(log).toEqual([0, 1, 2, 3, 4]);
  });

  test('work on one key never overlaps, a failure does not stop what follows', async () => {
    const exclusive = new Exclusive();
    const log: string[] = [];
    const work = (name: string) => async () => {
      log.push(`${name} begins`);
      await undefined;
      log.push(`${name} ends`);
      if (name === 'b') throw new Error('b failed');
    };
    const results = await Promise.allSettled(['a', 'b', 'c'].map((name) => exclusive.run('key', work(name))));
    expect(log).toEqual(['a begins', 'a ends', 'b begins', 'b ends', 'c begins', 'c ends']);
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
  });
});

describe('journal', () => {
  function storeOf(write: (set: WriteSet) => Promise<number>): Store {
    return { write } as Store;
  }

  test('entries of one turn are one write, of a record only the last state, and the feed follows', async () => {
    const sets: WriteSet[] = [];
    const feed = new Feed();
    const seen: number[] = [];
    feed.subscribe((items) => seen.push(...items.map(({ event }) => event.seq)));
    const journal = new Journal(
      storeOf(async (set) => {
        sets.push(set);
        return 7;
      }),
      feed,
    );
    const first = record('a');
    const event = (id: string) => ({ event: { id } as never, stack: { rootId: 'root' } as never });
    await Promise.all([
      journal.record({ resources: [first], events: [event('1')] }),
      journal.record({ resources: [{ ...first, statusReason: 'later' }, record('b')], events: [event('2')] }),
    ]);
    expect(sets).toHaveLength(1);
    expect(sets[0]?.resources?.map(({ statusReason }) => statusReason)).toEqual(['later', '']);
    expect(seen).toEqual([7, 8]);
  });

  test('what is removed in the same turn is not written again', async () => {
    const sets: WriteSet[] = [];
    const journal = new Journal(
      storeOf(async (set) => sets.push(set)),
      new Feed(),
    );
    const gone = record('a');
    await Promise.all([journal.record({ resources: [gone] }), journal.record({ removedResources: [gone.id] })]);
    expect([sets[0]?.resources, sets[0]?.removedResources]).toEqual([[], [gone.id]]);
  });

  test('an entry that cannot be written fails alone', async () => {
    const bad: JournalEntry = { removedSnapshots: ['bad'] };
    const journal = new Journal(
      storeOf(async (set) => {
        if (set.removedSnapshots?.includes('bad')) throw new Error('refused');
        return 1;
      }),
      new Feed(),
    );
    const results = await Promise.allSettled([journal.record({}), journal.record(bad), journal.record({})]);
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    await journal.flushed();
  });
});

describe('lookups', () => {
  const ask: Lookup = { kind: 'export', name: 'x' };

  test('an evaluation is repeated until it has its answers, each is fetched once', async () => {
    const cache = new LookupCache();
    let asked = 0;
    const source = async () => {
      asked++;
      return 'answer';
    };
    const run = () => [cache.take(ask), cache.take(ask)];
    expect(await evaluateWithLookups(run, cache, source)).toEqual(['answer', 'answer']);
    await evaluateWithLookups(run, cache, source);
    expect(asked).toBe(1);
  });

  test('an answer that is not there is null and does not ask for ever', async () => {
    const cache = new LookupCache();
    expect(
      await evaluateWithLookups(
        () => cache.take(ask),
        cache,
        async () => undefined as never,
      ),
    ).toBeNull();
  });

  test('what was asked of a resource is forgotten when that changes', () => {
    const cache = new LookupCache();
    const attribute: Lookup = { kind: 'attribute', resource: 'a', attribute: 'x', path: [] };
    cache.put(attribute, 1);
    cache.put(ask, 2);
    cache.forget('a');
    expect(() => cache.take(attribute)).toThrow('a value has to be looked up first');
    expect(cache.take(ask)).toBe(2);
  });
});

describe('secrets in answers', () => {
  test('texts that are or contain a secret are sealed, words and others are not', () => {
    const secrets = secretTexts({
      p: new Secret('open-sesame'),
      q: { deep: [new Secret({ word: 'abc', key: 'four' })] },
      r: 'plain-text',
    });
    expect([...secrets].sort()).toEqual(['four', 'open-sesame']);
    const answer = sealed(
      { a: 'open-sesame', b: ['x open-sesame y', 'four', 'a four'], c: 'abc', d: 5, e: null },
      secrets,
    );
    expect(JSON.parse(JSON.stringify(answer))).toEqual({
      a: '******',
      b: ['******', '******', 'a four'],
      c: 'abc',
      d: 5,
      e: null,
    });
    const plain = { a: 'x' };
    expect(sealed(plain, [])).toBe(plain);
  });
});
