import type { Actor } from '../../db/audit.ts';
import { bidUnknown } from '../../domain/bids/refusals.ts';
import type { Tx } from '../../db/access/database.ts';
import { latestDecision, type Decision } from '../../db/decisions.ts';
import type { TenderPlace } from '../../db/tender/place.ts';
import { formatInstant, instantEn, instantZh } from '../../domain/civil-time.ts';
import type { Candidate, DecisionPayloads } from '../../domain/decisions.ts';
import { DomainError } from '../../domain/errors.ts';
import { badInput } from '../../domain/issues.ts';
import { getRule } from '../../domain/law/rulebook.ts';
import { seenOf } from '../../domain/text.ts';
import { assertNoRecheck } from '../rechecks/refer.ts';
import { actOn } from '../tender/advance.ts';
import { saveCases, type TenderCase } from '../tender/case.ts';
import { announceAward } from './announce.ts';

/**
 * 定标: the purchaser chooses, in the order of the candidates unless the law gives a ground to skip each one before.
 * @throws DomainError `stage-conflict` (also once the period to decide has ended), `bid-unknown`, `bad-input`, `unlawful`
 */
export async function decideAward(
  tx: Tx,
  actor: Actor,
  place: TenderPlace,
  choice: DecisionPayloads['award'],
): Promise<Decision<'award'>> {
  const { lotNo } = place;
  const c = await actOn(tx, place.procurementId);
  if (c.lot(lotNo).stage !== 'award') refuseAfterPeriod(c, lotNo);
  c.assertStage('award', lotNo);
  await assertNoRecheck(c, lotNo);
  await refuseUnlawfulChoice(c, lotNo, choice);
  await announceAward(c, actor, lotNo, {
    bidId: choice.bidId,
    determinedAt: tx.now,
    deemed: false,
    reasonZh: reasonsOf(choice),
  });
  const decision = c.decide('award', actor, lotNo, choice);
  await saveCases(tx, [c]);
  return decision;
}

/** The period to decide has ended, and the law has decided (财政部令87号 68). */
function refuseAfterPeriod(c: TenderCase, lotNo: number): void {
  const award = c.milestone(lotNo, 'award');
  if (award?.state !== 'deemed' || award.dueAt === null) return;
  const { id: rule, law, article } = getRule(c.rules.award);
  throw new DomainError('stage-conflict', {
    messageZh: `确定期限已于 ${instantZh(award.dueAt)} 届满，视同确定排名第一的候选人（${law}第${article}条）`,
    messageEn: `The period to decide ended at ${instantEn(award.dueAt)}; the first-ranked candidate is deemed chosen (${law} art. ${article})`,
    details: { rule, law, article, latestLawful: formatInstant(award.dueAt) },
  });
}

async function refuseUnlawfulChoice(c: TenderCase, lotNo: number, choice: DecisionPayloads['award']): Promise<void> {
  const report = await latestDecision(c.tx.q, { procurementId: c.id, lotNo }, 'report');
  const candidates = report?.payload.candidates ?? [];
  const chosen = candidates.find(({ bidId }) => bidId === choice.bidId);
  if (!chosen) throw bidUnknown(choice.bidId);
  const before = candidates.filter(({ rank }) => rank < chosen.rank).sort((a, b) => a.rank - b.rank);
  refuseOthersPassedOver(before, choice);
  const lacking = before.flatMap((each) => whatLacks(c, each, choice)).at(0);
  if (lacking === undefined) return;
  const { otherThanFirst } = c.definition;
  const { id: rule, law, article } = getRule(c.rules.award);
  const { award, winner } = c.definition.words;
  const { field, given, rank, isGround } = lacking;
  const whyZh = isGround ? '法定情形' : '该情形的具体事由';
  const whyEn = isGround ? 'one of the statutory grounds' : 'what happened';
  throw new DomainError('unlawful', {
    messageZh: `应当按照排序依次确定${award}候选人为${winner}；${otherThanFirst.length > 0 ? `选择第 ${chosen.rank} 名须说明第 ${rank} 名的${whyZh}` : '不得另选'}（${law}第${article}条）`,
    messageEn: `Candidates are chosen in the order of their ranks; ${otherThanFirst.length > 0 ? `rank ${chosen.rank} needs ${whyEn} of rank ${rank}` : 'no other than the first may be'} (${law} art. ${article})`,
    details: { field, rule, law, article, given, lawful: isGround ? otherThanFirst : [] },
  });
}

/** @throws DomainError `bad-input` for who is not ranked between the first and the chosen one */
function refuseOthersPassedOver(before: readonly Candidate[], { passedOver = [] }: DecisionPayloads['award']): void {
  const between = before.slice(1).map(({ bidId }) => bidId);
  const issues = passedOver.flatMap(({ bidId }, index) =>
    between.includes(bidId) && passedOver.findIndex((each) => each.bidId === bidId) === index
      ? []
      : [
          {
            field: `passedOver.${index}.bidId`,
            rule: 'between',
            messageZh: '应为排名第一与所选者之间的候选人，每人一项',
            messageEn: 'It must be a candidate ranked between the first and the chosen one, each once',
          },
        ],
  );
  if (issues.length > 0) throw badInput(issues);
}

interface Lacking {
  readonly field: string;
  readonly given: string | null;
  readonly rank: number;
  /** A ground of the law; else what happened. */
  readonly isGround: boolean;
}

/** What is not said of a candidate before the chosen one: for each the law wants a ground of its own (条例 55: 依次). */
function whatLacks(
  { definition: { otherThanFirst } }: TenderCase,
  { bidId, rank }: Candidate,
  choice: DecisionPayloads['award'],
): Lacking[] {
  const { passedOver = [] } = choice;
  const index = passedOver.findIndex((each) => each.bidId === bidId);
  const told = rank === 1 ? choice : passedOver[index];
  const at = rank === 1 ? '' : `passedOver.${index}.`;
  if (told === undefined) return [{ field: 'passedOver', given: null, rank, isGround: true }];
  const { ground, reasonZh } = told;
  if (ground === null || !otherThanFirst.includes(ground)) {
    return [{ field: `${at}ground`, given: ground, rank, isGround: true }];
  }
  if (seenOf(reasonZh ?? '') === '') return [{ field: `${at}reasonZh`, given: reasonZh, rank, isGround: false }];
  return [];
}

/** Of every candidate that was passed over. */
const reasonsOf = ({ reasonZh, passedOver = [] }: DecisionPayloads['award']): string | null =>
  reasonZh === null ? null : [reasonZh, ...passedOver.map((each) => each.reasonZh)].join('；');
