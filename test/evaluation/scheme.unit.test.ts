import { readFileSync } from 'node:fs';
import { describe, expect, it, test } from 'vitest';
import { DomainError } from '../../domain/errors.ts';
import { checkScheme } from '../../domain/evaluation/scheme/check.ts';
import { fairnessOf } from '../../domain/evaluation/scheme/fair-competition.ts';
import type { SchemeFacts } from '../../domain/evaluation/scheme/finding.ts';
import type { Criterion, Preference, Scheme } from '../../domain/evaluation/scheme/scheme.ts';
import { checkStated } from '../../domain/evaluation/scheme/stated.ts';
import { templateOf, templatesOf } from '../../domain/evaluation/scheme/templates.ts';
import { KINDS, type Kind } from '../../domain/law/facts.ts';
import { getRule } from '../../domain/law/rulebook.ts';
import { GOVERNMENT_INQUIRY } from '../../domain/procedures/government-inquiry.ts';
import { GOVERNMENT_OPEN_TENDER } from '../../domain/procedures/government-open-tender.ts';
import { PROCEDURE_DEFINITIONS } from '../../domain/procedures/index.ts';
import type { Procedure } from '../../domain/procedures/procedure.ts';
import { TENDERING_INVITED_TENDER } from '../../domain/procedures/tendering-invited-tender.ts';
import { TENDERING_OPEN_TENDER } from '../../domain/procedures/tendering-open-tender.ts';
import { judged, measured, NOTICE_AT, priced } from './golden/scenario.ts';

const facts = (kind: Kind, change: Partial<SchemeFacts> = {}): SchemeFacts => ({
  kind,
  noticeAt: NOTICE_AT,
  ...change,
});

const templateFor = (definition: Procedure, method: Scheme['method'], kind: Kind): Scheme => {
  const found = templateOf(definition, method, { kind, noticeAt: NOTICE_AT });
  if (!found) throw new Error('no such method');
  return found;
};

const GOODS = templateFor(GOVERNMENT_OPEN_TENDER, 'comprehensive', 'goods');
const GOODS_LOWEST = templateFor(GOVERNMENT_OPEN_TENDER, 'lowest-evaluated', 'goods');
const WORKS = templateFor(TENDERING_OPEN_TENDER, 'comprehensive', 'works');
const WORKS_LOWEST = templateFor(TENDERING_OPEN_TENDER, 'lowest-evaluated', 'works');

/** What the scheme itself says. */
const QUOTED = /“[^”]*[^\x00-\x7f][^”]*”|「[^」]*」/g;

/** What is found beyond the template of the same procedure. */
function found(definition: Procedure, scheme: Scheme, of: SchemeFacts) {
  const all = checkScheme(definition, scheme, of);
  // People read the names of values, not their codes.
  for (const { messageZh } of all) expect(messageZh.replace(QUOTED, '')).not.toMatch(/[a-z]{2,}/);
  return all
    .filter(({ rule, severity }) => !(severity === 'warn' && rule.startsWith('sme-discount-2022')))
    .map(({ rule, article, field, severity, limit }) => ({
      rule,
      article,
      field,
      severity,
      ...(limit === undefined ? {} : { limit }),
    }));
}
const goods = (change: Partial<Scheme>, of: Partial<SchemeFacts> = {}) =>
  found(GOVERNMENT_OPEN_TENDER, { ...GOODS, ...change }, facts('goods', of));
const works = (change: Partial<Scheme>, of: Partial<SchemeFacts> = {}) =>
  found(TENDERING_OPEN_TENDER, { ...WORKS, ...change }, facts('works', of));

describe('the templates', () => {
  test.each(PROCEDURE_DEFINITIONS.map((each) => [`${each.regime}, ${each.procedure}`, each] as const))(
    'of %s are lawful, whatever is bought',
    (_name, definition) => {
      const methods = definition.evaluation.methods;
      for (const kind of KINDS) {
        const templates = templatesOf(definition, facts(kind));
        expect(templates.map(({ method }) => method).toSorted()).toEqual([...methods].toSorted());
        for (const scheme of templates) {
          const unlawful = checkScheme(definition, scheme, facts(kind)).filter(({ severity }) => severity === 'block');
          expect(unlawful, `${kind} ${scheme.method}`).toEqual([]);
        }
      }
    },
  );

  it('warn where a rate rests on a text that nobody read (财库〔2022〕19号)', () => {
    expect(GOODS.preferences).toEqual([{ key: 'small-firm', form: 'reduction', percent: '10' }]);
    const [warned] = checkScheme(GOVERNMENT_OPEN_TENDER, GOODS, facts('goods'));
    expect(warned).toMatchObject({ rule: 'sme-discount-2022', severity: 'warn', status: 'RECALLED' });
  });

  it('look at each item of the article on rejections, but the price', () => {
    expect(GOODS.conformity.map(({ ground }) => ground)).toEqual([1, 2, 5, 6]);
    expect(WORKS.conformity.map(({ ground }) => ground)).toEqual([1, 2, 4, 6, 7]);
    expect(WORKS.criteria.filter((each) => each.kind !== 'price' && each.blind).map(({ key }) => key)).toEqual([
      'technical-plan',
      'technical-data',
    ]);
  });
});

describe('points', () => {
  const change = (key: string, points: string): Criterion[] =>
    GOODS.criteria.map((each) => (each.key === key ? { ...each, points } : each));

  it('add up to the total (87令55: ΣA=1; 12号令36)', () => {
    expect(goods({ criteria: change('similar-contracts', '19') })).toEqual([
      { rule: 'gp-price-formula', article: '55', field: 'scheme.criteria', severity: 'block', limit: 100 },
    ]);
    const [none] = works({
      criteria: WORKS.criteria.map((each) => (each.kind === 'price' ? { ...each, points: '49' } : each)),
    });
    expect(none).toMatchObject({ rule: 'works-quantify-same-base', article: '36', severity: 'block' });
  });

  it('and weights to 1, each part to the total', () => {
    const bands = [{ nameZh: '优', from: '0', to: '90' }];
    const criteria = [judged('100', { bands }), priced('100')];
    const weights = { technical: '0.7', commercial: '0', price: '0.3' };
    expect(goods({ criteria, weights })).toEqual([]);
    expect(goods({ criteria, weights: { ...weights, technical: '0.6999' } })).toMatchObject([
      { rule: 'gp-price-formula', field: 'scheme.weights' },
    ]);
    expect(goods({ criteria: [judged('90', { bands }), priced('100')], weights })).toMatchObject([
      { field: 'scheme.criteria.technical' },
    ]);
    // A part without a weight has no criteria.
    expect(
      goods({
        criteria: [
          ...criteria,
          judged('10', {
            bands: [{ nameZh: '优', from: '0', to: '10' }],
            key: 'service',
            nameZh: '售后服务',
            part: 'commercial',
          }),
        ],
        weights,
      }),
    ).toMatchObject([{ field: 'scheme.criteria.commercial', limit: 0 }]);
  });

  const withPrice = (points: number): Criterion[] => [judged(String(100 - points)), priced(String(points))];

  it('of the price: goods 30 %, services 10 % at least (87令55)', () => {
    expect(goods({ criteria: withPrice(30) }).filter(({ severity }) => severity === 'block')).toEqual([]);
    expect(goods({ criteria: withPrice(29) })).toMatchObject([
      { rule: 'gp-price-weight-goods', article: '55', severity: 'block', limit: 30 },
      {},
    ]);
    const services = (points: number) =>
      found(GOVERNMENT_OPEN_TENDER, { ...GOODS, criteria: withPrice(points) }, facts('services')).filter(
        ({ severity }) => severity === 'block',
      );
    expect(services(10)).toEqual([]);
    expect(services(9)).toMatchObject([{ rule: 'gp-price-weight-services', limit: 10 }]);
  });

  it('of the price: a range where the definition has one (214号24: 30–60 %)', () => {
    const { scheme: own } = GOVERNMENT_OPEN_TENDER.evaluation;
    const method = own.methods.comprehensive;
    if (method?.by !== 'points') throw new Error('points');
    const ranged: Procedure = {
      ...GOVERNMENT_OPEN_TENDER,
      evaluation: {
        ...GOVERNMENT_OPEN_TENDER.evaluation,
        scheme: {
          ...own,
          methods: {
            comprehensive: {
              ...method,
              priceShare: { goods: 'cons-price-weight-goods-min', services: 'cons-price-weight-services' },
            },
          },
        },
      },
    };
    const of = (points: number, kind: Kind) =>
      found(ranged, { ...GOODS, criteria: withPrice(points) }, facts(kind)).filter(
        ({ severity }) => severity === 'block',
      );
    expect([of(30, 'goods'), of(60, 'goods'), of(10, 'services'), of(30, 'services')]).toEqual([[], [], [], []]);
    expect(of(61, 'goods')).toMatchObject([{ rule: 'cons-price-weight-goods-min', limit: 60 }]);
    expect(of(29, 'goods')).toMatchObject([{ limit: 30 }]);
    expect(of(31, 'services')).toMatchObject([{ rule: 'cons-price-weight-services', limit: 30 }]);
  });

  it('of the price are not given where it is fixed (87令55)', () => {
    expect(goods({ fixedPrice: true }).map(({ rule }) => rule)).toEqual(['gp-price-not-scored-fixed']);
    const criteria = [measured('100', { by: 'each', unit: '项', points: '10' })];
    expect(goods({ fixedPrice: true, criteria })).toEqual([]);
    expect(goods({ criteria })).toMatchObject([{ rule: 'gp-price-weight-goods' }]);
  });

  const deviation = (trim: number): Criterion =>
    priced('30', {
      name: 'deviation',
      base: { of: 'mean', trim, trimFrom: 5, down: '0' },
      above: '1',
      below: '1',
      least: '0',
    });
  const without = (criteria: readonly Criterion[]): Criterion[] => criteria.filter(({ kind }) => kind !== 'price');

  it('of the price are those of the lowest in government procurement (87令55), by the documents in works (12号令34–37)', () => {
    expect(goods({ criteria: [...without(GOODS.criteria), deviation(0)] }).map(({ rule }) => rule)).toContain(
      'gp-price-formula',
    );
    expect(works({ criteria: [...without(WORKS.criteria), { ...deviation(1), points: '50' }] })).toEqual([]);
  });

  it('of the price are counted from a ceiling only where there is one', () => {
    const base = { of: 'mean-and-ceiling', trim: 0, trimFrom: 0, ceilingShare: '0.2', down: '0' } as const;
    const formula = { name: 'deviation', base, above: '1', below: '1', least: '0' } as const;
    const criteria = [...without(WORKS.criteria), priced('50', formula)];
    expect(works({ criteria }, { hasCeiling: true })).toEqual([]);
    expect(works({ criteria }, { hasCeiling: false })).toMatchObject([
      { rule: 'works-method-comprehensive', severity: 'block' },
    ]);
  });

  it('leave no price and no mark out in government procurement (87令55)', () => {
    expect(goods({ criteria: [...without(GOODS.criteria), deviation(1)] }).map(({ rule }) => rule)).toContain(
      'gp-price-no-trim',
    );
    expect(goods({ marks: 'trimmed' })).toMatchObject([
      { rule: 'gp-independent-scoring', article: '55(4)', severity: 'block' },
    ]);
    expect(works({ marks: 'trimmed' })).toEqual([]);
  });

  it('are not given for a qualification (87令55)', () => {
    const qualification = [{ key: 'licence', nameZh: '安全生产 许可', ground: 3 }];
    const criteria = GOODS.criteria.map((each) =>
      each.key === 'technical-data' ? { ...each, nameZh: '安全生产许可' } : each,
    );
    expect(goods({ qualification, criteria })).toMatchObject([
      { rule: 'gp-qual-not-scored', article: '55', severity: 'block', field: 'scheme.criteria[1].nameZh' },
    ]);
  });

  it('have measured bands (87令55): a warning', () => {
    const criteria = GOODS.criteria.map((each) => (each.kind === 'subjective' ? { ...each, bands: [] } : each));
    expect(goods({ criteria })).toMatchObject([{ rule: 'gp-factors-banded', severity: 'warn' }]);
  });

  it('of a blind part are technical', () => {
    const criteria = WORKS.criteria.map((each) =>
      each.key === 'similar-contracts' && each.kind === 'objective' ? { ...each, blind: true } : each,
    );
    expect(works({ criteria })).toMatchObject([
      { rule: 'blind-part', field: 'scheme.criteria[2].blind', severity: 'warn' },
    ]);
  });
});

describe('where the price decides', () => {
  const lowest = (change: Partial<Scheme>) =>
    found(GOVERNMENT_OPEN_TENDER, { ...GOODS_LOWEST, ...change }, facts('goods'));
  const worksLowest = (change: Partial<Scheme>) =>
    found(TENDERING_OPEN_TENDER, { ...WORKS_LOWEST, ...change }, facts('works'));
  const days = { key: 'days', nameZh: '工期', part: 'commercial', unit: '日', fenPerUnit: 100 } as const;

  it('nothing is scored', () => {
    expect(lowest({ criteria: [judged('100')] })).toMatchObject([{ rule: 'gp-methods', field: 'scheme.criteria' }]);
  });

  it('prices are adjusted for commercial deviations in works (12号令30–33), not in government procurement (87令54)', () => {
    expect(worksLowest({ adjustments: [days] })).toEqual([]);
    expect(lowest({ adjustments: [days] })).toMatchObject([
      { rule: 'gp-lowest-no-adjust', article: '54(3)', severity: 'block' },
    ]);
    expect(worksLowest({ adjustments: [{ ...days, part: 'technical' }] })).toMatchObject([
      { rule: 'works-method-lowest', field: 'scheme.adjustments[0].part' },
    ]);
    expect(works({ adjustments: [days] })).toMatchObject([{ rule: 'works-method-comprehensive' }]);
  });

  it('no points tell equal bids apart', () => {
    expect(lowest({ ties: ['technical'] })).toMatchObject([{ rule: 'gp-lowest-ranking', field: 'scheme.ties' }]);
  });

  it('it must decide where standards are uniform (87令54)', () => {
    expect(goods({}, { uniform: true })).toMatchObject([
      { rule: 'gp-methods', article: '53–54', severity: 'block', field: 'scheme.method' },
    ]);
    expect(found(GOVERNMENT_OPEN_TENDER, GOODS_LOWEST, facts('goods', { uniform: true }))).toEqual([]);
    expect(works({}, { uniform: true })).toEqual([]);
  });

  it('it is the only method of an inquiry (74令49)', () => {
    expect(found(GOVERNMENT_INQUIRY, GOODS, facts('goods'))).toMatchObject([
      { rule: 'neg-award-rule', field: 'scheme.method', severity: 'block' },
    ]);
  });
});

describe('preferences', () => {
  const SMALL: Preference = { key: 'small-firm', form: 'reduction', percent: '10' };
  const all = (definition: Procedure, scheme: Scheme, of: SchemeFacts) =>
    checkScheme(definition, scheme, of).map(({ rule, severity, field }) => [rule, severity, field]);

  it('are within the rates in force: 6–10 % (46号9: blocks); 10–20 % since July 2022 is RECALLED: it warns, and widens nothing', () => {
    const of = (percent: string, noticeAt = NOTICE_AT) =>
      all(GOVERNMENT_OPEN_TENDER, { ...GOODS, preferences: [{ ...SMALL, percent }] }, facts('goods', { noticeAt }));
    expect(of('9')).toEqual([['sme-discount-2022', 'warn', 'scheme.preferences[0].percent']]);
    expect(of('10')).toEqual([['sme-discount-2022', 'warn', 'scheme.preferences[0]']]);
    expect(of('20')).toEqual([['sme-discount-2021', 'block', 'scheme.preferences[0].percent']]);
    const in2022 = Date.UTC(2022, 5, 1);
    expect(of('6', in2022)).toEqual([]);
    expect(of('11', in2022)).toEqual([['sme-discount-2021', 'block', 'scheme.preferences[0].percent']]);
  });

  it('block by a rule that the installation confirmed', () => {
    const confirmed = new Set(['sme-discount-2022']);
    // Once the installation has read the text, its rates count.
    expect(
      all(
        GOVERNMENT_OPEN_TENDER,
        { ...GOODS, preferences: [{ ...SMALL, percent: '20' }] },
        facts('goods', { confirmed }),
      ).filter(([, severity]) => severity === 'block'),
    ).toEqual([]);
    expect(
      all(
        GOVERNMENT_OPEN_TENDER,
        { ...GOODS, preferences: [{ ...SMALL, percent: '9' }] },
        facts('goods', { confirmed }),
      ),
    ).toEqual([['sme-discount-2022', 'block', 'scheme.preferences[0].percent']]);
  });

  it('are owed where a lot is not reserved, and not where it is (46号9), nor where the policy does not apply (sme-scope-out)', () => {
    expect(goods({ preferences: [] })).toMatchObject([
      { rule: 'sme-discount-scope', severity: 'block', field: 'scheme.preferences' },
    ]);
    expect(goods({ preferences: [] }, { reserved: true })).toEqual([]);
    expect(goods({ preferences: [] }, { exempt: true })).toEqual([]);
    expect(goods({}, { reserved: true })).toMatchObject([{ rule: 'sme-discount-scope', severity: 'block' }]);
    expect(works({ preferences: [] })).toEqual([]);
  });

  it('are a bonus on points in works that do not score by the lowest price, else a reduction (46号9)', () => {
    const bonus: Preference = { key: 'small-firm', form: 'bonus', percent: '4' };
    expect(works({ preferences: [bonus] })).toEqual([]);
    expect(works({ preferences: [{ ...bonus, percent: '6' }] })).toMatchObject([
      { rule: 'sme-works-score-bonus', severity: 'block', limit: 5 },
    ]);
    expect(works({ preferences: [{ ...bonus, form: 'reduction' }] })).toMatchObject([
      { rule: 'sme-discount-works', field: 'scheme.preferences[0].form' },
    ]);
    const byLowest = WORKS.criteria.map((each): Criterion => (each.kind === 'price' ? priced('50') : each));
    expect(works({ criteria: byLowest, preferences: [{ ...bonus, form: 'reduction' }] })).toEqual([]);
    expect(works({ criteria: byLowest, preferences: [bonus] })).toMatchObject([
      { rule: 'sme-works-score-bonus', field: 'scheme.preferences[0].form' },
    ]);
  });

  it('are one rate a lot, for small and very small firms alike (sme-discount-fixed)', () => {
    expect(() => goods({ preferences: [SMALL, { ...SMALL, percent: '20' }] })).toThrow(DomainError);
  });

  it('of the law only', () => {
    const local: Preference = { key: 'domestic-product', form: 'bonus', percent: '20' };
    expect(goods({ preferences: [SMALL, local] })[0]).toMatchObject({
      rule: 'domestic-preference',
      field: 'scheme.preferences[1]',
    });
    const invited = { ...WORKS, preferences: [SMALL] };
    expect(found(TENDERING_INVITED_TENDER, invited, facts('works'))).toMatchObject([
      { rule: 'works-unlisted-criteria', severity: 'block' },
    ]);
  });

  it('for a share from that of the law (46号9: 30 %), and added up where there are two (国办发〔2025〕34号, RECALLED)', () => {
    const share: Preference = { key: 'small-firm-share', form: 'reduction', percent: '4', minShare: '25' };
    expect(all(GOVERNMENT_OPEN_TENDER, { ...GOODS, preferences: [SMALL, share] }, facts('goods'))).toContainEqual([
      'sme-consortium-share',
      'block',
      'scheme.preferences[1].minShare',
    ]);
    const domestic: Preference = { key: 'domestic-product', form: 'reduction', percent: '20', minShare: '80' };
    const chained = all(
      GOVERNMENT_OPEN_TENDER,
      { ...GOODS, preferences: [SMALL, domestic], stacking: 'chain' },
      facts('goods'),
    );
    expect(chained).toContainEqual(['domestic-preference', 'warn', 'scheme.stacking']);
  });
});

describe('the rest', () => {
  it('each review item has its ground in the article (87令63, 条例51)', () => {
    const [first, ...others] = GOODS.conformity;
    if (!first) throw new Error('none');
    expect(goods({ conformity: [{ ...first, ground: 7 }, ...others] })).toMatchObject([
      { rule: 'gp-invalid-grounds', field: 'scheme.conformity[0].ground', limit: 6 },
    ]);
    // (三) is the qualification, which the purchaser examines.
    expect(goods({ conformity: [{ ...first, ground: 3 }, ...others] })).toHaveLength(1);
    expect(goods({ qualification: [{ key: 'qualified', nameZh: '资格', ground: 6 }] })).toMatchObject([
      { field: 'scheme.qualification[0].ground' },
    ]);
    expect(works({ conformity: [{ key: 'x', nameZh: '工期', ground: 8 }] })).toMatchObject([
      { rule: 'works-reject-grounds', limit: 7 },
    ]);
  });

  it('in works the documents say in which order equal bids stand (12号令18): a warning', () => {
    expect(works({ ties: [] })).toMatchObject([{ rule: 'works-ranking-12', article: '18(1)', severity: 'warn' }]);
    expect(goods({ ties: [] })).toEqual([]);
  });

  it('abnormally low prices: rates of the law up to the cap (RECALLED: warns)', () => {
    const limit = (percent: string) =>
      goods({ abnormalLow: GOODS.abnormalLow.map((each) => (each.of === 'mean' ? { ...each, percent } : each)) });
    expect(limit('65')).toEqual([]);
    expect(limit('66')).toMatchObject([{ rule: 'gp-abnormal-low-50avg', severity: 'warn', limit: 65 }]);
    expect(limit('49')).toMatchObject([{ rule: 'gp-abnormal-low-50avg', severity: 'warn', limit: 50 }]);
    expect(goods({ abnormalLow: [] }).map(({ rule }) => rule)).toEqual([
      'gp-abnormal-low-50avg',
      'gp-abnormal-low-50second',
      'gp-abnormal-low-45ceiling',
    ]);
    expect(works({ abnormalLow: [{ of: 'mean', percent: '80' }] })).toEqual([]);
  });

  it('candidates: one to three in works (条例53, 12号令45), three at least in an inquiry (74令48)', () => {
    expect(works({ candidates: 4 })).toMatchObject([
      { rule: 'works-candidates-max', article: '53', severity: 'block', limit: 3 },
    ]);
    expect(works({ candidates: 1 })).toEqual([]);
    const inquiry = templateFor(GOVERNMENT_INQUIRY, 'lowest-price', 'goods');
    expect(found(GOVERNMENT_INQUIRY, { ...inquiry, candidates: 2 }, facts('goods'))).toMatchObject([
      { rule: 'inq-candidates-min', limit: 3 },
    ]);
  });

  it('评定分离 is off, and where it is on it names what it collides with (条例55, 53)', () => {
    expect(works({ separate: true })).toMatchObject([
      { rule: 'works-award-rank1', severity: 'block', field: 'scheme.separate' },
    ]);
    expect(works({ separate: true }, { localModes: ['separate'] })).toMatchObject([
      { rule: 'works-award-rank1', article: '55', severity: 'warn' },
      { rule: 'works-candidates-max', article: '53', severity: 'warn' },
    ]);
    expect(goods({ separate: true }, { localModes: ['separate'] })).toMatchObject([
      { rule: 'gp-ranking-tie', severity: 'block' },
    ]);
  });

  test.each<[string, Partial<Scheme>]>([
    ['a key that is there twice', { conformity: [{ key: 'price', nameZh: '价', ground: 1 }] }],
    ['points that are no number', { criteria: [judged('三十'), priced('30')] }],
    ['points below zero', { criteria: [judged('-1'), priced('30')] }],
    [
      'a formula that gives more than its criterion',
      { criteria: [measured('10', { by: 'each', unit: '份', points: '11' }), priced('30')] },
    ],
    [
      'steps that do not rise',
      {
        criteria: [
          measured('10', {
            by: 'steps',
            unit: '月',
            steps: [
              { atLeast: '2', points: '1' },
              { atLeast: '2', points: '2' },
            ],
          }),
        ],
      },
    ],
    ['two prices', { criteria: [priced('30'), { ...priced('30'), key: 'price-2' }] }],
    ['a band beyond the points', { criteria: [judged('10', { bands: [{ nameZh: '优', from: '8', to: '11' }] })] }],
    ['no candidate', { candidates: 0 }],
    ['a key that names no key', { conformity: [{ key: '__proto__', nameZh: '甲', ground: 1 }] }],
  ])('cannot be scored: %s', (_name, change) => {
    expect(() => goods(change)).toThrow(DomainError);
  });
});

describe('fair competition', () => {
  const named = (nameZh: string, requirementZh?: string): Partial<Scheme> => ({
    criteria: WORKS.criteria.map((each) =>
      each.key === 'similar-contracts' ? { ...each, nameZh, requirementZh } : each,
    ),
  });
  const rules = (change: Partial<Scheme>, of: Partial<SchemeFacts> = {}) =>
    works(change, of).map(({ rule, severity }) => [rule, severity]);

  it('words of a scheme are hints: they warn, with the article and its words', () => {
    expect(rules(named('本市同类业绩'))).toEqual([
      ['works-unfair-region-record', 'warn'],
      ['fc-access-local-record', 'warn'],
      ['fc-score-record-region', 'warn'],
    ]);
    expect(rules(named('企业资质', '注册资本 5000 万元以上得 3 分'))).toEqual([['fc-score-size', 'warn']]);
    expect(rules(named('企业性质', '国有企业加 2 分'))).toEqual([
      ['works-unfair-ownership', 'warn'],
      ['fc-score-ownership', 'warn'],
    ]);
    expect(rules(named('同类业绩', '近三年类似项目'))).toEqual([]);
    const [found] = checkScheme(TENDERING_OPEN_TENDER, { ...WORKS, ...named('本市同类业绩') }, facts('works'));
    expect(found?.messageZh).toContain(getRule('works-unfair-region-record').quote);
    expect(found?.messageZh).toContain('招标投标法实施条例 32(2)(三)');
  });

  it('in government procurement by its own rules (条例20, 46号5)', () => {
    const criteria = GOODS.criteria.map((each) =>
      each.key === 'similar-contracts' ? { ...each, nameZh: '年营业收入' } : each,
    );
    expect(goods({ criteria }).map(({ rule, severity }) => [rule, severity])).toEqual([
      ['sme-no-size-conditions', 'warn'],
      ['gp-forbidden-qualifications', 'warn'],
    ]);
  });

  it('what the drafter says is in the documents blocks where its rule does; what is denied is not asked again', () => {
    expect(rules({}, { answers: { 'works-unfair-criteria': true } })).toEqual([['works-unfair-criteria', 'block']]);
    expect(rules({}, { answers: { 'fc-autonomy-ca': true } })).toEqual([['fc-autonomy-ca', 'warn']]);
    const answers = {
      'works-unfair-region-record': false,
      'fc-access-local-record': false,
      'fc-score-record-region': false,
    };
    expect(rules(named('本市同类业绩'), { answers })).toEqual([]);
  });

  /** A rule, words that it looks for, and words beside them that it does not. */
  const SEEN: [string, string, string][] = [
    ['works-unfair-region-record', '省内同类业绩', '同类业绩'],
    ['works-unfair-brand', '采用甲品牌水泵', '水泵流量'],
    ['works-unfair-ownership', '国有企业', '企业法人'],
    ['fc-autonomy-shortlist', '已入库的供应商', '供货能力'],
    ['fc-autonomy-local-list', '列入创新产品名单', '产品清单'],
    ['fc-access-local-branch', '在本市设有分公司', '设有分公司'],
    ['fc-access-local-record', '获得过本省奖项', '获得过国家奖'],
    ['fc-access-local-certificate', '持有上岗证', '持有执业资格'],
    ['fc-access-association', '行业协会会员单位', '行业标准'],
    ['fc-score-record-region', '当地类似业绩', '类似业绩'],
    ['fc-score-ownership', '民营企业', '投标企业'],
    ['fc-score-origin', '国产设备', '设备参数'],
    ['fc-score-size', '净资产', '项目团队'],
    ['fc-score-consortium', '联合体成员为外资', '联合体分工'],
    ['fc-no-lottery-award', '抽签确定', '评审确定'],
    ['fc-credit-criteria', '信用评价得分', '履约情况'],
    ['fc-process-originals', '提供证书原件', '提供证书扫描件'],
    ['fc-process-presence', '项目负责人应到场', '项目负责人经验'],
    ['fc-bond-issuer', '指定银行出具的保函', '银行出具的保函'],
  ];
  const SEEN_IN_GOVERNMENT: [string, string, string][] = [
    ['gp-unfair-region-record', '本区业绩', '同类业绩'],
    ['gp-unfair-brand', '专利数量', '技术成果'],
    ['gp-unfair-ownership', '所有制形式', '组织架构'],
    ['sme-no-size-conditions', '经营年限', '服务年限'],
    ['gp-forbidden-qualifications', '纳税额', '服务承诺'],
  ];
  const renamed = (scheme: Scheme, nameZh: string): Scheme => ({
    ...scheme,
    criteria: scheme.criteria.map((each) => (each.key === 'similar-contracts' ? { ...each, nameZh } : each)),
  });
  const seenBy = (definition: Procedure, scheme: Scheme, rule: string): number =>
    fairnessOf(definition, scheme).find((each) => each.rule === rule)?.found.length ?? -1;

  it.each(SEEN)('in works %s sees “%s” and not “%s”', (rule, words, others) => {
    expect([words, others].map((each) => seenBy(TENDERING_OPEN_TENDER, renamed(WORKS, each), rule))).toEqual([1, 0]);
  });

  it.each(SEEN_IN_GOVERNMENT)('in government procurement %s sees “%s” and not “%s”', (rule, words, others) => {
    expect([words, others].map((each) => seenBy(GOVERNMENT_OPEN_TENDER, renamed(GOODS, each), rule))).toEqual([1, 0]);
  });

  it.each<[Procedure, string, 'block' | 'warn']>([
    [TENDERING_OPEN_TENDER, 'works-unfair-info', 'warn'],
    [TENDERING_OPEN_TENDER, 'works-unfair-conditions', 'warn'],
    [TENDERING_OPEN_TENDER, 'works-unfair-criteria', 'block'],
    [TENDERING_OPEN_TENDER, 'fc-autonomy-platform', 'warn'],
    [TENDERING_OPEN_TENDER, 'fc-autonomy-ca', 'warn'],
    [TENDERING_OPEN_TENDER, 'fc-autonomy-tools', 'warn'],
    [TENDERING_OPEN_TENDER, 'fc-access-license', 'warn'],
    [TENDERING_OPEN_TENDER, 'fc-award-elsewhere', 'block'],
    [TENDERING_OPEN_TENDER, 'fc-credit-free-use', 'warn'],
    [TENDERING_OPEN_TENDER, 'fc-bond-form', 'warn'],
    [GOVERNMENT_OPEN_TENDER, 'gp-unfair-info', 'warn'],
    [GOVERNMENT_OPEN_TENDER, 'gp-unfair-conditions', 'warn'],
    [GOVERNMENT_OPEN_TENDER, 'gp-unfair-pointing', 'warn'],
    [GOVERNMENT_OPEN_TENDER, 'gp-unfair-criteria', 'block'],
  ])('of what only people can tell the drafter is asked: %#', (definition, rule, severity) => {
    const scheme = definition === TENDERING_OPEN_TENDER ? WORKS : GOODS;
    expect(fairnessOf(definition, scheme).find((each) => each.rule === rule)).toMatchObject({
      seen: 'asked',
      answer: null,
    });
    const of = facts(definition === TENDERING_OPEN_TENDER ? 'works' : 'goods', { answers: { [rule]: true } });
    expect(found(definition, scheme, of)).toMatchObject([{ rule, severity }]);
  });

  it('is a checklist: each line with article and quote, seen or asked', () => {
    const list = fairnessOf(TENDERING_OPEN_TENDER, WORKS, { 'fc-autonomy-ca': false });
    expect(list.every(({ quote, article }) => quote !== '' && article !== '')).toBe(true);
    expect(list.find(({ rule }) => rule === 'fc-autonomy-ca')).toMatchObject({
      seen: 'asked',
      answer: false,
      article: '5(七)',
    });
    expect(list.find(({ rule }) => rule === 'fc-score-size')).toMatchObject({
      seen: 'scheme',
      answer: null,
      article: '7(四)',
    });
    // 规则 5 to 11.
    const articles = new Set(
      list.filter(({ rule }) => rule.startsWith('fc-')).map(({ article }) => Number.parseInt(article, 10)),
    );
    expect([...articles].sort((a, b) => a - b)).toEqual([5, 6, 7, 8, 9, 10, 11]);
  });
});

describe('what people read of a scheme', () => {
  const CODES = [
    ...['lowest-evaluated', 'comprehensive', 'lowest-price', 'low-price-base', 'deviation', 'technical', 'commercial'],
    ...['small-firm', 'domestic-product', 'reduction', 'bonus', 'second-lowest', 'mean', 'ceiling', 'price'],
  ];
  const sources = ['check', 'check-points', 'check-preferences', 'stated', 'fair-competition'].map((name) =>
    readFileSync(new URL(`../../domain/evaluation/scheme/${name}.ts`, import.meta.url), 'utf8'),
  );
  const messages = sources.flatMap((source) => [
    ...source.matchAll(/(?:messageZh: |\? |: |^ +)`([^`]*[\u4e00-\u9fff][^`]*)`/gmu),
  ]);

  it('no message has a code for a word: every message of every check', () => {
    expect(messages.length).toBeGreaterThan(12);
    for (const [, message = ''] of messages) {
      expect(message).not.toMatch(
        /\$\{(?:key|of|part|form|method|noticeMethod|scheme\.method|[\w.]+\.join\([^)]*\))\}/,
      );
      for (const code of CODES) expect(message.replace(/\$\{[^}]*\}/g, '')).not.toContain(code);
    }
  });

  it('each value has its word', () => {
    const said = (definition: Procedure, scheme: Scheme, of: SchemeFacts): string =>
      checkScheme(definition, scheme, of)
        .map(({ messageZh }) => messageZh)
        .join();
    const inquiry = said(GOVERNMENT_INQUIRY, GOODS, facts('goods'));
    expect(inquiry).toContain('评标（评审）方法应为：最低价成交');
    const low = said(GOVERNMENT_OPEN_TENDER, { ...GOODS, abnormalLow: [] }, facts('goods'));
    expect(low).toMatch(/情形“全部报价的平均值”.*情形“次低报价”.*情形“最高限价或预算”/s);
    const preferred = { ...GOODS, preferences: [{ key: 'small-firm', form: 'bonus', percent: '5' } as Preference] };
    expect(said(GOVERNMENT_OPEN_TENDER, preferred, facts('goods'))).toContain('小微企业');
    const notice = checkStated(
      GOVERNMENT_OPEN_TENDER,
      { scheme: GOODS, statements: { uniform: false, reserved: false, exempt: false, answers: {} } },
      { kind: 'goods', noticeAt: NOTICE_AT, noticeMethod: 'lowest-evaluated' },
    );
    expect(notice.at(-1)?.messageZh).toContain(
      '评标办法为综合评估法（综合评分法），公告载明的评标方法为经评审的最低投标价法（最低评标价法）',
    );
    const unshaped = { ...GOODS, criteria: GOODS.criteria.map((each) => ({ ...each, points: 'many' })) } as Scheme;
    expect(() => checkScheme(GOVERNMENT_OPEN_TENDER, unshaped, facts('goods'))).toThrow(
      /第1个.*（criteria\[0\]\.points）不是数/,
    );
  });
});
