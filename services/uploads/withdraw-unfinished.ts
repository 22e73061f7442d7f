import type { Tx } from '../../db/access/database.ts';
import { UNATTENDED } from '../../db/audit.ts';
import { endOpenUploads } from '../../db/uploads.ts';
import { getRule } from '../../domain/law/rulebook.ts';
import { recordUpload } from './record.ts';

/**
 * An upload that is incomplete at the deadline counts as withdrawn (撤回, 电子招标投标办法 27), in all these procurements at
 * once.
 * @param because `terminated`: there will be no deadline
 */
export async function withdrawUnfinished(
  tx: Tx,
  procurementIds: readonly string[],
  because?: 'terminated',
): Promise<void> {
  const { id: rule, law, article } = getRule('e-incomplete-upload');
  const reason = because ? { reason: because } : { rule, law, article };
  for (const upload of await endOpenUploads(tx, procurementIds, 'withdrawn')) {
    recordUpload(tx, UNATTENDED, 'withdraw', upload, reason);
  }
}
