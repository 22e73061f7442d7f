import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { auditAfter } from '../../db/audit.ts';
import { drawById } from '../../db/committees/draws.ts';
import type { Procurement } from '../../db/procurements.ts';
import { verifyDraw } from '../../proofs/draw-record.ts';
import { drawnCommittee, reading } from '../../services/committees/members.ts';
import { drawRecord } from '../../services/committees/record.ts';
import { replaceMember } from '../../services/committees/replace.ts';
import {
  answer,
  CENTRE,
  confirmAll,
  drawn,
  expertGiven,
  opened,
  poolOf,
  representative,
  requestOf,
} from '../setup/tenders/committees.ts';
import { temporaryDatabase, type TestDatabase } from '../setup/database.ts';
import { everyRow } from '../setup/tenders/lived-in.ts';
import {
  advance,
  at,
  bid,
  blockingOf,
  decide,
  handClock,
  people,
  publishedTender,
  refusalOf,
  reportOn,
  type People,
} from '../setup/tenders/tender.ts';

const EVALUATION = at('2026-04-20T14:00+08:00');
const ENDED = at('2026-04-20T17:00+08:00');

let db: TestDatabase;
let clock: ReturnType<typeof handClock>;
let who: People;
let tender: Procurement;
let representatives: string[];

beforeEach(async () => {
  clock = handClock('2026-03-01T09:00+08:00');
  db = await temporaryDatabase({ machineClock: clock.read });
  who = await people(db, 3);
  tender = await publishedTender(db, clock, who, 'tendering');
  representatives = [await representative(db, who)];
  clock.set('2026-04-17T09:00+08:00');
});
afterEach(() => db.close());

const place = () => ({ procurementId: tender.id, lotNo: 1 });
const poolOfSo = (many: number) =>
  poolOf(
    db,
    who.purchaser.id,
    Array.from({ length: many }, (_, n) => expertGiven(n + 1)),
  );

describe('a committee that is not complete', () => {
  it('and has nobody left to call gives way to another, which is drawn (财政部令87号 49, 财库〔2016〕198号 17)', async () => {
    const request = requestOf(await poolOfSo(4), representatives, EVALUATION);
    const draw = await drawn(db, who, tender, request);
    await answer(db, { drawId: draw.id, no: 1 }, 'decline');
    for (const no of [2, 3]) await answer(db, { drawId: draw.id, no }, 'confirm');
    const again = () => opened(db, who, tender, request);
    // Somebody may still confirm.
    expect((await refusalOf(again())).code).toBe('stage-conflict');
    expect((await drawById(db.read, draw.id)).state).toBe('calling');
    await answer(db, { drawId: draw.id, no: 4 }, 'confirm');
    expect((await again()).round).toBe(2);
    const first = await drawById(db.read, draw.id);
    expect([first.state, first.endedAt]).toEqual(['void', clock.read()]);
    const ended = (await auditAfter(db.read, 0, 10_000)).find(({ action }) => action === 'draw.void');
    expect(ended).toMatchObject({ actor: { role: 'purchaser' }, detail: { called: 4, free: 1 } });
    expect(await drawnCommittee(reading(db), place())).toBeNull();
    // It can still be repeated, and names nobody, also after the award.
    const record = await drawRecord(db, first, true);
    expect(record && (await verifyDraw(record, null))).toMatchObject({ faults: [], opened: false });
  });

  it('in works reports when those who were replaced are followed by others, also where five of seven remain (条例 48)', async () => {
    const draw = await drawn(
      db,
      who,
      tender,
      requestOf(await poolOfSo(10), representatives, EVALUATION, {
        groups: [{ field: 'A08', seats: 6 }],
        answerMinutes: 1440,
      }),
    );
    await confirmAll(db, draw);
    for (const index of [0, 1, 2]) await bid(db, who, index, tender.id);
    clock.set('2026-04-20T09:00+08:00');
    await advance(db, tender.id);
    for (const no of [1, 2])
      await db.transaction((tx) =>
        replaceMember(tx, CENTRE, { drawId: draw.id, no }, { departure: 'health', reasonZh: '突发疾病' }),
      );
    expect(await drawnCommittee(reading(db), place())).toHaveLength(5);
    const rows = (await everyRow(db.read)).bids as { id: string; state: string }[];
    const bids = rows.filter(({ state }) => state === 'standing') as never[];
    clock.set('2026-04-20T17:30+08:00');
    const report = () =>
      decide(db, who.asPurchaser, {
        ...place(),
        kind: 'report',
        payload: reportOn(bids, ENDED, { committee: [] }),
      });
    const { code, details } = await refusalOf(report());
    expect([code, blockingOf(details)]).toEqual([
      'unlawful',
      [['works-replaced-member-void', '招标投标法实施条例', '48', 'committee']],
    ]);
    await confirmAll(db, draw);
    expect((await report()).payload.committee).toEqual([]);
  });
});
