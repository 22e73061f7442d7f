import { formatInstant } from '../../domain/civil-time.ts';
import { DomainError } from '../../domain/errors.ts';
import { citeEn, citeZh } from '../../domain/law/rule.ts';
import { getRule } from '../../domain/law/rulebook.ts';
import type { Actor } from '../../db/audit.ts';
import type { Bid } from '../../db/bids.ts';
import type { Tx } from '../../db/access/database.ts';
import { bidderWindowOf, tellOpening } from '../../db/openings.ts';
import { procurementById, stageConflict } from '../../db/procurements.ts';
import { bidderSharesOf, bidsToUnseal, storeBidderShare, unsealingOf } from '../../db/unsealings.ts';

/**
 * 双锁: takes the share that a bidder kept, within its window. The last one wakes the opening, which waits for no more.
 * @param share base64, known to be what the bid commits to
 * @throws DomainError `stage-conflict` out of the opening, `share-late`
 */
export async function releaseBidderShare(
  tx: Tx,
  actor: Actor,
  bid: Bid,
  share: string,
): Promise<{ releasedAt: number; messageId: string | null }> {
  const tender = await procurementById(tx.q, bid.procurementId);
  if (tender.stage !== 'opening') throw stageConflict('procurement', tender.stage, ['opening']);
  const until = (await bidderWindowOf(tx.q, tender, tx.now))?.until ?? null;
  const before = (await bidderSharesOf(tx.q, tender.id)).has(bid.id);
  const decided = (await unsealingOf(tx.q, bid.id)) !== undefined;
  if (!before && (decided || (until !== null && tx.now >= until))) throw late(until, tx.now);
  const releasedAt = await storeBidderShare(tx, actor, bid, share);
  const released = await bidderSharesOf(tx.q, tender.id);
  const left = (await bidsToUnseal(tx.q, tender.id)).filter(({ id }) => !released.has(id));
  return { releasedAt, messageId: left.length === 0 && !before ? await tellOpening(tx, tender.id) : null };
}

function late(until: number | null, now: number): DomainError {
  const rule = getRule('e-decrypt-fault');
  const end = until === null ? '' : formatInstant(until);
  return new DomainError('share-late', {
    messageZh: `解密时限已于 ${end} 届满，服务器时间 ${formatInstant(now)}（${citeZh(rule)}）`,
    messageEn: `The window to release the share ended at ${end} (it is ${formatInstant(now)}; ${citeEn(rule)})`,
    details: { rule: rule.id, law: rule.law, article: rule.article, until: end },
  });
}
