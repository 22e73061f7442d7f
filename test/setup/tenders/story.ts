import type { Decision } from '../../../db/decisions.ts';
import { recordObtained } from '../../../services/documents/obtain.ts';
import { type Grievance } from '../../../db/grievances.ts';
import { fileGrievance } from '../../../services/grievances/file.ts';
import { listNotices, type Notice } from '../../../db/notices.ts';
import { lotOf, procurementById, type Draft, type LotRow, type Procurement } from '../../../db/procurements.ts';
import { findMilestone, type Milestone } from '../../../db/tender/timeline.ts';
import type { Bid } from '../../../db/bids.ts';
import { formatInstant } from '../../../domain/civil-time.ts';
import type { DecisionKind, DecisionPayloads } from '../../../domain/decisions.ts';
import type { MilestoneKey } from '../../../domain/law/milestones.ts';
import { at, bid, decide, draftOf, launch, people, reportOn, type People } from './tender.ts';
import type { SkippedTime } from '../time-skipping.ts';

/** One tender on the server whose clock skips, told by what people do and what is stored. Instants are written out. */
export interface Story {
  readonly who: People;
  readonly id: string;
  /** Time passes until then. */
  until(instant: string): Promise<void>;
  bids(lotNo: number, suppliers: readonly number[]): Promise<Bid[]>;
  /** Decides while nothing is carried to Temporal; `wake` carries what has been waiting. */
  decideUnheard<K extends DecisionKind>(
    kind: K,
    payload: DecisionPayloads[K],
    at?: { lotNo?: number; grievanceId?: string },
  ): Promise<Decision<K>>;
  wake(): Promise<void>;
  /** Decides, and wakes what it concerns. */
  decide<K extends DecisionKind>(
    kind: K,
    payload: DecisionPayloads[K],
    at?: { lotNo?: number; grievanceId?: string },
  ): Promise<Decision<K>>;
  file(target: 'documents' | 'result', supplier: number, lotNo?: number): Promise<Grievance>;
  reply(grievance: Grievance, payload?: Partial<DecisionPayloads['reply']>): Promise<Decision>;
  report(
    bids: readonly Bid[],
    evaluationEndedAt: string,
    change?: Partial<DecisionPayloads['report']>,
  ): Promise<Decision>;
  award(bid: Bid | undefined, change?: Partial<DecisionPayloads['award']>): Promise<Decision>;
  procurement(): Promise<Procurement>;
  lot(lotNo?: number): Promise<LotRow>;
  milestone(key: MilestoneKey, lotNo?: number): Promise<Milestone | undefined>;
  /** Last instant in time, written out; null where there is none. */
  due(key: MilestoneKey, lotNo?: number): Promise<string | null>;
  /** Oldest first. */
  notices(): Promise<Notice[]>;
}

export async function story(
  time: SkippedTime,
  regime: 'tendering' | 'government',
  change: Partial<Draft> = {},
  options: { readonly suppliers?: number; readonly start?: 'at-once' | 'later' } = {},
): Promise<Story> {
  const { db } = time;
  const who = await people(db, options.suppliers ?? 3);
  const { procurement } = await launch(db, who.asPurchaser, draftOf(regime, who.purchaser.id, change));
  const { id } = procurement;
  if (options.start !== 'later') await time.deliver();

  const decideUnheard: Story['decideUnheard'] = (kind, payload, place = {}) =>
    decide(db, who.asPurchaser, {
      procurementId: id,
      lotNo: place.lotNo ?? 1,
      kind,
      payload,
      ...(place.grievanceId ? { grievanceId: place.grievanceId } : {}),
    });
  const decideNow: Story['decide'] = async (kind, payload, place) => {
    const decision = await decideUnheard(kind, payload, place);
    await time.deliver();
    return decision;
  };
  const milestone: Story['milestone'] = (key, lotNo = 1) => findMilestone(db.read, { procurementId: id, lotNo }, key);

  return {
    who,
    id,
    decideUnheard,
    milestone,
    decide: decideNow,
    wake: () => time.deliver(),
    until: (instant) => time.until(at(instant)),
    bids: async (lotNo, suppliers) => {
      const taken: Bid[] = [];
      for (const index of suppliers) taken.push(await bid(db, who, index, id, lotNo));
      return taken;
    },
    file: async (target, supplier, lotNo = 1) => {
      const organisationId = String(who.suppliers[supplier]?.id);
      const actor = who.asSupplier(supplier);
      const grievance = await db.transaction(async (tx) => {
        if (target === 'documents') await recordObtained(tx, actor, id, organisationId);
        return fileGrievance(tx, actor, {
          procurementId: id,
          lotNo: target === 'documents' ? 0 : lotNo,
          target,
          organisationId,
          textZh: '理由见附件',
        });
      });
      await time.deliver();
      return grievance;
    },
    reply: (grievance, payload) =>
      decideNow(
        'reply',
        { outcome: 'rejected', effect: 'none', textZh: '经复核，答复如下', ...payload },
        { lotNo: grievance.lotNo, grievanceId: grievance.id },
      ),
    report: (bids, evaluationEndedAt, report) =>
      decideNow('report', reportOn(bids, at(evaluationEndedAt), report), { lotNo: bids[0]?.lotNo ?? 1 }),
    award: (winner, award) =>
      decideNow(
        'award',
        { bidId: String(winner?.id), ground: null, reasonZh: null, ...award },
        { lotNo: winner?.lotNo ?? 1 },
      ),
    procurement: () => procurementById(db.read, id),
    lot: (lotNo = 1) => lotOf(db.read, id, lotNo),
    due: async (key, lotNo = 1) => {
      const dueAt = (await milestone(key, lotNo))?.dueAt;
      return typeof dueAt === 'number' ? formatInstant(dueAt) : null;
    },
    notices: async () => (await listNotices(db.read, { procurementId: id, limit: 100 })).reverse(),
  };
}

export const kindsOf = (notices: readonly Notice[]): string[] => notices.map(({ kind }) => kind);
