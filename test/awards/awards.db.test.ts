import { afterEach, beforeEach, expect, it } from 'vitest';
import type { Bid } from '../../db/bids.ts';
import { listNotices } from '../../db/notices.ts';
import type { DecisionPayloads } from '../../domain/decisions.ts';
import { temporaryDatabase, type TestDatabase } from '../setup/database.ts';
import { played } from '../setup/tenders/played.ts';
import { decide, handClock, people, refusalOf, setFigures, type People } from '../setup/tenders/tender.ts';

const clock = handClock('2026-01-01');
let db: TestDatabase;
let who: People;

beforeEach(async () => {
  clock.set('2026-01-01');
  db = await temporaryDatabase({ machineClock: clock.read });
  who = await people(db);
  await setFigures(db);
});
afterEach(() => db.close());

it.each([
  ['tendering', 'works-award-rank1', '招标投标法实施条例', '55'],
  ['government', 'gp-award-silent-default', '财政部令87号', '68'],
] as const)(
  '%s: candidates are chosen one after the other, each that is passed over on a ground of its own (条例55: 依次)',
  async (regime, rule, law, article) => {
    const { id, bids } = await played(db, clock, who, regime, 'award');
    const award = (rank: number, change: Partial<DecisionPayloads['award']> = {}) =>
      decide(db, who.asPurchaser, {
        ...{ procurementId: id, lotNo: 1, kind: 'award' },
        payload: { bidId: bidOf(rank), ground: null, reasonZh: null, ...change },
      });
    const bidOf = (rank: number): string => (bids[rank - 1] as Bid).id;
    const declined = { ground: 'declined', reasonZh: '书面放弃' } as const;
    const refusals: [number, Partial<DecisionPayloads['award']>, string][] = [
      [2, {}, 'ground'],
      [2, { ground: 'declined' }, 'reasonZh'],
      [2, { ground: 'declined', reasonZh: ' ' }, 'reasonZh'],
      [3, { ground: 'declined' }, 'reasonZh'],
      [3, declined, 'passedOver'],
      [3, { passedOver: [{ bidId: bidOf(2), ...declined }] }, 'ground'],
      [3, { ...declined, passedOver: [{ bidId: bidOf(2), ...declined, reasonZh: '\u3000' }] }, 'passedOver.0.reasonZh'],
    ];
    for (const [rank, change, field] of refusals) {
      const wanted = { code: 'unlawful', details: { field, rule, law, article } };
      expect(await refusalOf(award(rank, change)), JSON.stringify([rank, change])).toMatchObject(wanted);
    }
    for (const [rank, ...others] of [
      [1, 2],
      [2, 1],
      [3, 3],
      [3, 2, 2],
    ] as const) {
      const passedOver = others.map((each) => ({ bidId: bidOf(each), ...declined }));
      expect((await refusalOf(award(rank, { ...declined, passedOver }))).code, JSON.stringify([rank, others])).toBe(
        'bad-input',
      );
    }
    const second = { bidId: bidOf(2), ground: 'no-performance-bond', reasonZh: '逾期未提交履约保证金' } as const;
    await award(3, { ...declined, passedOver: [second] });
    const [notice] = await listNotices(db.read, { procurementId: id, kind: 'award', limit: 1 });
    expect(notice).toMatchObject({ content: { winner: '投标人3', reasonZh: '书面放弃；逾期未提交履约保证金' } });
  },
);
