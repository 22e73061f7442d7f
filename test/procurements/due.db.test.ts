import { afterEach, beforeEach, expect, it } from 'vitest';
import { dueFor, DUE_SHOWN } from '../../services/tender/due.ts';
import { fileGrievance } from '../../services/grievances/file.ts';
import { temporaryDatabase, type TestDatabase } from '../setup/database.ts';
import { played } from '../setup/tenders/played.ts';
import {
  advance,
  at,
  draftOf,
  handClock,
  launch,
  obtainDocuments,
  people,
  publishedTender,
  type People,
} from '../setup/tenders/tender.ts';

const clock = handClock('2026-03-01');
let db: TestDatabase;
let who: People;
beforeEach(async () => {
  clock.set('2026-02-01');
  db = await temporaryDatabase({ machineClock: clock.read });
  who = await people(db, 4);
});
afterEach(() => db.close());

const runner = () => ({ role: 'purchaser', organisationId: who.purchaser.id }) as const;
const supplier = (index: number) => ({ role: 'supplier', organisationId: String(who.suppliers[index]?.id) }) as const;
const supervisor = { role: 'supervisor', organisationId: 'a-bureau' } as const;
const keysOf = (rows: readonly { readonly key: string }[]): string[] => rows.map(({ key }) => key);

it('a purchaser is shown its own duties, later as overdue; nobody else’s', async () => {
  const { id } = await played(db, clock, who, 'tendering', 'publicity');
  clock.set('2026-04-26T10:00+08:00');
  await advance(db, id, 1);
  const due = await dueFor(db.read, runner(), clock.read());
  const [award] = due.mine;
  expect(award).toMatchObject({ procurementId: id, lotNo: 1, title: '工业园区尾水提升达标处理厂工程（二期）' });
  expect(keysOf(due.mine)).toContain('award');
  expect(due.overdue).toEqual([]);
  const stranger = { role: 'purchaser', organisationId: supplier(0).organisationId } as const;
  expect(await dueFor(db.read, stranger, clock.read())).toMatchObject({ overdue: [], mine: [], next: [] });

  const late = (due.mine.find(({ key }) => key === 'award')?.dueAt ?? 0) + 1;
  const then = await dueFor(db.read, runner(), late);
  expect([keysOf(then.overdue), keysOf(then.mine)]).toEqual([
    expect.arrayContaining(['award']),
    expect.not.arrayContaining(['award']),
  ]);
  // Who supervises sees what is late anywhere, and owes nothing.
  const watched = await dueFor(db.read, supervisor, late);
  expect([keysOf(watched.overdue), watched.mine]).toEqual([expect.arrayContaining(['award']), []]);
});

it('a supplier is shown what comes in tenders that it takes part in, and nothing of others', async () => {
  const { id } = await publishedTender(db, clock, who, 'tendering');
  clock.set('2026-03-31T10:00+08:00');
  await obtainDocuments(db, who, 0, id);
  const own = await dueFor(db.read, supplier(0), clock.read());
  expect(keysOf(own.next)).toContain('bid-deadline');
  expect(own.next.find(({ key }) => key === 'bid-deadline')?.dueAt).toBe(at('2026-04-20T09:00+08:00'));
  expect([own.mine, own.overdue, own.replies]).toEqual([[], [], []]);
  expect((await dueFor(db.read, supplier(1), clock.read())).next).toEqual([]);
});

it('a reply is owed by who runs the tender, and watched by who supervises it', async () => {
  const { id } = await publishedTender(db, clock, who, 'tendering');
  clock.set('2026-03-31T10:00+08:00');
  await obtainDocuments(db, who, 0, id);
  const { organisationId } = supplier(0);
  await db.transaction((tx) =>
    fileGrievance(tx, who.asSupplier(0), {
      ...{ procurementId: id, lotNo: 0, target: 'documents', organisationId, textZh: '要求过高。' },
    }),
  );
  const repliesFor = async (reader: Parameters<typeof dueFor>[1]) =>
    (await dueFor(db.read, reader, clock.read())).replies.map(({ kind, procurementId }) => [kind, procurementId]);
  expect(await repliesFor(runner())).toEqual([['objection', id]]);
  expect(await repliesFor(supervisor)).toEqual([['objection', id]]);
  expect(await repliesFor(supplier(0))).toEqual([]);
  expect(await repliesFor({ role: 'centre', organisationId: 'a-centre' })).toEqual([]);
});

it('before its notice a tender is shown to who runs and supervises it only, and never more than some', async () => {
  clock.set('2026-03-26');
  await launch(db, who.asPurchaser, draftOf('tendering', who.purchaser.id));
  const next = async (reader: Parameters<typeof dueFor>[1]) => (await dueFor(db.read, reader, clock.read())).next;
  expect((await next(runner())).length).toBeGreaterThan(0);
  expect((await next(supervisor)).length).toBeGreaterThan(0);
  expect((await next(supervisor)).length).toBeLessThanOrEqual(DUE_SHOWN);
  expect(await next({ role: 'centre', organisationId: 'a-centre' })).toEqual([]);
});
