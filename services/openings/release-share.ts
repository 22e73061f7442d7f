import { recordAudit, type Actor } from '../../db/audit.ts';
import type { Tx } from '../../db/access/database.ts';
import type { Bid } from '../../db/bids.ts';
import type { Blobs } from '../../db/files/blobs.ts';
import { wake } from '../../db/engine/outbox.ts';
import { lotOf, procurementById } from '../../db/procurements.ts';
import {
  bidderSharesOf,
  bidsInOpening,
  insertBidderShare,
  shareReleasedAt,
  unsealingOf,
} from '../../db/openings/unsealings.ts';
import { formatInstant, instantEn, instantZh } from '../../domain/civil-time.ts';
import { DomainError } from '../../domain/errors.ts';
import { citationOf } from '../../domain/law/rulebook.ts';
import { procedureOf, type ProcedureKey } from '../../domain/procedures/index.ts';
import { openingSubject } from '../../domain/subjects.ts';
import { stageConflict } from '../../domain/procedures/out-of-stage.ts';
import { fromBase64 } from '../../sealing/bytes.ts';
import { readSeal, SealError } from '../../sealing/open.ts';
import { commitmentTo } from '../../sealing/shares.ts';
import { bidderWindowOf } from './window.ts';

/**
 * Reads the sealed file, outside any transaction.
 * @throws DomainError `share-unfit` for a share that does not match the bid's commitment
 */
export async function assertShareFits(blobs: Blobs, bid: Bid, share: string): Promise<void> {
  const file = blobs.open(bid.sha256);
  try {
    const { seal, payload } = await readSeal(file, bid.size);
    await payload.cancel();
    const fits =
      seal.bidderShare !== null &&
      commitmentTo(fromBase64(share), 'bidder', bid.procurementId) === seal.bidderShare.commitment;
    if (fits) return;
  } catch (error) {
    if (!(error instanceof SealError)) throw error;
  } finally {
    file.destroy();
  }
  throw new DomainError('share-unfit', {
    messageZh: '该份额不是封装这份投标文件时自留的份额',
    messageEn: 'This is not the share that was kept when this bid was sealed',
    details: { field: 'share' },
  });
}

/**
 * 双锁: accepts a bidder's own share, once, within its window; a second time changes nothing, also when the opening has ended.
 * The last share wakes the opening, which then stops waiting.
 * @param share base64, checked against the bid's commitment
 * @throws DomainError `stage-conflict` where its lot is not opened, `share-late` after the window
 */
export async function releaseBidderShare(
  tx: Tx,
  actor: Actor,
  bid: Bid,
  share: string,
): Promise<{ readonly releasedAt: number }> {
  const tender = await procurementById(tx.q, bid.procurementId);
  const before = await shareReleasedAt(tx.q, bid.id);
  if (before !== undefined) return { releasedAt: before };
  const { stage } = await lotOf(tx.q, bid.procurementId, bid.lotNo);
  // Of a lot with too few bidders nothing is opened: there was no window.
  if (stage !== 'opening' && !(await unsealingOf(tx.q, bid.id))) {
    const definition = procedureOf(tender);
    throw stageConflict(definition, { what: 'lot', stage, wanted: ['opening'], action: 'bid.release-share' });
  }
  const bids = await bidsInOpening(tx.q, tender.id);
  const isUndecided = bids.some(({ id, unsealing }) => id === bid.id && unsealing === null);
  const until = (await bidderWindowOf(tx.q, tender, tx.now))?.until ?? null;
  if (!isUndecided || (until !== null && tx.now >= until)) throw late(tender, until, tx.now);
  await insertBidderShare(tx, bid, share);
  recordAudit(tx, actor, {
    action: 'bid.release-share',
    procurementId: bid.procurementId,
    subject: `bid/${bid.id}`,
    detail: { lotNo: bid.lotNo },
    confidential: true,
  });
  const released = await bidderSharesOf(tx.q, tender.id);
  if (bids.every(({ id, unsealing }) => unsealing !== null || released.has(id))) wake(tx, openingSubject(tender.id));
  return { releasedAt: tx.now };
}

function late(tender: ProcedureKey, until: number | null, now: number): DomainError {
  const { zh, en, details } = citationOf(procedureOf(tender).rules.notDecrypted);
  return new DomainError('share-late', {
    messageZh: `解密${until === null ? '已经结束' : `时限已于 ${instantZh(until)} 届满`}，服务器时间 ${instantZh(now)}${zh}`,
    messageEn: `The window to release the share ${until === null ? 'is over' : `ended at ${instantEn(until)}`} (it is ${instantEn(now)})${en}`,
    details: { ...details, until: until === null ? null : formatInstant(until) },
  });
}
