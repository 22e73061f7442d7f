import * as z from 'zod';
import { answerQuestion } from '../../services/questions/answer.ts';
import { askQuestion } from '../../services/questions/ask.ts';
import { visibleQuestions } from '../../services/questions/visible.ts';
import { created, ok, route } from '../http/route.ts';
import { id, prose } from '../http/schemas.ts';
import { questionSchema, questionView } from './views.ts';

const tag = 'questions';
const params = z.object({ id });

export const questionRoutes = [
  route({
    method: 'post',
    path: '/procurements/{id}/questions',
    action: 'question.ask',
    at: 'procurement',
    tag,
    zh: '对招标文件提出疑问',
    en: 'Ask about the documents',
    params,
    body: z.strictObject({ textZh: prose(5000) }),
    outcomes: [{ status: 201, schema: questionSchema, zh: '已提出', en: 'Asked' }],
    errors: ['not-invited', 'stage-conflict'],
    handle: async ({ procurement, body, organisation, commit, actor }) =>
      commit(async (tx) => {
        const question = await askQuestion(tx, actor, {
          procurementId: procurement.id,
          organisationId: organisation(),
          textZh: body.textZh,
        });
        return created(questionView(question, organisation()), `/api/procurements/${procurement.id}/questions`);
      }),
  }),
  route({
    method: 'get',
    path: '/procurements/{id}/questions',
    action: 'procurement.read',
    draftAction: 'procurement.read-draft',
    at: 'procurement',
    tag,
    zh: '疑问与答复；未答复的只有提问者与组织者可见',
    en: 'Questions and answers; what is not answered is seen by the asker and those who run the tender',
    params,
    outcomes: [{ status: 200, schema: z.object({ items: z.array(questionSchema) }), zh: '疑问', en: 'Questions' }],
    handle: async ({ services: { db }, procurement, runsIt, organisationId }) => {
      const questions = await visibleQuestions(db.read, procurement, { runsIt, organisationId });
      return ok({ items: questions.map((question) => questionView(question, organisationId)) });
    },
  }),
  route({
    method: 'post',
    path: '/procurements/{id}/questions/{questionId}/answer',
    action: 'question.answer',
    at: 'procurement',
    tag,
    zh: '答复疑问，同时向所有人公布',
    en: 'Answer a question, visible to all at the same time',
    params: params.extend({ questionId: id }),
    body: z.strictObject({
      answerZh: prose(10_000),
      affectsBids: z.boolean().meta({
        description:
          '可能影响投标文件编制；距截止时间不足法定期限的，先以澄清公告顺延 / May bear on how bids are written: where less than the lawful time is left, an amendment moves the deadline first',
      }),
    }),
    outcomes: [
      {
        status: 200,
        schema: z.object({ question: questionSchema, noticeId: id }),
        zh: '已答复并公布',
        en: 'Answered and published',
      },
    ],
    errors: ['already-exists', 'stage-conflict', 'unlawful'],
    judged: [{ field: 'answerZh', zh: '不出现提问者的名称或者代码', en: 'no name or code of who asked' }],
    handle: async ({ procurement, params: { questionId }, body, commit, actor, organisationId }) =>
      commit(async (tx) => {
        const { question, notice } = await answerQuestion(tx, actor, {
          procurementId: procurement.id,
          questionId,
          ...body,
        });
        return ok({ question: questionView(question, organisationId), noticeId: notice.id });
      }),
  }),
];
