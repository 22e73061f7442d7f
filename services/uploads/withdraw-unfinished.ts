import type { Tx } from '../../db/access/database.ts';
import { UNATTENDED } from '../../db/audit.ts';
import { endOpenUploads } from '../../db/uploads.ts';
import { citationOf } from '../../domain/law/rulebook.ts';
import { procedureOf, type ProcedureKey } from '../../domain/procedures/index.ts';
import { recordUpload } from './record.ts';

/**
 * An upload that is incomplete at the deadline counts as withdrawn (撤回, 电子招标投标办法 27; 财政部令87号 33: it is late), in all these procurements at
 * once.
 * @param because `terminated`: there will be no deadline
 * @param lotNos of these lots only
 */
export async function withdrawUnfinished(
  tx: Tx,
  tenders: readonly (ProcedureKey & { readonly id: string })[],
  because?: 'terminated',
  lotNos?: readonly number[],
): Promise<void> {
  const rules = new Map(tenders.map((tender) => [tender.id, procedureOf(tender).rules.incompleteBid]));
  for (const upload of await endOpenUploads(tx, [...rules.keys()], 'withdrawn', lotNos)) {
    const reason = because ? { reason: because } : citationOf(rules.get(upload.procurementId)).details;
    recordUpload(tx, UNATTENDED, 'withdraw', upload, reason);
  }
}
