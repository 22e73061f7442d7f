import { yuan } from '../law/catalogue.ts';
import { getRule } from '../law/rulebook.ts';
import { breachOf, type Violation } from '../law/violation.ts';
import type { Particulars } from '../notices/particulars.ts';
import { procedureOf, type ProcedureKey } from '../procedures/index.ts';

/** Documents come from the platform without print or post, whose cost is all that may be charged: any price is warned of. */
export function checkDocumentsPrice(tender: ProcedureKey, particulars: Particulars): Violation[] {
  const { rules, words } = procedureOf(tender);
  const { documentsPriceFen: price } = particulars;
  if (rules.documentsPrice === undefined || typeof price !== 'number' || price <= 0) return [];
  return [
    breachOf(getRule(rules.documentsPrice), 'warn', {
      field: 'particulars.documentsPriceFen',
      given: price,
      limit: 0,
      messageZh: `${words.documents}由平台提供，没有印刷、邮寄成本，收取 ${yuan(price)} 元应当说明依据`,
      messageEn: `The documents come from the platform, without print or post: a price of ${yuan(price)} yuan needs its reason`,
    }),
  ];
}
