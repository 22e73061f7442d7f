import { recordAudit, type Actor } from '../../db/audit.ts';
import type { Tx } from '../../db/access/database.ts';
import {
  discardDraft,
  insertDraft,
  procurementById,
  replaceDraft,
  type Draft,
  type Procurement,
} from '../../db/procurements.ts';
import { removeOtherSchemes } from '../../db/evaluation/schemes.ts';
import { waitingOf } from '../../db/tender/prepared-acts.ts';
import { DomainError } from '../../domain/errors.ts';
import { RULEBOOK_VERSION } from '../../domain/law/rulebook.ts';
import { procedureOf } from '../../domain/procedures/index.ts';
import { stageConflict } from '../../domain/procedures/out-of-stage.ts';
import { assertActsFor } from '../mandates/assert.ts';
import { assertParties } from '../organisations/parties.ts';
import { withdrawPreparedAct } from '../prepared-acts/withdraw.ts';

/** @throws DomainError `not-mandated` for an agency without a mandate, `bad-input` for parties that may not be it */
export async function createDraft(tx: Tx, actor: Actor, draft: Draft): Promise<Procurement> {
  await assertParties(tx.q, draft);
  await assertActsFor(tx.q, actor, draft, 'prepare', tx.now);
  const id = await insertDraft(tx.q, draft, { rulebookVersion: RULEBOOK_VERSION, createdAt: tx.now });
  recordAudit(tx, actor, { action: 'procurement.draft', procurementId: id, subject: `procurement/${id}` });
  return procurementById(tx.q, id);
}

/**
 * Replaces a draft.
 * @throws DomainError `version-conflict` when somebody else changed it since `version`, `stage-conflict` once launched,
 *   `not-mandated`, `bad-input` as for a new one
 */
export async function updateDraft(
  tx: Tx,
  actor: Actor,
  id: string,
  versions: Versions,
  draft: Draft,
): Promise<Procurement> {
  const { version } = await draftAt(tx, id, versions);
  await assertParties(tx.q, draft);
  await assertActsFor(tx.q, actor, draft, 'prepare', tx.now);
  await replaceDraft(tx.q, id, draft, version + 1);
  await removeOtherSchemes(
    tx,
    id,
    draft.lots.map(({ no }) => no),
  );
  recordAudit(tx, actor, {
    action: 'procurement.update-draft',
    procurementId: id,
    subject: `procurement/${id}`,
    detail: { version: version + 1 },
  });
  return procurementById(tx.q, id);
}

/**
 * Deletes (删除) a draft: nothing shows it any more. What was prepared of it and waits is withdrawn, and stays as a
 * record. A launched one is withdrawn first.
 * @throws DomainError `version-conflict`, `stage-conflict`, `not-found`, `not-mandated`
 */
export async function deleteDraft(tx: Tx, actor: Actor, id: string, versions: Versions): Promise<void> {
  const draft = await draftAt(tx, id, versions);
  await assertActsFor(tx.q, actor, draft, 'prepare', tx.now);
  const waiting = await waitingOf(tx.q, id, tx.now);
  for (const prepared of waiting) await withdrawPreparedAct(tx, actor, prepared.id, '草稿已删除');
  await discardDraft(tx, id);
  recordAudit(tx, actor, {
    action: 'procurement.delete-draft',
    procurementId: id,
    subject: `procurement/${id}`,
    detail: {
      ...{ title: draft.title, version: draft.version },
      ...(waiting.length > 0 ? { withdrawn: waiting.map((each) => each.id) } : {}),
    },
  });
}

/** The version that was read, or several of which one must be in force; null: whichever is. */
type Versions = number | readonly number[] | null;

async function draftAt(tx: Tx, id: string, versions: Versions): Promise<Procurement> {
  const current = await procurementById(tx.q, id);
  if (current.stage !== 'draft') {
    const definition = procedureOf(current);
    throw stageConflict(definition, {
      what: 'procurement',
      stage: current.stage,
      wanted: ['draft'],
      action: 'procurement.draft',
    });
  }
  const { version } = current;
  const given = typeof versions === 'number' ? [versions] : versions;
  if (given === null || given.includes(version)) return current;
  throw new DomainError('version-conflict', {
    ...(given.length > 0
      ? {
          messageZh: `草稿已被他人修改：您的版本为 ${given.join('、')}，当前版本为 ${version}，请重新读取后再改`,
          messageEn: `The draft was changed in the meantime: you have version ${given.join(', ')}, it is at ${version}; read it again`,
        }
      : {
          messageZh: `If-Match 所列不是本平台给出的 ETag；草稿当前版本为 ${version}，请重新读取后再改`,
          messageEn: `If-Match lists no ETag of this platform; the draft is at version ${version}: read it again`,
        }),
    details: { field: 'If-Match', given: given.length === 1 ? given[0] : given, current: version },
  });
}
