import type { RuleId } from '../../law/rulebook.ts';
import type { Violation } from '../../law/violation.ts';
import type { Procedure } from '../../procedures/procedure.ts';
import { groundsOf } from '../report.ts';
import { compare } from '../scoring/fraction.ts';
import { checkPoints } from './check-points.ts';
import { checkPreferences } from './check-preferences.ts';
import type { MethodDefinition, PricedMethod } from './definition.ts';
import { unfairOf } from './fair-competition.ts';
import { breach, valueZh, warning, type SchemeFacts } from './finding.ts';
import { boundsOf } from './law.ts';
import type { ReviewItem, Scheme } from './scheme.ts';
import { assertScheme, numberOf } from './shape.ts';

/**
 * What is unlawful in a scheme, before the launch. A finding by words of the documents warns only: a reader judges.
 * @throws DomainError `bad-input` where it can't be scored
 */
export function checkScheme(definition: Procedure, scheme: Scheme, facts: SchemeFacts): Violation[] {
  assertScheme(scheme);
  const own = definition.evaluation.scheme;
  const method = own.methods[scheme.method];
  if (!method) {
    const methods = Object.keys(own.methods);
    return [
      breach(definition.evaluation.rule, facts, {
        field: 'scheme.method',
        given: scheme.method,
        lawfulChoices: methods,
        messageZh: `评标（评审）方法应为：${methods.map((each) => valueZh('method', each)).join('、')}`,
        messageEn: `The method of evaluation is one of: ${methods.join(', ')}`,
      }),
    ];
  }
  return [
    ...checkUniform(definition, scheme, facts),
    ...(method.by === 'points' ? checkPoints(definition, method, scheme, facts) : checkPriced(method, scheme, facts)),
    ...(method.by === 'points' ? checkNoAdjustments(method.rule, scheme, facts) : []),
    ...checkGrounds(definition, scheme, facts),
    ...checkPreferences(definition, scheme, facts),
    ...checkTies(method, scheme, facts),
    ...checkLowLimits(definition, scheme, facts),
    ...checkCandidates(definition, method, scheme, facts),
    ...unfairOf(definition, scheme, facts),
  ];
}

/** Where technical and service standards are uniform, the price decides (财政部令87号 54). */
function checkUniform({ evaluation }: Procedure, { method }: Scheme, facts: SchemeFacts): Violation[] {
  const { uniform } = evaluation.scheme;
  if (!uniform || facts.uniform !== true || method === uniform.method) return [];
  return [
    breach(uniform.rule, facts, {
      field: 'scheme.method',
      given: method,
      lawfulChoices: [uniform.method],
      messageZh: '技术、服务等标准统一的项目，应当采用最低评标价法',
      messageEn: 'Where technical and service standards are uniform, the lowest evaluated price decides',
    }),
  ];
}

/** A method under which the price decides: nothing is scored, and only commercial deviations may be turned into money. */
function checkPriced({ rule, adjustments }: PricedMethod, scheme: Scheme, facts: SchemeFacts): Violation[] {
  const found: Violation[] = [];
  if (scheme.criteria.length > 0) {
    found.push(
      breach(rule, facts, {
        field: 'scheme.criteria',
        given: scheme.criteria.length,
        limit: 0,
        messageZh: '按价格评定的，不设评分因素',
        messageEn: 'Where the price decides nothing is scored',
      }),
    );
  }
  const [first] = scheme.adjustments;
  if (first && !adjustments.allowed) {
    found.push(
      breach(adjustments.rule, facts, {
        field: 'scheme.adjustments[0]',
        given: first.key,
        messageZh: '除算术修正和政策扣除外，不得对报价作其他调整',
        messageEn: 'But for arithmetic corrections and reductions by policy, prices are not adjusted',
      }),
    );
  }
  scheme.adjustments.forEach(({ part, nameZh }, index) => {
    if (!adjustments.allowed || part === 'commercial') return;
    found.push(
      breach(adjustments.rule, facts, {
        field: `scheme.adjustments[${index}].part`,
        given: part,
        lawfulChoices: ['commercial'],
        messageZh: `“${nameZh}”：只对报价和商务偏差作价格调整，技术部分不折价`,
        messageEn: `"${nameZh}": only commercial deviations are turned into money, not technical ones`,
      }),
    );
  });
  return found;
}

/** Where points decide, deviations have points and not prices. */
function checkNoAdjustments(rule: RuleId, { adjustments }: Scheme, facts: SchemeFacts): Violation[] {
  const [first] = adjustments;
  if (!first) return [];
  return [
    breach(rule, facts, {
      field: 'scheme.adjustments[0]',
      given: first.key,
      messageZh: '打分评定的，商务偏差以分值量化，不作价格调整',
      messageEn: 'Where points decide, deviations are given points and no prices',
    }),
  ];
}

/** Each item of the review names its item of the article. */
function checkGrounds(definition: Procedure, scheme: Scheme, facts: SchemeFacts): Violation[] {
  const { rejection } = definition.evaluation;
  const grounds = groundsOf(definition);
  const checked = (list: 'qualification' | 'conformity', fits: (ground: number) => boolean): Violation[] =>
    scheme[list].flatMap(({ ground, nameZh }: ReviewItem, index) =>
      fits(ground)
        ? []
        : [
            breach(rejection.rule, facts, {
              field: `scheme.${list}[${index}].ground`,
              given: ground,
              limit: grounds.length,
              messageZh: `“${nameZh}”应当写明其法定情形：${grounds.map((each, n) => `${n + 1} ${each}`).join('；')}`,
              messageEn: `"${nameZh}" names the item of the article by which a bid is rejected, 1 to ${grounds.length}`,
            }),
          ],
    );
  const { unqualified } = rejection;
  const listed = (ground: number): boolean => Number.isInteger(ground) && ground >= 1 && ground <= grounds.length;
  return [
    ...checked('qualification', (ground) => listed(ground) && (unqualified === undefined || ground === unqualified)),
    ...checked('conformity', (ground) => listed(ground) && (unqualified === undefined || ground !== unqualified)),
  ];
}

/** What the law leaves to the documents they must say. */
function checkTies({ ties }: MethodDefinition, scheme: Scheme, facts: SchemeFacts): Violation[] {
  const parts = scheme.ties.filter((step) => step === 'technical' || step === 'commercial');
  const found: Violation[] = [];
  if (scheme.method !== 'comprehensive' && parts.length > 0) {
    found.push(
      breach(ties.rule, facts, {
        field: 'scheme.ties',
        given: parts.join(','),
        messageZh: '按价格评定的没有得分，不能以得分区分',
        messageEn: 'Where the price decides there are no points to tell bids apart',
      }),
    );
  }
  if (ties.then === 'documents' && scheme.ties.length === 0) {
    found.push(
      warning(ties.rule, {
        field: 'scheme.ties',
        given: null,
        messageZh: '文件没有写明相同时如何排序，法律也没有规定',
        messageEn: 'Nothing says in which order equal bids stand: neither the documents nor the law',
      }),
    );
  }
  return found;
}

/** 异常低价: rates of the law, or of the documents up to their cap. */
function checkLowLimits({ evaluation }: Procedure, scheme: Scheme, facts: SchemeFacts): Violation[] {
  const { limits } = evaluation.scheme.abnormalLow;
  const found = scheme.abnormalLow.flatMap(({ of, percent }, index): Violation[] => {
    const lawful = limits.find((each) => each.of === of);
    if (!lawful) return [];
    const rate = numberOf(percent);
    if (compare(rate, numberOf(lawful.percent)) >= 0 && compare(rate, numberOf(lawful.atMost)) <= 0) return [];
    return [
      breach(lawful.rule, facts, {
        field: `scheme.abnormalLow[${index}].percent`,
        given: Number(percent),
        limit: Number(compare(rate, numberOf(lawful.percent)) < 0 ? lawful.percent : lawful.atMost),
        messageZh: `异常低价的比例 ${percent}% 应当在 ${lawful.percent}% 至 ${lawful.atMost}% 之间`,
        messageEn: `The rate of ${percent} % for abnormally low prices is from ${lawful.percent} to ${lawful.atMost} %`,
      }),
    ];
  });
  const missing = limits.filter(({ of }) => !scheme.abnormalLow.some((each) => each.of === of));
  return [
    ...found,
    ...missing.map(({ of, rule, percent }) =>
      breach(rule, facts, {
        field: 'scheme.abnormalLow',
        given: null,
        limit: Number(percent),
        messageZh: `没有写明异常低价的情形“${valueZh('abnormalLow.of', of)}”（低于 ${percent}%）`,
        messageEn: `The case "${of}" (below ${percent} %) of abnormally low prices is missing`,
      }),
    ),
  ];
}

/** How many are recommended, and whether they are ranked. */
function checkCandidates(
  { evaluation, words }: Procedure,
  { ties }: MethodDefinition,
  scheme: Scheme,
  facts: SchemeFacts,
): Violation[] {
  const { candidates, separation } = evaluation.scheme;
  const found: Violation[] = [];
  const least = candidates.least && (boundsOf(candidates.least).least ?? 0);
  const most = candidates.most && boundsOf(candidates.most).most;
  const few = candidates.least !== null && least !== null && scheme.candidates < least ? candidates.least : null;
  const many = candidates.most !== null && most !== null && scheme.candidates > most ? candidates.most : null;
  const broken = few ?? many;
  if (broken !== null) {
    found.push(
      breach(broken, facts, {
        field: 'scheme.candidates',
        given: scheme.candidates,
        limit: (few ? least : most) ?? 0,
        messageZh: `${words.award}候选人 ${scheme.candidates} 名，${few ? `少于 ${least}` : `超过 ${most}`} 名`,
        messageEn: `${scheme.candidates} candidates, ${few ? `fewer than ${least}` : `more than ${most}`}`,
      }),
    );
  }
  if (!scheme.separate) return found;
  const allowed = separation !== undefined && facts.localModes?.includes('separate') === true;
  if (!allowed) {
    found.push(
      breach(separation?.[0] ?? ties.rule, facts, {
        field: 'scheme.separate',
        given: 'separate',
        messageZh: `${words.award}候选人应当标明排序；评定分离须由本系统按地方规定开启`,
        messageEn: 'Candidates are ranked; evaluation apart from determination is a local mode that is off here',
      }),
    );
    return found;
  }
  return [
    ...found,
    ...separation.map((rule) =>
      warning(rule, {
        field: 'scheme.separate',
        given: 'separate',
        messageZh: '评定分离：候选人不标明排序，与此条不一致，依据地方规定',
        messageEn: 'Evaluation apart from determination: candidates without ranks collide with this article',
      }),
    ),
  ];
}
