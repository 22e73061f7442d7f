import type { TenderPlace } from '../../db/tender/place.ts';
import type { ReportPayload } from '../../domain/decisions.ts';
import { badReport } from '../../domain/evaluation/report.ts';
import { drawnCommittee, type Member } from '../committees/members.ts';

type ReportedMember = ReportPayload['committee'][number];
type Reading = Parameters<typeof drawnCommittee>[0];

const reported = ({ name, kind }: Member): ReportedMember => ({ name, kind });

/**
 * The committee that a report is of: the drawn one, where it was drawn here, whom nobody needs to type; a report may name no
 * others.
 * @throws DomainError `bad-input`
 */
export async function committeeOf(
  of: Reading,
  place: TenderPlace,
  given: readonly ReportedMember[],
): Promise<{ readonly members: ReportedMember[]; readonly drawn: boolean }> {
  const drawn = await drawnCommittee(of, place);
  if (drawn === null) return { members: [...given], drawn: false };
  const members = drawn.map(reported);
  const written = (list: readonly ReportedMember[]) =>
    list
      .map(({ name, kind }) => `${kind} ${name}`)
      .sort()
      .join('\n');
  if (given.length > 0 && written(given) !== written(members)) {
    throw badReport(
      'committee',
      '本标段的评标委员会由本平台抽取组建，报告的成员应与其一致；可不填，由平台填入',
      'The committee of this lot was drawn here: a report names its members and no others; left out, the platform fills them in',
    );
  }
  return { members, drawn: true };
}

/**
 * The committee of a report that was delivered: of a drawn one the report itself has no names, which are secret until the award.
 * @param marked says of those whom the purchaser chose that they were chosen (财库〔2016〕198号 20)
 */
export async function committeeReported(
  of: Reading,
  place: TenderPlace,
  { committee }: Pick<ReportPayload, 'committee'>,
  marked: boolean,
): Promise<ReportedMember[]> {
  if (committee.length > 0) return committee;
  const drawn = (await drawnCommittee(of, place)) ?? [];
  return drawn.map(({ name, kind, chosen }) => ({ name: marked && chosen ? `${name}（自行选定）` : name, kind }));
}
