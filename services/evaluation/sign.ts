import type { Actor } from '../../db/audit.ts';
import { recordAudit } from '../../db/audit.ts';
import type { Database, Tx } from '../../db/access/database.ts';
import type { Decision } from '../../db/decisions.ts';
import { schemeOf } from '../../db/evaluation/schemes.ts';
import { outOfState } from '../../domain/committees/out-of-state.ts';
import type { TenderPlace } from '../../db/tender/place.ts';
import { DomainError } from '../../domain/errors.ts';
import { presenceLog, seatingOf } from '../../domain/evaluation/presence.ts';
import type { EvaluationRecord } from '../../domain/evaluation/record.ts';
import { reportedOf, type CandidateDetails } from '../../domain/evaluation/reported.ts';
import { evaluate } from '../../domain/evaluation/scoring/evaluate.ts';
import type { Outcome } from '../../domain/evaluation/scoring/outcome.ts';
import type { Signature } from '../../domain/evaluation/sheets/decisions.ts';
import { citationOf, type RuleId } from '../../domain/law/rulebook.ts';
import { canonicalHash } from '../../proofs/hash.ts';
import { sheetHash, sheetOf } from '../../proofs/sheet.ts';
import { addDocument, type ReceivedDocument } from '../documents/add.ts';
import {
  assertEvaluating,
  assertLeader,
  evaluationFor,
  evaluationOf,
  ownSeat,
  record,
  refusedBy,
  signedHash,
  unnamed,
  violation,
  type Evaluation,
  type Reading,
} from './proceedings.ts';
import { MINUTE_MS } from '../../domain/civil-time.ts';
import { deliverReport } from './report.ts';

/** How a member signs the report: its dissent has reasons; refusing without reasons is agreement. */
export type GivenSignature = Pick<Signature, 'as' | 'reasonsZh'>;

/**
 * A member signs the report, with what has come out.
 * @throws DomainError `unlawful` for a second signature, `stage-conflict` while something is open
 */
export async function signReport(
  tx: Tx,
  place: TenderPlace,
  accountId: string,
  { as, reasonsZh }: GivenSignature,
): Promise<void> {
  const { draw, proceedings, seat } = await evaluationFor(tx, place, accountId);
  const { definition } = proceedings.of;
  const { memberId } = seat;
  if (proceedings.acts('signature').some(({ by }) => by === memberId) || proceedings.signing.complete) {
    throw refusedBy([
      violation(definition.evaluation.scheme.sheets.afterSigning, {
        field: 'memberId',
        given: memberId,
        messageZh: '已经签署，不得再次签署或者更改',
        messageEn: 'The report is signed: nothing is signed twice, or changed',
      }),
    ]);
  }
  if (!proceedings.isReady) throw outOfState('lot', 'evaluating', ['settled']);
  const hash = signedHash(tx, [draw.id], proceedings.outcome);
  await record(tx, draw, {
    ...{ by: memberId, actor: unnamed(seat), act: { kind: 'signature', as, reasonsZh, hash } },
    detail: { as, hash },
  });
}

/**
 * The leader ends the signing at an instant that leaves the others time to sign, or to dissent: who has not signed by then, and gave no
 * reasons, agrees (视为同意). It is done once.
 */
export async function closeSigning(tx: Tx, place: TenderPlace, accountId: string, minutes: number): Promise<void> {
  const evaluation = await evaluationFor(tx, place, accountId);
  const { draw, proceedings, seat } = evaluation;
  assertLeader(evaluation);
  if (!proceedings.isBeingSigned || proceedings.signing.complete) throw outOfState('lot', 'signing', ['signing']);
  if (proceedings.signingUntil !== null) throw outOfState('lot', 'closing', ['signing']);
  const { missing } = proceedings.signing;
  const until = tx.now + minutes * MINUTE_MS;
  await record(tx, draw, {
    ...{ by: seat.memberId, actor: unnamed(seat), act: { kind: 'close', until } },
    detail: { missing, until },
  });
}

/** Has everybody signed, and do most agree? @throws DomainError `stage-conflict` */
function assertSigned({ proceedings }: Evaluation): void {
  const { complete, adopted } = proceedings.signing;
  if (!complete || !proceedings.isReady) throw outOfState('lot', 'signing', ['signed']);
  if (adopted !== true) throw outOfState('lot', 'not-adopted', ['adopted']);
}

/** The report as it is printed, for the leader. @throws DomainError `stage-conflict`, `unlawful`, `not-found` */
export async function reportToPrint(db: Database, place: TenderPlace, accountId: string): Promise<EvaluationRecord> {
  const of: Reading = { q: db.read, committees: db.committees };
  const evaluation = await evaluationOf(of, place, db.now());
  const seat = ownSeat(evaluation, accountId);
  assertEvaluating(evaluation, 'complete');
  assertLeader({ ...evaluation, seat });
  assertSigned(evaluation);
  const stated = await schemeOf(db.read, place);
  return recordOf(evaluation, stated?.hash ?? '', db.clock.mode === 'drill');
}

function recordOf(evaluating: Evaluation, schemeHash: string, drill: boolean) {
  const { procurement, lot, seats, bids, order, numbering, proceedings } = evaluating;
  const { definition, law, scheme, sheets } = proceedings.of;
  const { outcome, signing } = proceedings;
  if (!outcome) throw new Error('nothing has come out yet');
  const { evaluation, committee, bid } = definition.words;
  const signatures = proceedings.acts('signature');
  const named = [
    ...outcome.valid.flatMap(({ steps }) => steps.flatMap(({ rule }) => rule ?? [])),
    ...outcome.rejected.map(({ rule }) => rule),
    ...(outcome.ties.length > 0 ? [law.ties.rule] : []),
  ];
  const made: EvaluationRecord = {
    ...{ procurementId: procurement.id, lotNo: lot.no, procurement: procurement.title, lotTitle: lot.title },
    ...{ words: { evaluation, committee, bid }, drill, scheme, schemeHash, leader: proceedings.leader },
    members: seats.map(({ memberId, kind, replaced }) => {
      const signature = signatures.find(({ by }) => by === memberId);
      return {
        ...{ memberId, kind, replaced, reasonsZh: signature?.act.reasonsZh ?? null },
        signature: signature?.act.as ?? null,
      };
    }),
    bids: bids.map(({ id, supplier }) => ({ bidId: id, supplier })),
    numbering,
    sheets,
    findings: [...proceedings.parts.flatMap(({ findings }) => findings), ...proceedings.brands.findings],
    answers: proceedings.acts('answer').map(({ act: { key, reasonZh } }) => ({ key, reasonZh })),
    motions: proceedings.motions,
    requests: proceedings.requests,
    extensions: proceedings.acts('extended').map(({ at, act: { until, asking, of } }) => ({ at, until, asking, of })),
    seating: seatingOf(proceedings.of.acts),
    presence: presenceLog(proceedings.of.acts).flatMap(({ at, event, memberId, venue }) =>
      memberId === null ? [] : [{ at, event, memberId, venue }],
    ),
    ...{ outcome, signing, tieRule: law.ties.rule },
    drawn: isDrawn(outcome) ? order : null,
    reopened: reopenedOf(proceedings),
    rules: Object.fromEntries([...new Set(named)].sort().map((rule) => [rule, citationOf(rule as RuleId).zh])),
    endedAt: endOf(proceedings),
  };
  return made;
}

const isDrawn = ({ ties, brandsDrawn }: Outcome): boolean =>
  brandsDrawn.length > 0 || ties.some(({ drawn }) => drawn.length > 0);

function reopenedOf({ reopened }: Evaluation['proceedings']): EvaluationRecord['reopened'] {
  if (!reopened) return null;
  const { recheckId, bidIds, items } = reopened;
  return { recheckId, bidIds, items };
}

/** The last signature; where somebody did not sign, the instant until which it could. */
function endOf(proceedings: Evaluation['proceedings']): number {
  const signed = proceedings.acts('signature');
  const isSilent = proceedings.sitting.some((memberId) => !signed.some(({ by }) => by === memberId));
  return Math.max(...signed.map(({ at }) => at), isSilent ? (proceedings.signingUntil ?? 0) : 0);
}

export interface PrintedReport {
  /** Of the record that was printed. */
  readonly hash: string;
  /** The page, and the PDF where it is not too long for one. */
  readonly files: readonly [ReceivedDocument, ...ReceivedDocument[]];
  readonly details: readonly CandidateDetails[];
  /** Of a recheck: what was found. */
  readonly findingZh?: string | null;
}

/**
 * 评标报告 from the marks: through the same checks as one on paper, with its page as the document that was signed, and the hash of each
 * bidder's score sheet in the log.
 * @throws DomainError `unlawful`, `stage-conflict`; `hash-mismatch` where it was printed from something else
 */
export async function deliverEvaluated(
  tx: Tx,
  place: TenderPlace,
  accountId: string,
  { hash, files, details, findingZh = null }: PrintedReport,
  confirmed: ReadonlySet<string>,
): Promise<Decision<'report'>> {
  const evaluation = await evaluationFor(tx, place, accountId);
  const { draw, order, proceedings, seat } = evaluation;
  assertLeader(evaluation);
  assertSigned(evaluation);
  const stated = await schemeOf(tx.q, place);
  const now = canonicalHash(recordOf(evaluation, stated?.hash ?? '', tx.clock.mode === 'drill'));
  if (now !== hash) {
    throw new DomainError('hash-mismatch', {
      messageZh: '评审情况在生成报告时有变化，请重新生成',
      messageEn: 'The evaluation changed while its report was made: make it again',
      details: { field: 'documentId', given: hash, stored: now },
    });
  }
  const actor: Actor = unnamed(seat);
  const { procurementId, lotNo } = place;
  const [page, ...others] = files;
  const { id: documentId } = await addDocument(tx, actor, { ...page, procurementId, kind: 'report' });
  for (const file of others) await addDocument(tx, actor, { ...file, procurementId, kind: 'report' });
  const reported = reportedOf(proceedings, { details, documentId, evaluationEndedAt: endOf(proceedings) });
  const payload = { ...reported, findingZh };
  const { input } = proceedings;
  if (!input) throw new Error('nothing was scored');
  const decision = await deliverReport(tx, actor, place, payload, confirmed);
  const outcome = evaluate(input);
  for (const { bidId } of input.bids) {
    const sheet = sheetOf(order, input, outcome, bidId, (rule) => citationOf(rule));
    if (!sheet) continue;
    recordAudit(tx, actor, {
      action: 'evaluation.score-sheet',
      procurementId,
      subject: `bid/${bidId}`,
      detail: { lotNo, hash: sheetHash(sheet) },
    });
  }
  await record(tx, draw, {
    ...{ by: seat.memberId, actor, act: { kind: 'report', decisionId: decision.id, documentId, input } },
    detail: { decisionId: decision.id, documentId, hash },
  });
  return decision;
}
