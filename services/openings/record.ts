import { UNATTENDED, type Actor } from '../../db/audit.ts';
import type { StandingBid } from '../../db/bids.ts';
import type { Tx } from '../../db/access/database.ts';
import {
  custodiansOf,
  faultsOf,
  objectionsOf,
  openingsOf,
  type Opening,
  type OpeningCustodian,
  type OpeningFault,
  type OpeningLook,
  type OpeningObjection,
} from '../../db/openings/openings.ts';
import type { ProcurementRow } from '../../db/procurements.ts';
import type { OpeningEntry } from '../../db/schema/sqlite.ts';
import { pausesOf, type OpeningPause } from '../../db/tender/timeline.ts';
import type { Unsealing } from '../../db/openings/unsealings.ts';
import { formatInstant } from '../../domain/civil-time.ts';
import { sameAs, type Interval, type OpenedBid } from '../../domain/openings/window.ts';
import { procedureOf } from '../../domain/procedures/index.ts';
import { publishNotice, type NewNotice } from '../notices/publish.ts';
import type { TenderCase } from '../tender/case.ts';
import { outagesOf } from './outages.ts';

/** A lot whose record is made. */
export interface LotToRecord {
  readonly lotNo: number;
  /** Those that stand, in the order of receipt, with the outcomes of those sealed to custodians. */
  readonly bids: readonly (StandingBid & { readonly unsealing?: Unsealing | null })[];
  /** Fewer than the law requires: not opened, so that the bids stay sealed (招标投标法实施条例 44, 财政部令87号 41). */
  readonly tooFew?: boolean;
}

/** When the opening was to begin, and when it did (civil epoch ms). */
interface Instants {
  readonly legalAt: number;
  readonly actualAt: number;
}

/** Of a bidder, as returned by `depositEntries`. */
export type DepositOf = (supplierId: string) => Pick<OpeningEntry, 'deposit'>;

/** Builds the record of a lot (开标记录) from the outcomes of its bids. */
export function openingOf(
  procurementId: string,
  { lotNo, bids, tooFew = false }: LotToRecord,
  instants: Instants,
  depositOf: DepositOf,
): Opening {
  return {
    ...{ procurementId, lotNo, ...instants },
    bidders: bids.length,
    opened: !tooFew,
    entries: tooFew ? [] : entriesOf(bids, depositOf),
  };
}

function entriesOf(bids: LotToRecord['bids'], depositOf: DepositOf): OpeningEntry[] {
  const compared = bids.map(({ id, supplierId, sha256, unsealing }): OpenedBid => ({
    bidId: id,
    supplierId,
    sha256,
    parts: unsealing?.manifest?.parts.map((part) => part.sha256) ?? [],
  }));
  return bids.map(({ id, supplierId, supplier, sha256, size, receivedAt, unsealing }, index) => ({
    bidId: id,
    supplierId,
    supplier,
    sha256,
    size,
    receivedAt,
    ...(unsealing
      ? {
          unsealed: {
            state: unsealing.state,
            priceFen: unsealing.manifest?.priceFen ?? null,
            periodDays: unsealing.manifest?.periodDays ?? null,
            quality: unsealing.manifest?.quality ?? null,
            reasonZh: unsealing.reasonZh,
            reasonEn: unsealing.reasonEn,
            sameAs: sameAs(compared[index] as OpenedBid, compared),
          },
        }
      : {}),
    ...depositOf(supplierId),
  }));
}

/** Events of the opening, for all lots of a tender (电子招标投标办法 30, 32). */
interface Happenings {
  readonly custodians: readonly OpeningCustodian[];
  readonly pauses: readonly OpeningPause[];
  readonly outages: readonly Interval[];
  readonly faults: readonly OpeningFault[];
  readonly objections: readonly OpeningObjection[];
}

/** The events of an opening without custodians, at first. */
export const NOTHING_HAPPENED: Happenings = { custodians: [], pauses: [], outages: [], faults: [], objections: [] };

/** The notice of a record: names and figures, and all events of the opening. */
export function noticeOf(
  procurement: Pick<ProcurementRow, 'title' | 'sealing' | 'regime' | 'procedure' | 'rulebookVersion'>,
  record: Opening,
  happenings: Happenings = NOTHING_HAPPENED,
): NewNotice {
  const { title, sealing } = procurement;
  const { lotNo, entries } = record;
  const own = new Set(entries.map(({ bidId }) => bidId));
  const objections = happenings.objections.filter((each) => each.lotNo === lotNo);
  const isPlain = sealing === null && objections.length === 0;
  return {
    lotNo,
    kind: 'opening-record',
    titleZh: `${title}第${lotNo}标段${procedureOf(procurement).words.record}`,
    content: {
      opened: formatInstant(record.actualAt),
      bidders: entries.map(({ bidId, supplier, sha256, size, receivedAt, unsealed, deposit }) => ({
        ...(isPlain ? {} : { bidId }),
        supplier,
        sha256,
        size,
        receivedAt: formatInstant(receivedAt),
        ...unsealed,
        ...(deposit ? { deposit } : {}),
      })),
      ...(isPlain ? {} : told({ ...happenings, objections }, own)),
    },
    legalAt: record.legalAt,
  };
}

const instant = (at: number | null): string | null => (at === null ? null : formatInstant(at));

const told = ({ custodians, pauses, outages, faults, objections }: Happenings, own: ReadonlySet<string>) => ({
  custodians: custodians.map(({ custodian, state, reason, at }) => ({ custodian, state, reason, at: instant(at) })),
  pauses: pauses.map(({ reasonZh, from, until }) => ({ reasonZh, from: instant(from), until: instant(until) })),
  ...(outages.length > 0
    ? { outages: outages.map(({ from, until }) => ({ from: instant(from), until: instant(until) })) }
    : {}),
  faults: faults
    .filter(({ bidId }) => bidId === null || own.has(bidId))
    .map(({ bidId, minutes, reasonZh, at }) => ({ bidId, minutes, reasonZh, at: instant(at) })),
  objections: objections.map(({ textZh, filedAt, answerZh, answeredAt }) => ({
    textZh,
    filedAt: instant(filedAt),
    answerZh,
    answeredAt: instant(answeredAt),
  })),
});

/**
 * The recorded events of a tender's opening.
 * @param look kinds with no rows are not read
 */
export async function happeningsOf({ q, now }: Tx, tender: ProcurementRow, look?: OpeningLook): Promise<Happenings> {
  const { id } = tender;
  const [custodians, pauses, outages, faults, objections] = await Promise.all([
    look?.custodians === 0 ? [] : custodiansOf(q, id),
    look?.pauses === 0 ? [] : pausesOf(q, id),
    outagesOf(q, tender, now),
    look?.faults === 0 ? [] : faultsOf(q, id),
    look?.objections === 0 ? [] : objectionsOf(q, id),
  ]);
  return { custodians, pauses, outages, faults, objections };
}

/** Makes the record of a lot, and publishes it where the lot has enough bidders and the opening is public. */
export function recordOpening(
  c: TenderCase,
  actor: Actor,
  lot: LotToRecord,
  instants: Instants,
  depositOf: DepositOf,
  happenings?: Happenings,
): void {
  const record = openingOf(c.id, lot, instants, depositOf);
  c.openings.push(record);
  if (record.opened && c.definition.publicOpening) publishNotice(c, actor, noticeOf(c.procurement, record, happenings));
}

/** Publishes the record of a lot whose opening was not public, with its result. */
export async function publishHeldRecord(c: TenderCase, lotNo: number): Promise<void> {
  if (c.definition.publicOpening || c.latestNotice(lotNo, 'opening-record')) return;
  const record = (await openingsOf(c.tx.q, c.id)).find((each) => each.lotNo === lotNo);
  if (!record?.opened) return;
  publishNotice(c, UNATTENDED, noticeOf(c.procurement, record, await happeningsOf(c.tx, c.procurement)));
}
