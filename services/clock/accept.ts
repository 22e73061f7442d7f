import type { Tx } from '../../db/access/database.ts';
import { recordAudit, type Actor } from '../../db/audit.ts';
import { lastAlarm, storeAlarm } from '../../db/clock.ts';
import { formatInstant } from '../../domain/civil-time.ts';
import { acceptable, notInDoubt, standing } from '../../domain/clock-jump.ts';

export interface Acceptance {
  /** What the person's own watch shows (epoch ms): whoever accepts has looked at another clock. */
  readonly at: number;
  readonly reason: string;
}

/**
 * Accepts the clock as it is now, after a jump: from the next transaction on the platform decides by it again. In a
 * transaction that runs while the clock is in doubt (`clock-in-doubt`).
 * @returns what the clock shows (epoch ms)
 * @throws DomainError `clock-not-in-doubt`; `bad-input` where the clock is not what the watch shows
 */
export async function acceptClock(tx: Tx, actor: Actor, { at, reason }: Acceptance): Promise<number> {
  const alarm = standing((await lastAlarm(tx.q)).alarm);
  if (!alarm) throw notInDoubt();
  const acceptedAt = tx.machineNow;
  acceptable(acceptedAt, at);
  await storeAlarm(tx.q, { ...alarm, acceptedAt });
  recordAudit(tx, actor, {
    action: 'clock.accept',
    procurementId: null,
    subject: `clock/${alarm.no}`,
    detail: { accepted: formatInstant(acceptedAt), watch: formatInstant(at), aheadMs: alarm.aheadMs, reason },
  });
  return acceptedAt;
}
