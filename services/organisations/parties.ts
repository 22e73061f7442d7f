import type { Queries } from '../../db/access/database.ts';
import { organisationById, type Organisation } from '../../db/organisations.ts';
import { wordFor } from '../../domain/fields/field.ts';
import { badInput, type Issue } from '../../domain/issues.ts';
import { dutiesZh } from '../../domain/organisations/duties.ts';

/**
 * Whether these may be the purchaser and the agency of a procurement: by their recorded duties (职责), and not one and
 * the same.
 * @throws DomainError `bad-input`, `not-found`
 */
export async function assertParties(
  q: Queries,
  { purchaserId, agencyId }: { readonly purchaserId: string; readonly agencyId: string | null },
): Promise<void> {
  const purchaser = await organisationById(q, purchaserId);
  const agency = agencyId === null ? null : await organisationById(q, agencyId);
  const issues: Issue[] = [...lacking(purchaser, 'purchaser'), ...(agency ? lacking(agency, 'agency') : [])];
  if (agencyId === purchaserId) {
    issues.push({
      field: 'agencyId',
      rule: 'other-than-purchaser',
      messageZh: '代理机构不能是招标人（采购人）自己；自行办理的不填',
      messageEn: 'The agency is another organisation than the purchaser; who runs it itself names none',
    });
  }
  if (issues.length > 0) throw badInput(issues);
}

function lacking({ name, duties }: Organisation, duty: 'purchaser' | 'agency'): Issue[] {
  if (duties === null || duties.includes(duty)) return [];
  return [
    {
      field: `${duty}Id`,
      rule: 'duty',
      messageZh: `“${name}”登记的职责（${dutiesZh(duties)}）不含“${wordFor('duties', duty)}”`,
      messageEn: `The recorded duties of “${name}” (${duties.join(', ') || 'none'}) do not include ${duty}`,
    },
  ];
}
