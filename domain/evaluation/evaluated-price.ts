import type { Valued } from '../decisions.ts';
import { yuan } from '../law/catalogue.ts';
import { getRule } from '../law/rulebook.ts';
import { breachOf, severityOf, type Violation } from '../law/violation.ts';
import type { Procedure } from '../procedures/procedure.ts';
import { seenOf } from '../text.ts';
import type { EvaluationMethod } from './methods.ts';
import { boundsOf, preferencesOf, type LawFacts } from './scheme/law.ts';
import type { PreferenceKey } from './scheme/scheme.ts';

/** The most that all preferences together may take off a price, in percent: a small firm has no need of its share. */
export function mostReduction(definition: Procedure, facts: LawFacts): number {
  const lawful = preferencesOf(definition, facts).filter(({ form }) => form === 'reduction');
  const most = (key: PreferenceKey): number =>
    Math.max(0, ...lawful.filter((each) => each.key === key).map(({ rule }) => boundsOf(rule).most ?? 0));
  return Math.max(most('small-firm'), most('small-firm-share')) + most('domestic-product');
}

/**
 * 评标价: another than the price is explained (12号令 33: 标价比较表). Where only policy reduces prices (87令 54), it is not above the
 * price, nor below what the highest lawful rates leave of it; in works the documents say what deviations are worth.
 */
export function checkEvaluatedPrice(
  definition: Procedure,
  by: EvaluationMethod,
  facts: LawFacts,
  { field, bid }: { readonly field: string; readonly bid: Valued },
): Violation[] {
  const { evaluatedFen, evaluatedZh = '', priceFen } = bid;
  if (evaluatedFen === undefined || evaluatedFen === priceFen) return [];
  const { methods, preferences } = definition.evaluation.scheme;
  const method = methods[by];
  const isFree = method?.by === 'price' ? method.adjustments.allowed : preferences.scope === undefined;
  const rule = getRule(
    method?.by === 'price' ? method.adjustments.rule : (preferences.scope ?? definition.evaluation.rule),
  );
  const found: Violation[] = [];
  if (seenOf(evaluatedZh) === '') {
    found.push(
      breachOf(rule, severityOf(rule), {
        field: `${field}.evaluatedZh`,
        given: null,
        messageZh: `评标价 ${yuan(evaluatedFen)} 元与报价 ${yuan(priceFen)} 元不同，应当说明调整的依据和数额`,
        messageEn: `The evaluated price of ${yuan(evaluatedFen)} yuan is not the price of ${yuan(priceFen)} yuan: state why, and by how much`,
      }),
    );
  }
  if (isFree) return found;
  const percent = mostReduction(definition, facts);
  const least = Math.floor((priceFen * (100 - percent)) / 100);
  if (evaluatedFen >= least && evaluatedFen <= priceFen) return found;
  const limit = evaluatedFen > priceFen ? priceFen : least;
  found.push(
    breachOf(rule, severityOf(rule), {
      field: `${field}.evaluatedFen`,
      given: evaluatedFen,
      limit,
      messageZh: `评标价 ${yuan(evaluatedFen)} 元不在 ${yuan(least)} 元至报价 ${yuan(priceFen)} 元之间：除算术修正和落实政府采购政策的价格扣除（合计最高 ${percent}%）外，不得调整报价`,
      messageEn: `The evaluated price of ${yuan(evaluatedFen)} yuan is not between ${yuan(least)} yuan and the price of ${yuan(priceFen)} yuan: besides arithmetic, only policy reduces a price (by ${percent} % at most in all)`,
    }),
  );
  return found;
}
