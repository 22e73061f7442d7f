import { afterEach, describe, expect, it } from 'vitest';
import { openingsOf } from '../../db/openings.ts';
import { unsealingsOf } from '../../db/unsealings.ts';
import type { Custodian } from '../../domain/sealing.ts';
import { atWork, custodiansWithKeys, sealedBid } from '../setup/sealed.ts';
import { kindsOf, story } from '../setup/story.ts';
import { at } from '../setup/tender.ts';
import { skippedTime, type SkippedTime } from '../setup/time-skipping.ts';

const DEADLINE = '2026-04-20T09:00+08:00';

describe('the opening of sealed bids', () => {
  let time: SkippedTime;
  let identities: ReadonlyMap<Custodian, string>;
  afterEach(() => time.close());
  const begin = async (change: Parameters<typeof story>[2] = {}, suppliers = 3) => {
    time = await skippedTime(at('2026-03-26T10:00+08:00'));
    identities = await custodiansWithKeys(time.db);
    await time.unseal();
    const tender = await story(time, 'tendering', change, { suppliers });
    await tender.until('2026-03-31T09:00+08:00');
    return tender;
  };
  const all = (...custodians: Custodian[]) => Promise.all(custodians.map((each) => atWork(time, identities, each)));

  it('closes, collects the shares, unseals, publishes the record and lets the lot be evaluated, unattended (招标投标法34, 电子招标投标办法29–32)', async () => {
    const tender = await begin();
    await all('centre', 'purchaser', 'supervisor');
    for (const index of [0, 1, 2]) await sealedBid(time.db, tender.who, index, tender.id);
    await tender.until('2026-04-20T09:05+08:00');
    expect(await tender.procurement()).toMatchObject({ stage: 'evaluation' });
    const [record] = await openingsOf(time.db.read, tender.id);
    expect(record).toMatchObject({ opened: true, bidders: 3, legalAt: at(DEADLINE) });
    expect(record?.entries.map(({ supplier, unsealed }) => [supplier, unsealed?.state, unsealed?.priceFen])).toEqual([
      ['投标人1', 'opened', 1_500_000_000],
      ['投标人2', 'opened', 1_500_000_001],
      ['投标人3', 'opened', 1_500_000_002],
    ]);
    expect(kindsOf(await tender.notices())).toEqual(['tender', 'opening-record']);
    expect(await unsealingsOf(time.db.read, tender.id)).toHaveLength(3);
  });
});
