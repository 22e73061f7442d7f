import { afterEach, beforeEach, expect, it } from 'vitest';
import { auditAfter } from '../../db/audit.ts';
import { listNotices } from '../../db/notices.ts';
import { openingsOf } from '../../db/openings/openings.ts';
import { procedureOf } from '../../domain/procedures/index.ts';
import type { Attendee } from '../../domain/openings/attendance.ts';
import { recordAttendance } from '../../services/openings/attend.ts';
import { recordHash, signRecord } from '../../services/openings/sign.ts';
import { documentOf } from '../../web/notices/templates.ts';
import { temporaryDatabase, type TestDatabase } from '../setup/database.ts';
import { advance, bid, handClock, people, publishedTender, refusalOf, type People } from '../setup/tenders/tender.ts';

const clock = handClock('2026-01-01');
let db: TestDatabase;
let who: People;
beforeEach(async () => {
  clock.set('2026-01-01');
  db = await temporaryDatabase({ machineClock: clock.read });
  who = await people(db, 3);
});
afterEach(() => db.close());

it('who did not come is taken to accept the opening (财政部令87号 42(3)); those who did sign its record (42(1))', async () => {
  const tender = await publishedTender(db, clock, who, 'government');
  expect(procedureOf(tender).rules).toMatchObject({
    openingRecord: 'gp-opening-record',
    absentAtOpening: 'gp-opening-absent-accept',
  });
  expect(procedureOf({ regime: 'tendering', procedure: 'open-tender' }).rules.openingRecord).toBe('e-opening-record');
  clock.set('2026-03-18T10:00+08:00');
  for (const index of [0, 1, 2]) await bid(db, who, index, tender.id);
  const centre = { ...who.asPurchaser, role: 'centre' as const };
  const came = [0, 1].map((index): Attendee => ({
    ...{ capacity: 'bidder', name: `代表${index}`, organisation: null },
    organisationId: String(who.suppliers[index]?.id),
  }));
  const attend = () => db.transaction((tx) => recordAttendance(tx, centre, tender.id, came));
  expect(await refusalOf(attend())).toMatchObject({
    code: 'stage-conflict',
    details: { law: '财政部令87号', article: '42(1)' },
  });
  clock.set('2026-04-08T09:30+08:00');
  await advance(db, tender.id);
  // Sent twice it is recorded once.
  expect((await attend()).version).toBe(1);
  expect((await attend()).version).toBe(1);
  const [record] = await openingsOf(db.read, tender.id);
  if (!record) throw new Error('there is no record');
  const signing = { procurementId: tender.id, lotNo: 1, hash: recordHash(record), asBidder: true };
  await db.transaction((tx) =>
    signRecord(tx, who.asSupplier(0), { ...signing, organisationId: String(who.suppliers[0]?.id) }),
  );
  const records = await listNotices(db.read, { procurementId: tender.id, kind: 'opening-record', limit: 9 });
  expect(records.map(({ content }) => [content.absent, (content.signatures as object[] | undefined)?.length])).toEqual([
    [['投标人3'], 1],
    [['投标人3'], undefined],
    [undefined, undefined],
  ]);
  const [last] = records;
  const shown = JSON.stringify(last && documentOf(last));
  expect(shown).toContain('投标人3。未参加开标的，视同认可开标结果。');
  for (const told of ['KB-2026-001', '县公共资源交易中心一号开标室', '一标段', '3,830,000.00', '代表0', '签字']) {
    expect(shown).toContain(told);
  }
  expect((await auditAfter(db.read, 0, 999)).map(({ action }) => action)).toContain('opening.attend');
});
