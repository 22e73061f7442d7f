import { describe, expect, it } from 'vitest';
import { checkMoney } from '../../domain/law/check-money.ts';
import type { ProcurementFacts } from '../../domain/law/facts.ts';
import { parseInstant } from '../../domain/civil-time.ts';

const YUAN = 100;
const facts = (change: Partial<ProcurementFacts>): ProcurementFacts => ({
  regime: 'tendering',
  procedure: 'open-tender',
  kind: 'works',
  noticeAt: parseInstant('2026-03-27T09:00:00+08:00'),
  ...change,
});
const lots = (...bonds: [budget: number, bond: number][]) =>
  bonds.map(([budget, bond], index) => ({ no: index + 1, budgetFen: budget * YUAN, bidBondFen: bond * YUAN }));
const found = (given: ProcurementFacts, confirmed?: ReadonlySet<string>) =>
  checkMoney(given, confirmed).map(({ rule, severity, field }) => `${severity} ${rule} ${field}`);

describe('how much a deposit may be', () => {
  it('works: two per cent, eighty myriad at most (条例 26, 30号令 37)', () => {
    expect(found(facts({ lots: lots([10_000_000, 200_000]) }))).toEqual([]);
    expect(found(facts({ lots: lots([10_000_000, 200_001]) }))).toEqual([
      'block works-bid-bond-pct lots[0].bidBondFen',
    ]);
    expect(found(facts({ lots: lots([100_000_000, 800_000]) }))).toEqual([]);
    expect(found(facts({ lots: lots([100_000_000, 800_001]) }))).toEqual([
      'block works-bid-bond-cap-construction lots[0].bidBondFen',
    ]);
  });

  it('goods in works: eighty myriad at most (27号令 27)', () => {
    const goods = (bond: number) => facts({ kind: 'goods', lots: lots([100_000_000, bond]) });
    expect(found(goods(800_000))).toEqual([]);
    expect(found(goods(800_001))).toEqual(['block goods27-bond-cap lots[0].bidBondFen']);
  });

  it('27号令 27 had not been read when rulebook 2026.3 was in use: it warns a tender of then, unless it is confirmed', () => {
    const then = facts({ kind: 'goods', lots: lots([100_000_000, 800_001]), rulebookVersion: '2026.3' });
    expect(found(then)).toEqual(['warn goods27-bond-cap lots[0].bidBondFen']);
    expect(found(then, new Set(['goods27-bond-cap']))).toEqual(['block goods27-bond-cap lots[0].bidBondFen']);
  });

  it('surveys and designs (2号令 24): a warning, since other services have no such cap', () => {
    const services = facts({ kind: 'services', lots: lots([10_000_000, 100_001]) });
    expect(found(services)).toEqual(['warn design2-bond-cap lots[0].bidBondFen']);
    expect(found(facts({ kind: 'services', lots: lots([10_000_000, 100_000]) }))).toEqual([]);
  });

  it('above both at once: one range for both, and each names the other', () => {
    // Two per cent of 60,000,000 yuan are 1,200,000 (条例 26); the cap of 800,000 (30号令 37) is what is left.
    const both = checkMoney(facts({ lots: lots([60_000_000, 1_300_000]) }), undefined);
    expect(both.map(({ rule, limit }) => [rule, limit])).toEqual([
      ['works-bid-bond-pct', 800_000 * YUAN],
      ['works-bid-bond-cap-construction', 800_000 * YUAN],
    ]);
    for (const { messageZh, messageEn } of both) {
      expect(messageZh).toMatch(/合并计算，不超过 800000(\.00)? 元（招标投标法实施条例.*26.*30号令.*37/);
      expect(messageEn).toContain('taken together at most');
    }
    expect(both[0]?.messageZh).toContain('1200000');
    // Where two per cent are less, they are what is left: 20,000 of 1,000,000, asked 900,000.
    const small = checkMoney(facts({ lots: lots([1_000_000, 900_000]) }), undefined);
    expect(small.map(({ limit }) => limit)).toEqual([20_000 * YUAN, 20_000 * YUAN]);
    // Whoever follows any of the hints has a lawful amount.
    expect(found(facts({ lots: lots([60_000_000, 800_000]) }))).toEqual([]);
  });

  it('government: two per cent of the budget, and no cap (政府采购法实施条例 33)', () => {
    const government = (bond: number) =>
      found(facts({ regime: 'government', kind: 'goods', lots: lots([100_000_000, bond]) }));
    expect(government(2_000_000)).toEqual([]);
    expect(government(2_000_001)).toEqual(['block gp-bid-bond-pct lots[0].bidBondFen']);
  });

  it('all lots together: two per cent of the project, and a warning where they pass the cap', () => {
    const two = lots([10_000_000, 200_000], [10_000_000, 200_000]);
    expect(found(facts({ budgetFen: 20_000_000 * YUAN, lots: two }))).toEqual([]);
    expect(found(facts({ budgetFen: 19_999_999 * YUAN, lots: two }))).toEqual([
      'block works-bid-bond-pct lots',
      'block amount lots',
    ]);
    const large = lots([50_000_000, 800_000], [50_000_000, 800_000]);
    expect(found(facts({ budgetFen: 100_000_000 * YUAN, lots: large }))).toEqual([
      'warn works-bid-bond-cap-construction lots',
    ]);
  });
});

describe('in which forms (保障中小企业款项支付条例 13)', () => {
  const asked = lots([10_000_000, 200_000]);

  it('not money alone: guarantees are taken', () => {
    expect(found(facts({ lots: asked, depositForms: ['transfer'] }))).toEqual(['block bond-kinds-four depositForms']);
    expect(found(facts({ lots: asked, depositForms: ['transfer', 'guarantee'] }))).toEqual([]);
    expect(found(facts({ lots: asked }))).toEqual([]);
  });

  it('government: not money alone either (政府采购法实施条例 33); a tender of rulebook 2026.3 is not held to it', () => {
    const government = (change: Partial<ProcurementFacts>) =>
      found(facts({ regime: 'government', kind: 'goods', lots: lots([1_000_000, 20_000]), ...change }));
    expect(government({ depositForms: ['transfer'] })).toEqual(['block gp-bond-noncash depositForms']);
    expect(government({ depositForms: ['transfer', 'guarantee'] })).toEqual([]);
    expect(government({ depositForms: ['transfer'], rulebookVersion: '2026.3' })).toEqual([]);
  });

  it('where no deposit is asked for, or before it was in force, it says nothing', () => {
    const none = [{ no: 1, budgetFen: 100 }];
    expect(found(facts({ lots: none, depositForms: ['transfer'] }))).toEqual([]);
    const earlier = parseInstant('2025-05-30T09:00:00+08:00');
    expect(found(facts({ lots: asked, depositForms: ['transfer'], noticeAt: earlier }))).toEqual([]);
  });
});
