import type { Queries } from '../../db/access/database.ts';
import { questionsOf, type Question } from '../../db/questions.ts';
import { withoutAsker } from '../../domain/grievances/asker.ts';
import { askersOf } from '../grievances/askers.ts';
import type { Procurement } from '../../db/procurements.ts';

/**
 * An unanswered question is shown to its asker and to those who run the tender and answer it; its text tells nobody else who
 * asked.
 */
export async function visibleQuestions(
  q: Queries,
  { id }: Pick<Procurement, 'id'>,
  { runsIt, organisationId }: { readonly runsIt: boolean; readonly organisationId: string | null },
): Promise<Question[]> {
  const questions = await questionsOf(q, id);
  const visible = questions.filter(
    ({ answeredAt, askedBy }) => runsIt || answeredAt !== null || askedBy === organisationId,
  );
  const askers = await askersOf(
    q,
    visible.map(({ askedBy }) => askedBy),
  );
  return visible.map((question) => {
    const asker = askers.get(question.askedBy);
    if (!asker || question.askedBy === organisationId) return question;
    return { ...question, textZh: withoutAsker(question.textZh, asker) };
  });
}
