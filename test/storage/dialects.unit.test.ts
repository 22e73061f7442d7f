import BetterSqlite3 from 'better-sqlite3';
import { expect, it } from 'vitest';
import { chosen, missing, type Sent } from '../setup/dialects/compare.ts';
import { STORIES } from '../setup/dialects/lists.ts';
import { refusals } from '../setup/dialects/refusals.ts';
import { shapeOf } from '../setup/dialects/shape.ts';

const A = 'test/bids/a.db.test.ts';
const B = 'test/bids/b.db.test.ts';
const [STORY = ''] = STORIES;

const sent = (file: string, name: string | null, statements: string[], ms = 10, withoutUs = false): Sent => ({
  ...{ file, name, statements, ms, withoutUs },
});

it('each statement is sent to PostgreSQL by the cheapest test of those that send it', () => {
  const all = [
    sent(A, 'one', ['select 1']),
    sent(A, 'two', ['select 1', 'select 2'], 20),
    sent(A, 'dear', ['select 1', 'select 2', 'select 3'], 10_000),
    sent(B, 'cheap', ['select 3']),
    sent(B, 'nothing new', ['select 1']),
  ];
  const list = chosen(all, {});
  expect(list).toEqual({ [A]: ['two'], [B]: ['cheap'] });
  expect(missing(all, list)).toEqual([]);
});

it('what was chosen stays chosen while it sends something that nothing else chosen does', () => {
  const all = [sent(A, 'one', ['select 1'], 500), sent(B, 'cheaper', ['select 1'])];
  expect(chosen(all, { [A]: ['one'] })).toEqual({ [A]: ['one'] });
  expect(chosen(all, { [A]: ['gone'] })).toEqual({ [B]: ['cheaper'] });
});

it('a test that has the database in its hands is chosen, whatever it sends; of a story all tests are', () => {
  const all = [
    sent(A, 'by itself', [], 10, true),
    sent(STORY, 'first', ['select 1']),
    sent(STORY, 'then', ['select 2']),
    sent(B, 'first half', ['select 1'], 10_000),
  ];
  expect(chosen(all, {})).toEqual({ [A]: ['by itself'], [STORY]: ['first', 'then'] });
});

it('what only hooks send is sent by any test of their file', () => {
  const all = [sent(A, null, ['select 0']), sent(A, 'dear', [], 10_000), sent(A, 'cheap', [])];
  expect(chosen(all, {})).toEqual({ [A]: ['cheap'] });
  expect(chosen([...all, sent(A, null, [], 0, true)], {})).toEqual({ [A]: ['cheap', 'dear'] });
});

it('a statement that no chosen test sends is reported with its test; hooks run with any test of their file', () => {
  const all = [
    sent(A, null, ['select 0']),
    sent(A, 'one', ['select 1']),
    sent(B, 'two', ['select 0', 'select 2']),
    sent(B, 'three', [], 10, true),
    sent('test/storage/whole.db.test.ts', 'four', ['select 4']),
    sent(B, 'five', ['select 4']),
  ];
  expect(missing(all, { [A]: ['one'] })).toEqual([
    `${B} > two: select 2`,
    `${B} > three: asks the database without us`,
  ]);
});

it('a statement that a constraint refuses is reported with its code; an accepted one is not', () => {
  const refused: unknown[] = [];
  const onRefused = (message: unknown): void => void refused.push(message);
  refusals.subscribe(onRefused);
  const db = new BetterSqlite3(':memory:');
  try {
    db.exec('CREATE TABLE t (id INTEGER PRIMARY KEY CHECK (id > 0))');
    const insert = db.prepare('INSERT INTO t VALUES (?)');
    insert.run(1);
    expect(refused).toEqual([]);
    for (const id of [1, -1]) expect(() => insert.run(id)).toThrow(/constraint/);
    expect(() => db.prepare('SELECT ?').get()).toThrow(RangeError);
  } finally {
    db.close();
    refusals.unsubscribe(onRefused);
  }
  expect(refused).toEqual([
    { text: 'INSERT INTO t VALUES (?)', code: 'SQLITE_CONSTRAINT_PRIMARYKEY' },
    { text: 'INSERT INTO t VALUES (?)', code: 'SQLITE_CONSTRAINT_CHECK' },
  ]);
});

it.each([
  ['values', 'select a from t where a in (?)', 'select a from t where a in (?, ?, ?)'],
  ['rows', 'insert into t (a, b) values (?, ?)', 'insert into t (a, b) values (?, ?), (?, ?), (?, ?)'],
  [
    'alternatives',
    'delete from t where (a = ? and b = ?)',
    'delete from t where ((a = ? and b = ?) or (a = ? and b = ?) or (a = ? and b = ?))',
  ],
  [
    'alternatives with lists',
    'select a from t where (a = ? and b in (?))',
    'select a from t where ((a = ? and b in (?, ?)) or (a = ? and b in (?)))',
  ],
  ['pages', 'select a from t limit 10 offset 20', 'select  a from t limit 200 offset 0'],
])('however many %s: the same statement', (_, one, many) => {
  expect(shapeOf(many)).toBe(shapeOf(one));
});

it('other alternatives are another statement', () => {
  const other = 'delete from t where ((a = ? and b = ?) or (a = ? and c = ?))';
  expect(shapeOf(other)).toBe(other);
});
