import type { Actor } from '../../db/audit.ts';
import type { Tx } from '../../db/access/database.ts';
import { latestDecision, type Decision } from '../../db/decisions.ts';
import { schemeOf } from '../../db/evaluation/schemes.ts';
import { grievanceById, type Grievance } from '../../db/grievances.ts';
import { notFound } from '../../db/procurements.ts';
import type { TenderPlace } from '../../db/tender/place.ts';
import { formatInstant, instantEn, instantZh } from '../../domain/civil-time.ts';
import type { Recheck, RecheckGround, ReportPayload } from '../../domain/decisions.ts';
import { DomainError } from '../../domain/errors.ts';
import type { RecheckGroundDefinition } from '../../domain/procedures/after-report.ts';
import { citationOf, type RuleId } from '../../domain/law/rulebook.ts';
import { badInput } from '../../domain/issues.ts';
import { stageConflict } from '../../domain/procedures/out-of-stage.ts';
import { assertDocument } from '../documents/named.ts';
import { actOn } from '../tender/advance.ts';
import { saveCases, type TenderCase } from '../tender/case.ts';
import { beginRecheck, itemsAbout } from './begin.ts';
import { openRecheck } from './open.ts';

/** Who refers something to the committee: who runs the tender, or its supervisor. */
export type Referred = Omit<Recheck, 'dueRule' | 'dueAt'> & { readonly dueAt: number | null };

/**
 * 复核: refers something of the report to the same committee again, on a ground of the law and on no other: until it has looked, nothing is
 * awarded or signed.
 * @throws DomainError `unlawful` for another ground, `stage-conflict`, `bad-input`, `already-exists`, `not-found`
 */
export async function referRecheck(
  tx: Tx,
  actor: Actor,
  place: TenderPlace,
  given: Referred,
): Promise<Decision<'recheck'>> {
  const { procurementId, lotNo } = place;
  const { documentId } = given;
  if (documentId !== null) await assertDocument(tx.q, procurementId, documentId, 'evidence');
  const c = await actOn(tx, procurementId);
  c.assertStage('recheck', lotNo);
  if (await openRecheck(c, lotNo)) throw alreadyOpen(c);
  const report = await latestDecision(tx.q, place, 'report');
  if (!report) throw notFound('report', `${procurementId}/lot/${lotNo}`);
  const ground = groundOf(c, given.ground);
  assertStageOf(c, lotNo, ground);
  const grievance = await referredGrievance(c, lotNo, actor, given);
  await refuseContradicted(c, lotNo, ground, given.ground);
  assertScope(c, report.payload, given);
  await assertItems(c, lotNo, given);
  const decision = await beginRecheck(c, actor, lotNo, { ...given, ...dueOf(c, grievance, given.dueAt) });
  await saveCases(tx, [c]);
  return decision;
}

const refused = (rule: RuleId, field: string, given: unknown, zh: string, en: string, lawful?: readonly string[]) => {
  const cited = citationOf(rule);
  return new DomainError('unlawful', {
    messageZh: `${zh}${cited.zh}`,
    messageEn: `${en}${cited.en}`,
    details: { field, given, ...(lawful ? { lawful } : {}), ...cited.details },
  });
};

/**
 * The ground of a recheck, as the procedure knows it.
 * @throws DomainError `unlawful` for one that it does not know
 */
export function groundOf(
  { definition: { recheck, words } }: Pick<TenderCase, 'definition'>,
  ground: RecheckGround,
  field = 'ground',
): RecheckGroundDefinition {
  const found = recheck.grounds[ground];
  if (found) return found;
  throw refused(
    recheck.only,
    field,
    ground,
    `不得以该理由组织重新${words.evaluation}、改变${words.evaluation}结果`,
    'The result is not looked at again on this ground',
    Object.keys(recheck.grounds),
  );
}

/** A ground on which a reply does not order a new evaluation. */
export const notOn = (
  { definition }: Pick<TenderCase, 'definition'>,
  ground: RecheckGround,
  rule: RuleId,
): DomainError =>
  refused(
    rule,
    'recheck.ground',
    ground,
    `答复${definition.words.grievance}不得以该理由决定重新${definition.words.evaluation}`,
    'A reply does not order a new evaluation on this ground',
  );

function assertStageOf(c: TenderCase, lotNo: number, { rule, stages }: RecheckGroundDefinition): void {
  const { stage } = c.lot(lotNo);
  if (!stages.includes(stage)) throw stageConflict(c.definition, { what: 'lot', stage, wanted: stages, rule });
}

/** The grievance that is referred: about the result of this lot, and not replied to. */
async function referredGrievance(
  c: TenderCase,
  lotNo: number,
  { role }: Actor,
  { ground, grievanceId }: Referred,
): Promise<Grievance | null> {
  const { recheck, words } = c.definition;
  const needed = recheck.grounds[ground]?.ofGrievance ?? false;
  const rule = recheck.onGrievance ?? recheck.grounds[ground]?.rule ?? recheck.only;
  if (grievanceId === null) {
    if (needed || role === 'supervisor') {
      throw refused(
        rule,
        'grievanceId',
        null,
        `请指明提交复核的${words.grievance}`,
        'Name the grievance that is referred to the committee',
      );
    }
    return null;
  }
  const grievance = await grievanceById(c.tx.q, grievanceId);
  const own = grievance.procurementId === c.id && grievance.lotNo === lotNo && grievance.target === 'result';
  if (own && grievance.state !== 'replied' && (needed || recheck.onGrievance !== undefined)) return grievance;
  throw refused(
    rule,
    'grievanceId',
    grievanceId,
    `提交复核的应为对本标段结果提出且尚未答复的${words.grievance}`,
    'What is referred is a grievance about the result of this lot that has no reply yet',
  );
}

/** What the platform evaluated is recomputed: sums, ranges and agreement were checked before anybody signed. */
export async function refuseContradicted(
  { definition, tx, id }: TenderCase,
  lotNo: number,
  { rule, excludedHere }: RecheckGroundDefinition,
  ground: RecheckGround,
  field = 'ground',
): Promise<void> {
  if (!excludedHere) return;
  const report = await latestDecision(tx.q, { procurementId: id, lotNo }, 'report');
  if (report?.payload.made !== 'here') return;
  throw refused(
    rule,
    field,
    ground,
    `本标段在平台${definition.words.evaluation}，分值由平台汇总，评分范围和客观项的一致性在签署前已经核对，记录中没有该情形`,
    'This lot was evaluated here: sums are computed, and ranges and agreement were checked before the signing; the record shows no such error',
  );
}

function assertScope(c: TenderCase, report: ReportPayload, { ground, bidIds, documentId }: Referred): void {
  const { candidates, others, rejected } = report;
  const own = [...candidates, ...others, ...rejected].map(({ bidId }) => bidId);
  const possible = ground === 'circumstances' ? candidates.map(({ bidId }) => bidId) : own;
  const issues = bidIds.flatMap((bidId, index) =>
    possible.includes(bidId) && bidIds.indexOf(bidId) === index
      ? []
      : [
          {
            field: `bidIds.${index}`,
            rule: 'bid-of-report',
            messageZh:
              ground === 'circumstances' ? '应为报告推荐的候选人，每个一次' : '应为报告所列的投标（响应），每个一次',
            messageEn:
              ground === 'circumstances'
                ? 'It must be a candidate of the report, each once'
                : 'It must be a bid that the report names, each once',
          },
        ],
  );
  if (issues.length > 0) throw badInput(issues);
  if (ground !== 'circumstances' || documentId !== null) return;
  throw refused(
    groundOf(c, ground).rule,
    'documentId',
    null,
    '应当附候选人经营、财务状况变化或者违法行为的材料：先上传（kind=evidence），再以 documentId 指明',
    'What shows the change or the unlawful act is uploaded first (kind=evidence), and named as documentId',
  );
}

/** Items are those of the scheme that the ground is about. */
async function assertItems(c: TenderCase, lotNo: number, { ground, items }: Referred): Promise<void> {
  if (items === null) return;
  const stated = await schemeOf(c.tx.q, { procurementId: c.id, lotNo });
  const about = stated && (itemsAbout(c.definition, stated.scheme, { ground, items: null }) ?? allItems(stated.scheme));
  const issues = items.flatMap((item, index) =>
    about?.includes(item) && items.indexOf(item) === index
      ? []
      : [
          {
            field: `items.${index}`,
            rule: 'item-of-scheme',
            messageZh: '应为评标（评审）办法中该情形所涉及的项，每项一次',
            messageEn: 'It must be an item of the scheme that the ground is about, each once',
          },
        ],
  );
  if (issues.length > 0) throw badInput(issues);
}

const allItems = ({
  qualification,
  conformity,
  criteria,
}: NonNullable<Awaited<ReturnType<typeof schemeOf>>>['scheme']): string[] =>
  [...qualification, ...conformity, ...criteria].map(({ key }) => key);

/** By when: of a grievance before the reply to it is due; else as who refers it says. */
function dueOf(c: TenderCase, grievance: Grievance | null, dueAt: number | null): Pick<Recheck, 'dueAt' | 'dueRule'> {
  const { now } = c.tx;
  const replyDueAt = grievance && grievance.replyDueAt >= now ? grievance.replyDueAt : null;
  const rule = c.definition.grievances.result.reply;
  if (replyDueAt !== null && (dueAt === null || dueAt === replyDueAt)) return { dueAt: replyDueAt, dueRule: rule };
  return { dueAt: assertDue(c, dueAt, replyDueAt), dueRule: null };
}

/** @throws DomainError `bad-input`, `unlawful` after the reply is due */
export function assertDue(c: TenderCase, dueAt: number | null, replyDueAt: number | null, field = 'dueAt'): number {
  if (dueAt === null || dueAt <= c.tx.now) {
    throw badInput([
      {
        field,
        rule: 'in-future',
        messageZh: '法律没有规定复核的期限：请确定一个将来的时间',
        messageEn: 'The law sets no time for it: set an instant that is to come',
      },
    ]);
  }
  if (replyDueAt === null || dueAt <= replyDueAt) return dueAt;
  throw refused(
    c.definition.grievances.result.reply,
    field,
    formatInstant(dueAt),
    `复核应当在答复期限（${instantZh(replyDueAt)}）之前完成`,
    `The recheck ends before the reply is due (${instantEn(replyDueAt)})`,
  );
}

const alreadyOpen = ({ definition }: TenderCase): DomainError =>
  new DomainError('already-exists', {
    messageZh: `${definition.words.committee}的复核尚未完成，不能再提交`,
    messageEn: 'The committee has not finished a recheck; another cannot be referred',
    details: { field: 'ground' },
  });

/**
 * Nothing is awarded or signed while the committee looks again.
 * @throws DomainError `suspended`
 */
export async function assertNoRecheck(c: TenderCase, lotNo: number): Promise<void> {
  const open = await openRecheck(c, lotNo);
  if (!open) return;
  const { ground, dueAt } = open.payload;
  const { zh, en, details } = citationOf(groundOf(c, ground).rule);
  const { committee, winner } = c.definition.words;
  throw new DomainError('suspended', {
    messageZh: `${committee}复核尚未完成（期限 ${instantZh(dueAt)}），此前不确定${winner}、不签订合同${zh}`,
    messageEn: `The committee has not finished its recheck (due ${instantEn(dueAt)}); until then nothing is awarded or signed${en}`,
    details: { recheckId: open.id, ...details },
  });
}
