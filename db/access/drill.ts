import { inArray } from 'drizzle-orm';
import { DomainError } from '../../domain/errors.ts';
import { UNATTENDED, recordAudit } from '../audit.ts';
import type { Database } from './database.ts';
import { installation, procurements } from '../schema/sqlite.ts';

/**
 * Sets the clock of a drill (演练): from now on a civil day lasts `msPerDay` real milliseconds, and the civil instant is
 * `civilStartMs`. Lawful until the first launch only, since a running tender keeps the clock it was launched under.
 * @throws DomainError `stage-conflict` when something was launched, or the installation is no drill; `bad-input` when
 *   civil time would run backwards
 */
export async function setDrillClock(
  db: Database,
  drill: { readonly civilStartMs: number; readonly msPerDay: number },
  realNowMs: number = Date.now(),
): Promise<void> {
  await db.transaction(async (tx) => {
    const [launched] = await tx.q
      .select({ id: procurements.id })
      .from(procurements)
      .where(inArray(procurements.stage, ['launched', 'bidding', 'opening', 'evaluation', 'concluded', 'terminated']))
      .limit(1);
    if (!tx.drill || launched) {
      throw new DomainError('stage-conflict', {
        messageZh: '只有演练环境、且尚未发起任何项目时，才能设定时钟',
        messageEn: 'Only the clock of a drill may be set, and only before its first launch',
      });
    }
    if (drill.civilStartMs < tx.now) {
      throw new DomainError('bad-input', {
        messageZh: '演练时钟不能倒拨',
        messageEn: 'A drill’s clock cannot be set back',
        details: { field: 'civilStartMs', given: drill.civilStartMs, earliestLawful: tx.now },
      });
    }
    await tx.q.update(installation).set({ clock: { mode: 'drill', realStartMs: realNowMs, ...drill } });
    recordAudit(tx, UNATTENDED, {
      action: 'drill.set-clock',
      procurementId: null,
      subject: 'installation',
      detail: drill,
    });
  });
}
