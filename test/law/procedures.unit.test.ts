import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  faultsOf,
  inForceOn,
  nearestCodes,
  nothingSetUp,
  thresholdOn,
  yuan,
  type CatalogueEntry,
  type CatalogueView,
  type ProcurementThreshold,
} from '../../domain/law/catalogue.ts';
import { PROCEDURES, type Kind, type Procedure } from '../../domain/law/facts.ts';
import { checkMethod } from '../../domain/procedures/choice/check-method.ts';
import type { MethodFacts } from '../../domain/procedures/choice/open-duty.ts';
import { lawfulProcedures } from '../../domain/procedures/choice/lawful.ts';
import { getRule } from '../../domain/law/rulebook.ts';
import { checkSplitting, type Sibling, type SplitFacts } from '../../domain/procedures/choice/splitting.ts';

const WAN = 10_000_00;
const DAY = '2026-03-17';
const nothing = nothingSetUp(DAY);

// No figure of a province was found. These are made up for the test, and are round so that nobody takes them for real.
const MADE_UP_OPEN = 777 * WAN;
const MADE_UP_LIMIT = 77 * WAN;
const SOURCE = '测试虚构〔0000〕0号';

const item = (change: Partial<CatalogueEntry> = {}): CatalogueEntry => ({
  regime: 'government',
  code: 'T01',
  nameZh: '测试品目',
  kind: 'goods',
  level: 'district',
  mustTradeOnPlatform: true,
  centralised: false,
  from: '2026-01-01',
  until: null,
  source: SOURCE,
  ...change,
});

const figures = (change: Partial<ProcurementThreshold> = {}): ProcurementThreshold => ({
  kind: 'goods',
  level: null,
  openFen: MADE_UP_OPEN,
  limitFen: MADE_UP_LIMIT,
  from: '2026-01-01',
  until: null,
  source: SOURCE,
  ...change,
});

const configured = (change: Partial<CatalogueView> = {}): CatalogueView => ({
  day: DAY,
  setUp: true,
  entry: item(),
  threshold: figures(),
  instead: null,
  ...change,
});

const verdictOf = (facts: MethodFacts, procedure: Procedure, view: CatalogueView = nothing) => {
  const found = lawfulProcedures(facts, view).procedures.find((each) => each.procedure === procedure);
  if (!found) throw new Error(procedure);
  return found;
};

const works = (kind: Kind, amountFen: number, more: Partial<MethodFacts> = {}): MethodFacts => ({
  regime: 'tendering',
  kind,
  amountFen,
  ...more,
});
const government = (amountFen: number, more: Partial<MethodFacts> = {}): MethodFacts => ({
  regime: 'government',
  kind: 'goods',
  amountFen,
  ...more,
});

describe('must be tendered: 16号令 5(1), 400, 200 and 100 万元, the figure itself included', () => {
  test.each<[Kind, number, 'yes' | 'no', string]>([
    ['works', 400 * WAN - 1, 'no', 'works-mandatory-construction'],
    ['works', 400 * WAN, 'yes', 'works-mandatory-construction'],
    ['works', 400 * WAN + 1, 'yes', 'works-mandatory-construction'],
    ['goods', 200 * WAN - 1, 'no', 'works-mandatory-goods'],
    ['goods', 200 * WAN, 'yes', 'works-mandatory-goods'],
    ['goods', 200 * WAN + 1, 'yes', 'works-mandatory-goods'],
    ['services', 100 * WAN - 1, 'no', 'works-mandatory-services'],
    ['services', 100 * WAN, 'yes', 'works-mandatory-services'],
    ['services', 100 * WAN + 1, 'yes', 'works-mandatory-services'],
  ])('%s of %d fen: %s', (kind, amountFen, verdict, rule) => {
    const { openDuty } = lawfulProcedures(works(kind, amountFen), nothing);
    expect([openDuty.verdict, openDuty.rules[0]]).toEqual([verdict, rule]);
    expect(getRule(rule)).toMatchObject({ law: '16号令', article: expect.stringMatching(/^5\(1\)/) as string });
    // What must be tendered is tendered openly, or by invitation in two cases (条例 8), or not at all in five (条例 9).
    const facts = works(kind, amountFen);
    const must = verdict === 'yes';
    expect(verdictOf(facts, 'open-tender').verdict).toBe('lawful');
    expect(verdictOf(facts, 'invited-tender')).toMatchObject(
      must ? { verdict: 'needs-ground', grounds: ['works-must-be-open'] } : { verdict: 'lawful', grounds: [] },
    );
    expect(verdictOf(facts, 'single-source')).toMatchObject(
      must ? { verdict: 'needs-ground', grounds: ['works-no-tender-grounds'] } : { verdict: 'lawful' },
    );
    // 招标投标法 10 knows two kinds of tender; a framework is for goods and services of government procurement.
    for (const procedure of ['framework', 'listing', 'auction'] as const) {
      expect(verdictOf(facts, procedure)).toMatchObject({ verdict: 'unlawful', rules: ['works-tender-kinds'] });
    }
  });

  test('what can be procured together counts together (16号令 5(2))', () => {
    const apart = works('works', 450 * WAN, { contractsFen: [225 * WAN, 225 * WAN] });
    expect(lawfulProcedures(apart, nothing).openDuty).toMatchObject({
      verdict: 'yes',
      rules: ['works-mandatory-aggregation'],
    });
    expect(getRule('works-mandatory-aggregation')).toMatchObject({ law: '16号令', article: '5(2)' });
  });

  test.each<[string, number, number, 'yes' | 'unknown']>([
    // 16号令 2(一): 200 万元以上 and 10% 以上, both.
    ['both at the figure', 200 * WAN, 2000 * WAN, 'yes'],
    ['a fen short of 200 万元', 200 * WAN - 1, 500 * WAN, 'unknown'],
    ['a fen of investment too much for 10 %', 200 * WAN, 2000 * WAN + 1, 'unknown'],
  ])('fiscal funds, %s', (_what, fiscalFundsFen, investmentFen, verdict) => {
    const { openDuty } = lawfulProcedures(works('works', 400 * WAN, { fiscalFundsFen, investmentFen }), nothing);
    expect(openDuty.verdict).toBe(verdict);
    expect(openDuty.rules).toEqual([
      'works-mandatory-construction',
      'works-state-fund-amount',
      'works-state-fund-share',
    ]);
  });
});

describe('government procurement without the figures of the province', () => {
  test('an open tender is lawful at any amount (政府采购法 26); what hangs on the figure is not known', () => {
    for (const amountFen of [1, 5000 * WAN]) {
      expect(verdictOf(government(amountFen), 'open-tender')).toMatchObject({
        verdict: 'lawful',
        rules: ['gp-procedures'],
      });
      for (const procedure of ['invited-tender', 'negotiation', 'consultation', 'inquiry', 'single-source'] as const) {
        const found = verdictOf(government(amountFen), procedure);
        expect(found).toMatchObject({
          verdict: 'unknown',
          rules: ['gp-open-threshold-provincial', 'hubei-gp-thresholds'],
        });
        expect(found.reasonZh).toContain('未配置');
        expect(found.reasonEn).toContain('not configured');
      }
    }
    expect(getRule('gp-open-threshold-provincial').amount).toBeUndefined();
    expect(getRule('hubei-gp-thresholds').amount).toBeUndefined();
  });

  test('what asks for the figure is refused, with the reason and what to configure', () => {
    const open = { ...government(100 * WAN), procedure: 'open-tender' } as const;
    expect(checkMethod(open, nothing)).toEqual([]);
    const below = checkMethod({ ...open, mandatory: false }, nothing);
    expect(below).toMatchObject([
      { rule: 'gp-open-threshold-provincial', article: '27', severity: 'block', field: 'mandatory' },
      { rule: 'hubei-gp-thresholds', status: 'RECALLED', severity: 'warn', field: 'mandatory' },
    ]);
    expect(below[0]?.messageZh).toContain('kaibiao catalogue import');
    const inquiry = checkMethod({ ...open, procedure: 'inquiry' }, nothing);
    expect(inquiry).toMatchObject([
      { rule: 'gp-open-threshold-provincial', severity: 'block', field: 'procedure', lawfulChoices: ['open-tender'] },
      { rule: 'hubei-gp-thresholds', severity: 'warn' },
    ]);
    expect(inquiry[0]?.messageZh).toMatch(/^采购方式“询价”：.*；可直接采用：公开招标/);
    expect(checkMethod({ ...open, procedure: 'inquiry' }, nothing, new Set(['hubei-gp-thresholds']))[1]?.severity).toBe(
      'block',
    );
  });
});

describe('government procurement with figures made up for the test', () => {
  test.each<[number, Partial<CatalogueEntry>, 'yes' | 'no', string, string[], string | null]>([
    [MADE_UP_OPEN + 1, {}, 'yes', 'needs-ground', ['neg-grounds'], 'gp-method-change-approval'],
    [MADE_UP_OPEN, {}, 'yes', 'needs-ground', ['neg-grounds'], 'gp-method-change-approval'],
    [MADE_UP_OPEN - 1, {}, 'no', 'needs-ground', ['neg-grounds'], null],
    [MADE_UP_LIMIT, {}, 'no', 'needs-ground', ['neg-grounds'], null],
    // Below the limit and outside the catalogue 政府采购法 2 does not apply; inside the catalogue it does.
    [MADE_UP_LIMIT - 1, {}, 'no', 'lawful', [], null],
    [MADE_UP_LIMIT - 1, { centralised: true }, 'no', 'needs-ground', ['neg-grounds'], null],
  ])('a negotiation of %d fen, %j', (amountFen, entry, duty, verdict, grounds, approval) => {
    const view = configured({ entry: item(entry) });
    expect(lawfulProcedures(government(amountFen), view).openDuty.verdict).toBe(duty);
    expect(verdictOf(government(amountFen), 'negotiation', view)).toMatchObject({ verdict, grounds, approval });
    expect(verdictOf(government(amountFen), 'open-tender', view).verdict).toBe('lawful');
  });

  test('the cases of each procedure are named by their article', () => {
    const cases = (procedure: Procedure) => {
      const [id] = verdictOf(government(MADE_UP_OPEN - 1), procedure, configured()).grounds;
      const rule = getRule(String(id));
      return [id, rule.law, rule.article, rule.status];
    };
    expect(cases('invited-tender')).toEqual(['gp-invited-grounds', '政府采购法', '29', 'VERIFIED']);
    expect(cases('negotiation')).toEqual(['neg-grounds', '政府采购法', '30', 'VERIFIED']);
    expect(cases('single-source')).toEqual(['ss-grounds', '政府采购法', '31', 'VERIFIED']);
    expect(cases('inquiry')).toEqual(['inq-grounds', '政府采购法', '32', 'VERIFIED']);
    expect(cases('framework')).toEqual(['fa-grounds', '财政部令110号', '3', 'VERIFIED']);
    expect(cases('consultation')).toEqual(['cons-eligible', '财库〔2014〕214号', '3', 'VERIFIED']);
  });

  test('an inquiry is for goods only (政府采购法 32, 财政部令74号 3)', () => {
    expect(verdictOf(government(1, { kind: 'services' }), 'inquiry', configured())).toMatchObject({
      verdict: 'unlawful',
      rules: ['inq-grounds', 'neg-ss-inq-scope'],
    });
  });

  test('works: a tender goes by 招标投标法 (条例 7); what is not tendered by negotiation or single source (条例 25)', () => {
    const facts = (amountFen: number) => government(amountFen, { kind: 'works' });
    expect(verdictOf(facts(400 * WAN), 'open-tender')).toMatchObject({
      verdict: 'unlawful',
      rules: ['gp-vs-tender-law-split'],
    });
    expect(verdictOf(facts(400 * WAN - 1), 'negotiation')).toMatchObject({
      verdict: 'lawful',
      rules: ['gp-works-untendered'],
    });
    expect(verdictOf(facts(400 * WAN), 'negotiation').grounds).toEqual(['works-no-tender-grounds']);
    expect(verdictOf(facts(1), 'inquiry').verdict).toBe('unlawful');
    expect(verdictOf(facts(1), 'consultation').grounds).toEqual(['cons-eligible']);
  });

  test('without a limit, or without an item, what lies below the open threshold is not known', () => {
    const open = government(MADE_UP_LIMIT - 1);
    for (const view of [configured({ threshold: figures({ limitFen: null }) }), configured({ entry: null })]) {
      expect(verdictOf(open, 'negotiation', view)).toMatchObject({
        verdict: 'unknown',
        rules: ['gp-catalogue-provincial', 'gp-scope'],
      });
    }
  });

  test('no such procedure in government procurement (政府采购法 26)', () => {
    expect(verdictOf(government(1), 'auction', configured())).toMatchObject({
      verdict: 'unlawful',
      rules: ['gp-procedures'],
    });
  });
});

describe('what a draft says', () => {
  const draft = { ...works('works', 400 * WAN), procedure: 'open-tender' } as const;

  test('mandatory: false at the figure of 16号令 5 is refused; below it is lawful; with other funds it is told', () => {
    expect(checkMethod({ ...draft, mandatory: false }, nothing)).toMatchObject([
      {
        rule: 'works-mandatory-construction',
        article: '5(1)(一)',
        severity: 'block',
        field: 'mandatory',
        given: 400 * WAN,
        limit: 400 * WAN,
      },
    ]);
    expect(checkMethod({ ...draft, mandatory: true }, nothing)).toEqual([]);
    expect(checkMethod({ ...draft, amountFen: 400 * WAN - 1, mandatory: false }, nothing)).toEqual([]);
    expect(checkMethod({ ...draft, mandatory: false, fiscalFundsFen: 0 }, nothing)).toMatchObject([
      { rule: 'works-mandatory-construction', severity: 'warn' },
    ]);
  });

  test('a procedure that needs a case of the law is refused with the case and the lawful choices', () => {
    const [violation, ...others] = checkMethod({ ...draft, procedure: 'invited-tender' }, nothing);
    expect(others).toEqual([]);
    expect(violation).toMatchObject({ rule: 'works-must-be-open', article: '8', lawfulChoices: ['open-tender'] });
  });

  test('a code that is not in force is refused, with the next first day and the nearest; a kind must be the item’s', () => {
    const facts = { ...government(1), procedure: 'open-tender', catalogueCode: 'T02' } as const;
    const view = configured({
      entry: null,
      instead: { from: '2026-07-01', nearest: [{ code: 'T01', nameZh: '测试品目' }] },
    });
    expect(checkMethod(facts, view)).toMatchObject([
      {
        rule: 'gp-catalogue-provincial',
        article: '7',
        severity: 'block',
        field: 'catalogueCode',
        earliestLawful: '2026-07-01T00:00:00+08:00',
        lawfulChoices: ['T01'],
      },
    ]);
    expect(checkMethod(facts, { ...view, setUp: false })).toEqual([]);
    const other = configured({ entry: item({ kind: 'services' }) });
    expect(checkMethod({ ...facts, catalogueCode: 'T01' }, other)).toMatchObject([
      { field: 'kind', severity: 'block', lawfulChoices: ['services'] },
    ]);
    const ofWorks = { ...draft, catalogueCode: 'T02' };
    expect(checkMethod(ofWorks, view)).toMatchObject([{ rule: 'plat-scope', article: '8' }]);
  });
});

describe('for every amount', () => {
  const amount = fc.integer({ min: 0, max: 10_000 * WAN });
  const order = { no: 0, unknown: 1, yes: 2 } as const;
  /** More money never makes a procedure freer. */
  const strictness = { lawful: 0, unknown: 1, 'needs-ground': 2, unlawful: 3 } as const;
  const views = [nothing, configured(), configured({ entry: item({ centralised: true }) })];

  test('more money never lessens the duty, nor frees a procedure', () => {
    fc.assert(
      fc.property(
        amount,
        amount,
        fc.constantFrom('tendering', 'government'),
        fc.constantFrom<Kind>('works', 'goods', 'services'),
        fc.constantFrom(...views),
        (a, b, regime, kind, view) => {
          const [less, more] = [Math.min(a, b), Math.max(a, b)].map((amountFen) =>
            lawfulProcedures({ regime, kind, amountFen }, view),
          );
          if (!less || !more) throw new Error();
          expect(order[less.openDuty.verdict]).toBeLessThanOrEqual(order[more.openDuty.verdict]);
          less.procedures.forEach(({ verdict }, index) => {
            expect(strictness[verdict]).toBeLessThanOrEqual(strictness[more.procedures[index]?.verdict ?? 'lawful']);
          });
        },
      ),
    );
  });

  test('every procedure is answered, with a rule, and with grounds exactly where a person must choose or may have to', () => {
    fc.assert(
      fc.property(
        amount,
        fc.constantFrom('tendering', 'government'),
        fc.constantFrom<Kind>('works', 'goods', 'services'),
        fc.constantFrom(...views),
        (amountFen, regime, kind, view) => {
          const { procedures } = lawfulProcedures({ regime, kind, amountFen }, view);
          expect(procedures.map(({ procedure }) => procedure)).toEqual([...PROCEDURES]);
          for (const { verdict, rules, grounds } of procedures) {
            expect(rules.length).toBeGreaterThan(0);
            expect(grounds.length > 0).toBe(verdict === 'needs-ground' || verdict === 'unknown');
            for (const id of [...rules, ...grounds]) expect(getRule(id).article).not.toBe('');
          }
        },
      ),
    );
  });
});

describe('splitting', () => {
  const sibling = (id: string, amountFen: number, more: Partial<Sibling> = {}): Sibling => ({
    id,
    title: id,
    procedure: 'open-tender',
    amountFen,
    retenderOf: null,
    ...more,
  });
  const ofWorks: SplitFacts = {
    regime: 'tendering',
    kind: 'works',
    procedure: 'open-tender',
    amountFen: 200 * WAN,
    retenderOf: null,
  };
  const ofGoods: SplitFacts = {
    ...ofWorks,
    regime: 'government',
    kind: 'goods',
    procedure: 'inquiry',
    amountFen: 400 * WAN,
  };

  test('of one project is warned of where the sum reaches the figure (16号令 5(2): 达到)', () => {
    expect(checkSplitting(ofWorks, [sibling('a', 200 * WAN - 1)], null)).toEqual([]);
    expect(checkSplitting(ofWorks, [sibling('a', 200 * WAN)], null)).toMatchObject([
      {
        rule: 'works-mandatory-aggregation',
        article: '5(2)',
        severity: 'warn',
        given: 400 * WAN,
        limit: 400 * WAN,
        related: [{ id: 'a', amountFen: 200 * WAN }],
      },
    ]);
    expect(checkSplitting({ ...ofWorks, amountFen: 400 * WAN }, [sibling('a', 200 * WAN)], null)).toEqual([]);
    expect(checkSplitting(ofWorks, [], null)).toEqual([]);
  });

  test('of one item is warned of where the sum exceeds the figure (政府采购法实施条例 28: 超过)', () => {
    const rest = MADE_UP_OPEN - 400 * WAN;
    const inquiry = { procedure: 'inquiry' } as const;
    expect(checkSplitting(ofGoods, [sibling('a', rest, inquiry)], MADE_UP_OPEN)).toEqual([]);
    const [split] = checkSplitting(ofGoods, [sibling('a', rest + 1, inquiry)], MADE_UP_OPEN);
    expect(split).toMatchObject({ rule: 'gp-anti-split', article: '28', severity: 'warn', given: MADE_UP_OPEN + 1 });
    expect(split?.messageZh).toContain('属于以化整为零方式规避公开招标');
    // What was bought by open tender evades none.
    const [open] = checkSplitting(
      { ...ofGoods, procedure: 'open-tender' },
      [sibling('a', rest + 1, inquiry)],
      MADE_UP_OPEN,
    );
    expect(open?.messageZh).toContain(`累计 ${yuan(rest + 1)}元`);
    expect(open?.messageEn).toContain('would evade');
    // What reaches the threshold alone is no part of a split; without the threshold there is no finding.
    expect(checkSplitting(ofGoods, [sibling('a', MADE_UP_OPEN, inquiry)], MADE_UP_OPEN)).toEqual([]);
    expect(checkSplitting(ofGoods, [sibling('a', rest + 1, inquiry)], null)).toEqual([]);
  });

  test('a re-tender is the same money', () => {
    const again = [sibling('a', 200 * WAN), sibling('b', 200 * WAN, { retenderOf: 'a' })];
    expect(checkSplitting({ ...ofWorks, amountFen: 100 * WAN }, again, null)).toEqual([]);
    expect(checkSplitting({ ...ofWorks, retenderOf: 'a' }, [sibling('a', 200 * WAN)], null)).toEqual([]);
  });
});

describe('what is in force on a day', () => {
  const rows = [
    item({ from: '2025-01-01', nameZh: '一' }),
    item({ from: '2026-01-01', nameZh: '二' }),
    item({ from: '2026-01-01', nameZh: '二（更正）', until: '2026-06-30' }),
  ];
  test.each([
    ['2024-12-31', undefined],
    ['2025-01-01', '一'],
    ['2025-12-31', '一'],
    ['2026-01-01', '二（更正）'],
    ['2026-06-30', '二（更正）'],
    // What has ended does not bring back what it replaced.
    ['2026-07-01', undefined],
  ])('%s', (day, nameZh) => {
    expect(inForceOn(rows, day)?.nameZh).toBe(nameZh);
  });

  test('figures of the level come before those of every level', () => {
    const set = [
      figures({ openFen: 1 }),
      figures({ level: 'city', openFen: 2 }),
      figures({ kind: 'services', openFen: 3 }),
    ];
    expect(thresholdOn(set, 'goods', 'city', DAY)?.openFen).toBe(2);
    expect(thresholdOn(set, 'goods', 'district', DAY)?.openFen).toBe(1);
    expect(thresholdOn(set, 'goods', null, DAY)?.openFen).toBe(1);
    expect(thresholdOn(set, 'works', null, DAY)).toBeNull();
  });

  test('the nearest codes begin alike', () => {
    const known = ['A01', 'A0201', 'B01'].map((code) => ({ code, nameZh: code }));
    expect(nearestCodes('A0202', known, 2).map(({ code }) => code)).toEqual(['A0201', 'A01']);
  });
});

test('all faults of a file are told at once, by row and field', () => {
  const faults = faultsOf({
    entries: [
      item({ from: '2026-02-30' }),
      item({ code: 'T2', until: '2025-12-31' }),
      item({ code: 'T3', regime: 'land' }),
      item({ code: 'T4', regime: 'tendering', kind: null, centralised: true }),
      item({ code: 'T2' }),
    ],
    thresholds: [
      figures({ openFen: null, limitFen: null }),
      figures({ kind: 'works' }),
      figures({ from: '2026-02-01', limitFen: MADE_UP_OPEN + 1 }),
      figures({ openFen: 1, limitFen: 1 }),
    ],
  });
  expect(faults.map(({ row, field }) => `${row}.${field}`)).toEqual([
    'entries.0.from',
    'entries.1.until',
    'entries.2.kind',
    'entries.3.kind',
    'entries.3.centralised',
    'entries.4.from',
    'thresholds.0.openFen',
    'thresholds.1.openFen',
    'thresholds.2.limitFen',
    'thresholds.3.from',
  ]);
  for (const { messageZh, messageEn } of faults) {
    expect(messageZh).toMatch(/\p{Script=Han}/u);
    expect(messageEn).not.toBe('');
  }
});

test('money is written in yuan, exactly', () => {
  expect([400 * WAN, 399_999_999, 5, 0].map(yuan)).toEqual(['4000000', '3999999.99', '0.05', '0']);
});
