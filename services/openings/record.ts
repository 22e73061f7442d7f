import { formatInstant } from '../../domain/civil-time.ts';
import type { Actor } from '../../db/audit.ts';
import type { Tx } from '../../db/access/database.ts';
import { publishNotice, type Notice } from '../../db/notices.ts';
import { objectionsOf } from './object.ts';
import { custodiansOf, faultsOf, outagesOf, type Opening } from '../../db/openings.ts';
import type { Procurement } from '../../db/procurements.ts';
import { pausesOf } from '../../db/timeline.ts';

/**
 * Publishes the record of a lot (开标记录): names and figures, and all that happened on the way (电子招标投标办法 30, 32).
 * @param corrects the one published before: an objection was answered since
 */
export async function publishRecord(
  tx: Tx,
  actor: Actor,
  tender: Procurement,
  record: Opening,
  corrects?: Notice,
): Promise<void> {
  await publishNotice(tx, actor, {
    procurementId: tender.id,
    lotNo: record.lotNo,
    kind: 'opening-record',
    titleZh: `${tender.title}第${record.lotNo}标段开标记录`,
    content: await recordContent(tx, tender, record),
    legalAt: record.legalAt,
    ...(corrects ? { corrects: corrects.id } : {}),
  });
}

async function recordContent({ q, now }: Tx, tender: Procurement, record: Opening): Promise<Record<string, unknown>> {
  const { lotNo, entries } = record;
  const instant = (at: number | null) => (at === null ? null : formatInstant(at));
  const objections = (await objectionsOf(q, tender.id)).filter((each) => each.lotNo === lotNo);
  const faults = await faultsOf(q, tender.id);
  const outages = await outagesOf(q, tender, now);
  const own = new Set(entries.map(({ bidId }) => bidId));
  return {
    opened: formatInstant(record.actualAt),
    bidders: entries.map(({ bidId, supplier, sha256, size, receivedAt, unsealed, deposit }) => ({
      bidId,
      supplier,
      sha256,
      size,
      receivedAt: formatInstant(receivedAt),
      ...unsealed,
      ...(deposit ? { deposit } : {}),
    })),
    custodians: (await custodiansOf(q, tender.id)).map(({ custodian, state, reason, at }) => ({
      custodian,
      state,
      reason,
      at: formatInstant(at),
    })),
    pauses: (await pausesOf(q, tender.id)).map(({ reasonZh, from, until }) => ({
      reasonZh,
      from: formatInstant(from),
      until: instant(until),
    })),
    ...(outages.length > 0
      ? { outages: outages.map(({ from, until }) => ({ from: formatInstant(from), until: instant(until) })) }
      : {}),
    faults: faults
      .filter(({ bidId }) => bidId === null || own.has(bidId))
      .map(({ bidId, minutes, reasonZh, at }) => ({ bidId, minutes, reasonZh, at: formatInstant(at) })),
    objections: objections.map(({ textZh, filedAt, answerZh, answeredAt }) => ({
      textZh,
      filedAt: formatInstant(filedAt),
      answerZh,
      answeredAt: instant(answeredAt),
    })),
  };
}
