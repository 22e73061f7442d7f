import { yuan } from '../law/catalogue.ts';
import { getRule } from '../law/rulebook.ts';
import { breachOf, logicViolation, severityOf, type Violation } from '../law/violation.ts';
import type { Procedure } from '../procedures/procedure.ts';

interface Priced {
  readonly budgetFen: number;
  readonly lots: readonly { readonly budgetFen: number }[];
  readonly particulars?: { readonly ceilingPriceFen?: number | undefined } | null;
}

const isBudget = (fen: number): boolean => Number.isSafeInteger(fen) && fen > 0;

/** How many fen a yuan has: a ceiling that is smaller than its budget by this much may be a number of yuan. */
const FEN_PER_YUAN = 100;

/**
 * A ceiling (最高限价, fen) that nobody can offer, that is above the budget of the project or of one of its lots, or that looks like
 * another unit. It is one price for the tender, and limits the price of each of its lots. Above the budget of a lot it limits
 * nothing there, and below a hundredth of it a price of each unit may be meant: both are worth a warning.
 */
export function checkCeiling(
  { rules, words }: Pick<Procedure, 'rules' | 'words'>,
  { budgetFen, lots, particulars }: Priced,
  confirmed?: ReadonlySet<string>,
): Violation[] {
  const ceiling = particulars?.ceilingPriceFen;
  if (ceiling === undefined || !Number.isSafeInteger(ceiling)) return [];
  const field = 'particulars.ceilingPriceFen';
  const rule = rules.ceiling === undefined ? undefined : getRule(rules.ceiling);
  const found = (severity: 'block' | 'warn', finding: Parameters<typeof logicViolation>[2]): Violation =>
    rule ? breachOf(rule, severity, finding) : logicViolation('amount', severity, finding);
  if (ceiling <= 0) {
    return [
      logicViolation('amount', 'block', {
        ...{ field, given: ceiling, limit: budgetFen },
        messageZh: `最高限价为 ${yuan(ceiling)} 元，任何报价都会超过；应当大于 0，不超过预算 ${yuan(budgetFen)} 元，没有最高限价的不填`,
        messageEn: `A ceiling of ${yuan(ceiling)} yuan makes every price invalid: it is above 0 and at most the budget, ${yuan(budgetFen)} yuan; without a ceiling leave it out`,
      }),
    ];
  }
  // Invalid budgets are reported by the check of money.
  if (!isBudget(budgetFen)) return [];
  if (ceiling > budgetFen) {
    return [
      found(rule ? severityOf(rule, confirmed) : 'warn', {
        ...{ field, given: ceiling, limit: budgetFen },
        messageZh: `最高限价 ${yuan(ceiling)} 元超过预算 ${yuan(budgetFen)} 元`,
        messageEn: `The ceiling of ${yuan(ceiling)} yuan is above the budget of ${yuan(budgetFen)} yuan`,
      }),
    ];
  }
  return lots.flatMap((lot, index) => {
    if (!isBudget(lot.budgetFen)) return [];
    const place = { field: lots.length > 1 ? `lots[${index}].budgetFen` : field };
    const [zh, en] = lots.length > 1 ? [`第 ${index + 1} 个标段（包）`, `lot ${index + 1}`] : ['项目', 'the project'];
    if (ceiling > lot.budgetFen) {
      return [
        found('warn', {
          ...{ ...place, given: lot.budgetFen, limit: ceiling },
          messageZh: `最高限价 ${yuan(ceiling)} 元适用于每个标段（包）的报价，高于${zh}的预算 ${yuan(lot.budgetFen)} 元，对其不起限制作用；应当在${words.documents}中分别载明各标段（包）的最高限价`,
          messageEn: `The ceiling of ${yuan(ceiling)} yuan is for the price of each lot; it is above the budget of ${en}, ${yuan(lot.budgetFen)} yuan, and limits nothing there: state the ceiling of each lot in the documents`,
        }),
      ];
    }
    if (ceiling * FEN_PER_YUAN > lot.budgetFen) return [];
    return [
      found('warn', {
        ...{ ...place, given: lots.length > 1 ? lot.budgetFen : ceiling, limit: lot.budgetFen },
        messageZh: `最高限价 ${yuan(ceiling)} 元不到${zh}预算 ${yuan(lot.budgetFen)} 元的百分之一：高于它的报价均无效，请核对单位（以分计）`,
        messageEn: `The ceiling of ${yuan(ceiling)} yuan is less than a hundredth of the budget of ${en}, ${yuan(lot.budgetFen)} yuan, and every price above it is invalid: check its unit (fen)`,
      }),
    ];
  });
}
