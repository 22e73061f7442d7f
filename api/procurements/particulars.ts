import * as z from 'zod';
import { EVALUATION_METHODS } from '../../domain/evaluation/methods.ts';
import { CONSORTIUM, PARTICULARS, type ParticularKey, type Particulars } from '../../domain/notices/particulars.ts';
import { fen, identifier, line, prose } from '../http/schemas.ts';

const FORMS = { line: line(500), identifier: identifier(500), prose: prose(10_000), fen };
const CHOICES = { consortium: z.enum(CONSORTIUM), evaluationMethod: z.enum(EVALUATION_METHODS) };

type Fields = { [K in ParticularKey]: z.ZodOptional<z.ZodType<NonNullable<Particulars[K]>>> };

const fields = Object.fromEntries(
  (Object.keys(PARTICULARS) as ParticularKey[]).map((key) => {
    const { zh, en, kind } = PARTICULARS[key];
    const form = kind === 'choice' ? CHOICES[key as keyof typeof CHOICES] : FORMS[kind];
    return [key, form.optional().meta({ description: `${zh} / ${en}${kind === 'fen' ? ', in fen' : ''}` })];
  }),
) as unknown as Fields;

/** 公告事项. A draft may lack any of them; its check lists what its notices need, and its launch requires it. */
export const particularsSchema = z
  .strictObject(fields)
  .meta({ id: 'Particulars', description: '公告事项 / What the law requires in notices' });

/** 履约保证金 that the documents ask of a lot. */
export const bondAsked = {
  performanceBondPermille: z.int().min(0).max(1000).nullable().default(null).meta({
    description:
      '招标文件要求的履约保证金，占合同价的千分比；null：不要求 / Performance bond that the documents ask for, in thousandths of the price; null: none',
  }),
  performanceBondDays: z.int().min(1).max(365).nullable().default(null).meta({
    description:
      '自中标通知书发出之日起多少日内提交；null：至签订合同的最后一日 / Within how many days of the notice of the award it is handed in; null: by the last day for the contract',
  }),
};
