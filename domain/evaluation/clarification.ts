import { readAmountFen } from '../amounts.ts';
import { getRule } from '../law/rulebook.ts';
import { breachOf, type Violation } from '../law/violation.ts';
import { pricesIn } from '../notices/correction-texts.ts';
import type { Procedure } from '../procedures/procedure.ts';

/**
 * 澄清 is asked for on the grounds of the article only.
 * @param ground the item of the article, from 1
 */
export function checkGround({ evaluation: { scheme } }: Procedure, ground: number, field: string): Violation[] {
  const { clarification, sheets } = scheme;
  const grounds = clarification ? (getRule(clarification.request).items ?? []) : [];
  if (grounds[ground - 1] !== undefined) return [];
  return [
    breachOf(getRule(clarification?.request ?? sheets.perDocuments), 'block', {
      field,
      given: ground,
      messageZh: clarification
        ? `只能就下列情形要求澄清：${grounds.map((each, index) => `（${index + 1}）${each}`).join('')}`
        : '该采购方式不在平台上要求澄清',
      messageEn: clarification
        ? `A bidder is asked to clarify on these grounds only: 1 to ${grounds.length} of the article`
        : 'In this procedure bidders are not asked to clarify on the platform',
    }),
  ];
}

/**
 * An answer is signed, and changes nothing of substance: it stands beside the bid, and states no other price than the opened one.
 * @param priceFen of the opened bid; null: not known
 */
export function checkAnswer(
  { evaluation: { scheme } }: Procedure,
  priceFen: number | null,
  { textZh, name }: { readonly textZh: string; readonly name: string | null },
): Violation[] {
  const { clarification } = scheme;
  if (!clarification) return [];
  const other = pricesIn(textZh).find((sum) => priceFen !== null && readAmountFen(sum) !== priceFen);
  return [
    ...(name === null
      ? [
          breachOf(getRule(clarification.form), 'block', {
            field: 'name',
            given: null,
            messageZh: '澄清应当由法定代表人或者其授权的代表签字：请填写签字人姓名',
            messageEn: 'An answer is signed by the legal representative or who is authorised: name who signs',
          }),
        ]
      : []),
    ...(other === undefined
      ? []
      : [
          breachOf(getRule(clarification.unchanged), 'block', {
            field: 'textZh',
            given: other,
            messageZh: `澄清不得改变投标文件的实质性内容：所写价格“${other}”与开标时的报价不一致`,
            messageEn: `A clarification changes nothing of substance: the price "${other}" is not the opened one`,
          }),
        ]),
  ];
}
