import { describe, expect, it } from 'vitest';
import { checkAnswer, checkGround } from '../../domain/evaluation/clarification.ts';
import { GOVERNMENT_INQUIRY } from '../../domain/procedures/government-inquiry.ts';
import { GOVERNMENT_OPEN_TENDER } from '../../domain/procedures/government-open-tender.ts';
import { TENDERING_OPEN_TENDER } from '../../domain/procedures/tendering-open-tender.ts';
import type { Procedure } from '../../domain/procedures/procedure.ts';

const asked = (definition: Procedure, ground: number) =>
  checkGround(definition, ground, 'ground').map(({ rule, article, severity }) => [rule, article, severity]);
const answered = (definition: Procedure, textZh: string, name: string | null = '张三') =>
  checkAnswer(definition, 330_000_000, { textZh, name }).map(({ rule, article, field }) => [rule, article, field]);

describe('a clarification', () => {
  it.each([
    // 87令 51: 含义不明确、同类问题表述不一致、明显文字和计算错误.
    ['government', GOVERNMENT_OPEN_TENDER, 'gp-clarify-request', '51(1)'],
    // 条例 52: 含义不明确的内容、明显文字错误、计算错误.
    ['works', TENDERING_OPEN_TENDER, 'works-clarify-written', '52(1)'],
  ] as const)('is asked on the three grounds of the law: %s', (_name, definition, rule, article) => {
    expect([1, 2, 3].flatMap((ground) => asked(definition, ground))).toEqual([]);
    expect([0, 4].map((ground) => asked(definition, ground))).toEqual([
      [[rule, article, 'block']],
      [[rule, article, 'block']],
    ]);
  });

  it('no text that was read provides for one in an inquiry', () => {
    expect(asked(GOVERNMENT_INQUIRY, 1)).toHaveLength(1);
  });

  it.each([
    ['government', GOVERNMENT_OPEN_TENDER, 'gp-clarify-form', 'gp-clarify-no-change', '51(2)'],
    ['works', TENDERING_OPEN_TENDER, 'works-clarify-written', 'works-clarify-written', '52(1)'],
  ] as const)('is signed, and changes nothing of substance: %s', (_name, definition, form, unchanged, article) => {
    expect(answered(definition, '质保期为36个月，投标总价为330万元。')).toEqual([]);
    expect(answered(definition, '质保期为36个月。', null)).toEqual([[form, article, 'name']]);
    expect(answered(definition, '投标总价为320万元。')).toEqual([[unchanged, article, 'textZh']]);
    expect(answered(definition, '报价：3,300,000元')).toEqual([]);
  });
});
