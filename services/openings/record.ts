import { UNATTENDED, type Actor } from '../../db/audit.ts';
import type { StandingBid } from '../../db/bids.ts';
import type { Queries, Tx } from '../../db/access/database.ts';
import {
  attendanceOf,
  custodiansOf,
  faultsOf,
  objectionsOf,
  openingsOf,
  signaturesOf,
  type Opening,
  type OpeningState,
} from '../../db/openings/openings.ts';
import { organisationsById } from '../../db/organisations.ts';
import type { ProcurementRow } from '../../db/procurements.ts';
import type { OpeningEntry } from '../../db/schema/sqlite.ts';
import { pausesOf } from '../../db/tender/timeline.ts';
import type { Unsealing } from '../../db/openings/unsealings.ts';
import type { Incidents } from '../../domain/notices/data.ts';
import type { DepositTerms } from '../../domain/deposits/standing.ts';
import { depositTermsOf } from '../../domain/deposits/terms.ts';
import { sameAs, type OpenedBid } from '../../domain/openings/window.ts';
import { publishNotice } from '../notices/publish.ts';
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
  c: Pick<TenderCase, 'tender' | 'lot'>,
  { lotNo, bids, tooFew = false }: LotToRecord,
  instants: Instants,
  depositOf: DepositOf,
): Opening {
  const { tender } = c;
  const { title: lotTitle, budgetFen } = c.lot(lotNo);
  return {
    ...{ procurementId: tender.id, lotNo, ...instants },
    bidders: bids.length,
    opened: !tooFew,
    entries: tooFew ? [] : entriesOf(bids, depositOf),
    heading: {
      projectNumber: tender.particulars?.projectNumber ?? null,
      place: tender.particulars?.openingPlace ?? null,
      lotTitle,
      budgetFen,
      ceilingFen: tender.particulars?.ceilingPriceFen ?? null,
    },
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

/** The events of an opening without custodians, at first. */
export const NO_INCIDENTS: Incidents = { custodians: [], pauses: [], outages: [], faults: [], objections: [] };

/** Publishes a record (开标记录): names and figures, and all events of the opening. */
export function publishRecord(c: TenderCase, actor: Actor, record: Opening, incidents: Incidents = NO_INCIDENTS): void {
  const { lotNo, legalAt, actualAt, entries, heading } = record;
  const sealed = c.procurement.sealing !== null;
  const absentAccept = c.rules.absentAtOpening !== undefined;
  const bids = entries.map((entry) => withRequired(entry, depositTermsOf(c.tender, lotNo)));
  publishNotice(
    c,
    actor,
    'opening-record',
    { lotNo, legalAt },
    { openedAt: actualAt, sealed, bids, incidents, heading, absentAccept },
  );
}

/** 部分到账: of a deposit that arrived in part, both sums are read out. */
function withRequired(
  entry: OpeningEntry,
  terms: DepositTerms | null,
): Omit<OpeningEntry, 'deposit'> & { readonly deposit?: object } {
  const { deposit } = entry;
  if (!terms || !deposit || deposit.held || deposit.amountFen === 0) return entry;
  return { ...entry, deposit: { ...deposit, requiredFen: terms.requiredFen } };
}

/**
 * The recorded events of a tender's opening.
 * @param opening kinds with no rows are not read
 */
export async function incidentsOf({ q, now }: Tx, tender: ProcurementRow, opening?: OpeningState) {
  const { id } = tender;
  const [custodians, pauses, outages, faults, objections, attendance, signatures] = await Promise.all([
    opening?.custodians === 0 ? [] : custodiansOf(q, id),
    opening?.pauses === 0 ? [] : pausesOf(q, id),
    outagesOf(q, tender, now),
    opening?.faults === 0 ? [] : faultsOf(q, id),
    opening?.objections === 0 ? [] : objectionsOf(q, id),
    // Nobody is recorded, and nobody signs, before there is a record.
    opening ? undefined : attendanceOf(q, id),
    opening ? [] : signedBy(q, id),
  ]);
  return { custodians, pauses, outages, faults, objections, attendance: attendance?.people ?? null, signatures };
}

/** Who has signed the records of a tender, by name. */
async function signedBy(q: Queries, procurementId: string) {
  const signatures = await signaturesOf(q, procurementId);
  const signers = await organisationsById(
    q,
    signatures.map(({ organisationId }) => organisationId),
  );
  return signatures.map(({ lotNo, organisationId, actor: { role }, signedAt }) => ({
    ...{ lotNo, role, signedAt },
    organisation: signers.get(organisationId)?.name ?? organisationId,
  }));
}

/** Makes the record of a lot, and publishes it where the lot has enough bidders and the opening is public. */
export function recordOpening(
  c: TenderCase,
  actor: Actor,
  lot: LotToRecord,
  instants: Instants,
  depositOf: DepositOf,
  incidents?: Incidents,
): void {
  const record = openingOf(c, lot, instants, depositOf);
  c.openings.push(record);
  if (record.opened && c.definition.publicOpening) publishRecord(c, actor, record, incidents);
}

/** Publishes the record of a lot whose opening was not public, with its result. */
export async function publishHeldRecord(c: TenderCase, lotNo: number): Promise<void> {
  if (c.definition.publicOpening || c.latestNotice(lotNo, 'opening-record')) return;
  const record = (await openingsOf(c.tx.q, c.id)).find((each) => each.lotNo === lotNo);
  if (record?.opened) publishRecord(c, UNATTENDED, record, await incidentsOf(c.tx, c.procurement));
}
