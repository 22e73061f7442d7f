import { bidLate } from '../../domain/bids/refusals.ts';
import type { Database } from '../../db/access/database.ts';
import { biddingFor } from '../../db/bids.ts';
import { organisationById } from '../../db/organisations.ts';
import type { Procurement } from '../../db/procurements.ts';
import { openGrievances } from '../../db/tender/suspensions.ts';
import type { BidderPlace } from '../../db/tender/place.ts';
import { assertWithinQuotas } from '../uploads/quotas.ts';
import { clockJumped } from '../../domain/clock-jump.ts';
import { DomainError } from '../../domain/errors.ts';
import { citationOf } from '../../domain/law/rulebook.ts';
import { checkSeal, readSeal, SealError } from '../../sealing/open.ts';
import { diskFull, roomFor, type BidQuotas } from '../../domain/bids/uploads.ts';
import { procedureOf } from '../../domain/procedures/index.ts';
import { refuseConflict } from './conflicts.ts';
import { refuseEndedLot, refuseSecondOffer } from './deadline.ts';

// Common to both ways of submitting a bid: in one request, and resumable.

/** Storage limits of an installation. */
export interface IntakeLimits {
  readonly bidQuotas: BidQuotas;
  readonly maxFileBytes: number;
  /** Bytes always left free; small files may use half of them. */
  readonly diskReserveBytes: number;
}

interface Intake {
  readonly db: Database;
  readonly settings: IntakeLimits;
}

/**
 * Refuses before the upload what would be refused after it; whether a bid is late, its transaction decides.
 * @throws DomainError `bid-late`, `clock-jumped`
 */
export async function refuseLate(db: Database, tender: Procurement): Promise<void> {
  const { id: procurementId, bidDeadline } = tender;
  if (bidDeadline === null || db.now() < bidDeadline) return;
  const [suspended, alarm] = await Promise.all([
    openGrievances(db.read, { procurementId, lotNo: 0 }, 'bid-deadline'),
    db.clockAlarm(),
  ]);
  // Nobody is late by a clock that may be wrong.
  if (alarm) throw clockJumped(alarm);
  if (suspended.length === 0) throw bidLate(tender, bidDeadline, db.now());
}

/**
 * Refuses before the first byte what could not be stored.
 * @param length null where it is not declared
 * @throws DomainError `bid-late`, `stage-conflict`, `conflict-of-interest`, `offer-made`, `quota-exceeded`,
 *   `database-full`
 */
export async function refuseEarly(
  { db, settings }: Intake,
  procurement: Procurement,
  place: BidderPlace,
  length: number | null,
): Promise<void> {
  await refuseLate(db, procurement);
  const [, bidding] = await db.readTogether((q) =>
    Promise.all([assertWithinQuotas(q, place, length ?? 0, settings.bidQuotas), biddingFor(q, place)]),
  );
  refuseEndedLot(bidding);
  await refuseConflict(db.read, bidding, place);
  refuseSecondOffer(bidding);
  await assertRoom({ db, settings }, length);
}

/**
 * Only what has come takes room: an announcement reserves none, since it costs nothing. While bytes come, `whileRoom`
 * keeps the rest free.
 * @throws DomainError `database-full`
 */
export async function assertRoom({ db, settings }: Intake, length: number | null): Promise<void> {
  if ((await db.uploads.free()) < roomFor(settings, length).needs) throw diskFull();
}

/**
 * Whether a bid is sealed as the procurement requires, by who hands it in (电子招标投标办法 26, 财政部令87号 33), by its head and its length.
 * @throws DomainError `not-sealed`, `seal-unfit`
 */
export async function assertSealed(
  db: Database,
  tender: Procurement,
  { lotNo, supplierId }: Pick<BidderPlace, 'lotNo' | 'supplierId'>,
  size: number,
  read: () => Promise<AsyncIterable<Uint8Array>>,
): Promise<void> {
  const { id: procurementId, sealing: terms } = tender;
  if (terms === null) return;
  try {
    const { seal, payload } = await readSeal(await read(), size);
    await payload.cancel();
    const { creditCode: bidder } = await organisationById(db.read, supplierId);
    checkSeal(seal, { terms, procurementId, lotNo, bidder });
  } catch (error) {
    throw error instanceof SealError ? unfit(tender, error) : error;
  }
}

function unfit(tender: Procurement, { code, messageZh, messageEn }: SealError): DomainError {
  const { rules, words } = procedureOf(tender);
  const { zh, en, details } = citationOf(rules.unsealedBid);
  return new DomainError(code === 'not-a-seal' ? 'not-sealed' : 'seal-unfit', {
    messageZh: `${words.bid}未按要求密封，拒收：${messageZh}${zh}`,
    messageEn: `The bid is not sealed as required, and is refused: ${messageEn}${en}`,
    details: { fault: code, ...details },
  });
}
