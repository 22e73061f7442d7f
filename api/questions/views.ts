import * as z from 'zod';
import type { Question } from '../../db/questions.ts';
import { at, atOrNull, id, instantOut } from '../http/schemas.ts';

export const questionSchema = z
  .object({
    id,
    textZh: z.string(),
    askedAt: instantOut,
    answerZh: z.string().nullable(),
    answeredAt: instantOut.nullable(),
    own: z.boolean().meta({ description: '是否本单位提出；提问者从不公开 / The author is never disclosed to others' }),
  })
  .meta({ id: 'Question' });

export const questionView = (question: Question, organisationId: string | null): z.infer<typeof questionSchema> => ({
  id: question.id,
  textZh: question.textZh,
  askedAt: at(question.askedAt),
  answerZh: question.answerZh,
  answeredAt: atOrNull(question.answeredAt),
  own: question.askedBy === organisationId,
});
