import type { Queries } from '../../db/access/database.ts';
import { questionsOf, type Question } from '../../db/questions.ts';
import type { Procurement } from '../../db/procurements.ts';

/** An unanswered question is shown to its asker and to those who run the tender and answer it. */
export async function visibleQuestions(
  q: Queries,
  { id, purchaserId, agencyId }: Pick<Procurement, 'id' | 'purchaserId' | 'agencyId'>,
  { role, organisationId }: { readonly role: string; readonly organisationId: string | null },
): Promise<Question[]> {
  const runs = role === 'purchaser' || role === 'agency';
  const answers = runs && [purchaserId, agencyId].includes(organisationId);
  const questions = await questionsOf(q, id);
  return questions.filter(({ answeredAt, askedBy }) => answers || answeredAt !== null || askedBy === organisationId);
}
