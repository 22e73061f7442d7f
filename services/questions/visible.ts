import type { Queries } from '../../db/access/database.ts';
import { questionsOf, type Question } from '../../db/questions.ts';
import type { Procurement } from '../../db/procurements.ts';

/** An unanswered question is shown to its asker and to those who run the tender and answer it. */
export async function visibleQuestions(
  q: Queries,
  { id }: Pick<Procurement, 'id'>,
  { runsIt, organisationId }: { readonly runsIt: boolean; readonly organisationId: string | null },
): Promise<Question[]> {
  const questions = await questionsOf(q, id);
  return questions.filter(({ answeredAt, askedBy }) => runsIt || answeredAt !== null || askedBy === organisationId);
}
