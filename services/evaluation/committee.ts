import { latestDraw } from '../../db/committees/draws.ts';
import type { TenderPlace } from '../../db/tender/place.ts';
import type { ReportPayload } from '../../domain/decisions.ts';
import { badReport } from '../../domain/evaluation/report.ts';
import { getRule } from '../../domain/law/rulebook.ts';
import { breachOf, type Violation } from '../../domain/law/violation.ts';
import { drawnCommittee, type Member } from '../committees/members.ts';
import type { TenderCase } from '../tender/case.ts';

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
 * In works whoever was replaced is followed by another, who evaluates anew (招标投标法实施条例 48): a committee that was drawn here
 * reports when nobody is missing. Where the law does not say so, those who remain must be a lawful committee by themselves.
 */
export async function checkReplaced({ definition, tx }: TenderCase, place: TenderPlace): Promise<Violation[]> {
  const rule = definition.committee.replacement.void;
  if (rule === undefined || (await latestDraw(tx.q, place))?.state !== 'calling') return [];
  const { committee, evaluation } = definition.words;
  return [
    breachOf(getRule(rule), 'block', {
      field: 'committee',
      given: 'calling',
      messageZh: `${committee}成员更换后尚未补齐：由更换后的成员重新评审后，方可提交${evaluation}报告`,
      messageEn:
        'A member of the committee was replaced, and nobody has confirmed for the seat: it reports when the new member has evaluated',
    }),
  ];
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
