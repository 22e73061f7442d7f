import { logicViolation, type Violation } from '../../law/violation.ts';
import type { Procedure } from '../../procedures/procedure.ts';
import { looksOf } from '../../text.ts';
import { compare, divide, equal, multiply, ONE, shown, sum, whole, ZERO, type Fraction } from '../scoring/fraction.ts';
import { breach, valueZh, warning, type SchemeFacts } from './finding.ts';
import type { ScoredMethod } from './definition.ts';
import { boundsOf } from './law.ts';
import { PRICE_FORMULAS_ZH, criteriaOf, PARTS, type PriceCriterion, type Scheme } from './scheme.ts';
import { numberOf } from './shape.ts';

const HUNDRED = whole(100);
const toShow = (value: Fraction): number => Number(shown(value, 4));

const priceOf = ({ criteria }: Scheme): PriceCriterion | undefined => criteria.find((each) => each.kind === 'price');

/** Share of the price in all points, in percent. */
export function priceShareOf(scheme: Scheme): Fraction {
  const price = priceOf(scheme);
  if (!price) return ZERO;
  if (scheme.weights) return multiply(numberOf(scheme.weights.price), HUNDRED);
  return multiply(divide(numberOf(price.points), numberOf(scheme.total)), HUNDRED);
}

/** A method under which criteria give points. */
export function checkPoints(
  definition: Procedure,
  method: ScoredMethod,
  scheme: Scheme,
  facts: SchemeFacts,
): Violation[] {
  return [
    ...checkSums(method, scheme, facts),
    ...checkPrice(definition, method, scheme, facts),
    ...checkCriteria(definition, scheme, facts),
  ];
}

/** Points add up to the total, weights to 1 (财政部令87号 55: A1+A2+…+An=1; 12号令 36). */
function checkSums(method: ScoredMethod, scheme: Scheme, facts: SchemeFacts): Violation[] {
  const { criteria, weights } = scheme;
  const total = numberOf(scheme.total);
  const pointsOf = (of: Scheme['criteria']): Fraction => sum(of.map(({ points }) => numberOf(points)));
  const wrong = (field: string, given: Fraction, limit: Fraction, whatZh: string, whatEn: string): Violation[] =>
    equal(given, limit)
      ? []
      : [
          breach(method.weights, facts, {
            field,
            given: toShow(given),
            limit: toShow(limit),
            messageZh: `${whatZh}合计为 ${shown(given, 2)}，应为 ${shown(limit, 2)}`,
            messageEn: `${whatEn} add up to ${shown(given, 2)}, not to ${shown(limit, 2)}`,
          }),
        ];
  if (!weights)
    return wrong('scheme.criteria', pointsOf(criteria), total, '各评审因素的分值', 'The points of the criteria');
  return [
    ...wrong('scheme.weights', sum(PARTS.map((part) => numberOf(weights[part]))), ONE, '各部分的权重', 'The weights'),
    ...PARTS.flatMap((part) => {
      const of = criteriaOf(scheme, part);
      const due = numberOf(weights[part]).n === 0n ? ZERO : total;
      return wrong(
        `scheme.criteria.${part}`,
        pointsOf(of),
        due,
        `“${valueZh('criteria.part', part)}”部分的分值`,
        `The points of the part "${part}"`,
      );
    }),
  ];
}

/** Its share, its formula, and whether it is scored at all. */
function checkPrice(definition: Procedure, method: ScoredMethod, scheme: Scheme, facts: SchemeFacts): Violation[] {
  const found: Violation[] = [];
  const price = priceOf(scheme);
  if (scheme.fixedPrice) {
    if (price && method.fixedPrice) {
      found.push(
        breach(method.fixedPrice, facts, {
          field: 'scheme.fixedPrice',
          given: price.key,
          messageZh: '执行国家统一定价标准或者采用固定价格的，价格不列为评审因素',
          messageEn: 'Where prices are fixed they are not scored',
        }),
      );
    }
    return found;
  }
  const floor = method.priceShare[facts.kind];
  if (floor !== undefined) {
    const share = priceShareOf(scheme);
    const { least, most } = boundsOf(floor);
    const below = least !== null && compare(share, whole(least)) < 0;
    const above = most !== null && compare(share, whole(most)) > 0;
    const limit = below ? least : most;
    if ((below || above) && limit !== null) {
      found.push(
        breach(floor, facts, {
          field: 'scheme.criteria',
          given: toShow(share),
          limit,
          messageZh: `价格分占总分的 ${shown(share, 2)}%，${below ? '低' : '高'}于 ${limit}%`,
          messageEn: `The price has ${shown(share, 2)} % of all points, ${below ? 'less' : 'more'} than ${limit} %`,
        }),
      );
    }
  }
  if (!price) return found;
  const priceAt = scheme.criteria.indexOf(price);
  const { formula } = price;
  if (!method.formulas.includes(formula.name)) {
    found.push(
      breach(method.formula, facts, {
        field: `scheme.criteria[${priceAt}].formula`,
        given: formula.name,
        lawfulChoices: method.formulas,
        messageZh: `价格分公式应为：${method.formulas.map((each) => PRICE_FORMULAS_ZH[each]).join('、')}`,
        messageEn: `The formula of the price is one of: ${method.formulas.join(', ')}`,
      }),
    );
  }
  if (formula.name === 'deviation' && formula.base.of === 'mean-and-ceiling' && facts.hasCeiling === false) {
    found.push(
      breach(method.formula, facts, {
        field: `scheme.criteria[${priceAt}].formula.base.of`,
        given: formula.base.of,
        lawfulChoices: ['lowest', 'mean'],
        messageZh: '评标基准价按最高限价计算，但是文件没有写明最高限价',
        messageEn: 'The base is counted from the ceiling, and the documents state none',
      }),
    );
  }
  const { pricesNotTrimmed } = definition.evaluation.scheme;
  if (formula.name === 'deviation' && formula.base.trim > 0 && pricesNotTrimmed) {
    found.push(
      breach(pricesNotTrimmed, facts, {
        field: `scheme.criteria[${priceAt}].formula.base.trim`,
        given: formula.base.trim,
        limit: 0,
        messageZh: '不得去掉报价中的最高报价和最低报价',
        messageEn: 'The highest and lowest prices may not be left out',
      }),
    );
  }
  return found;
}

/** No qualification is scored, every mark counts, and what is judged has measured bands. */
function checkCriteria(definition: Procedure, scheme: Scheme, facts: SchemeFacts): Violation[] {
  const { qualificationNotScored, marksNotTrimmed, bands } = definition.evaluation.scheme;
  const found: Violation[] = [];
  scheme.criteria.forEach((criterion, index) => {
    const field = `scheme.criteria[${index}]`;
    const same = scheme.qualification.find(({ nameZh }) => looksOf(nameZh) === looksOf(criterion.nameZh));
    if (same && qualificationNotScored) {
      found.push(
        breach(qualificationNotScored, facts, {
          field: `${field}.nameZh`,
          given: criterion.nameZh,
          messageZh: `资格条件“${same.nameZh}”不得作为评审因素`,
          messageEn: `The qualification "${same.nameZh}" may not be scored`,
        }),
      );
    }
    if (criterion.kind === 'subjective' && criterion.bands.length === 0 && bands) {
      found.push(
        warning(bands, {
          field: `${field}.bands`,
          given: null,
          messageZh: `评审因素“${criterion.nameZh}”没有量化的区间和对应的分值`,
          messageEn: `The criterion "${criterion.nameZh}" has no measured bands`,
        }),
      );
    }
    if (criterion.kind !== 'price' && criterion.blind && criterion.part !== 'technical') {
      found.push(
        logicViolation('blind-part', 'warn', {
          field: `${field}.blind`,
          given: criterion.part,
          messageZh: `“${criterion.nameZh}”不属于技术部分，作为暗标会使投标人的身份可以辨认`,
          messageEn: `"${criterion.nameZh}" is not technical: as a blind part it would name the bidder`,
        }),
      );
    }
  });
  if (scheme.marks === 'trimmed' && marksNotTrimmed) {
    found.push(
      breach(marksNotTrimmed, facts, {
        field: 'scheme.marks',
        given: 'trimmed',
        lawfulChoices: ['mean'],
        messageZh: '各成员的评分均应汇总，不得去掉最高分、最低分',
        messageEn: 'The marks of every member count: the highest and lowest are not left out',
      }),
    );
  }
  return found;
}
