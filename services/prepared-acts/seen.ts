import type { Queries } from '../../db/access/database.ts';
import { latestChangeAt } from '../../db/decisions.ts';
import { documentsOf } from '../../db/documents.ts';
import { grievanceById } from '../../db/grievances.ts';
import type { PreparedAct, PreparedFile } from '../../db/tender/prepared-acts.ts';
import type { Procurement } from '../../db/procurements.ts';
import { DomainError } from '../../domain/errors.ts';

type Prepared = Pick<PreparedAct, 'params' | 'request'>;

/** The lot that an act is about; 0: the procurement as a whole. */
export async function lotOf(q: Queries, params: PreparedAct['params']): Promise<number> {
  const { no, grievanceId } = params;
  if (grievanceId !== undefined) return (await grievanceById(q, grievanceId)).lotNo;
  return no === undefined ? 0 : Number(no);
}

/** What an act is prepared against: the draft as it is, then the last decision that it goes by. */
export async function seenAt(
  q: Queries,
  { id: procurementId, stage, version }: Procurement,
  lotNo: number,
): Promise<PreparedAct['seen']> {
  if (stage === 'draft') return { version, decisionId: null };
  return { version: null, decisionId: (await latestChangeAt(q, { procurementId, lotNo }))?.id ?? null };
}

/** The documents that belong to it, by their hashes: of a draft all of the tender, else those that the request names. */
export async function filesOf(
  q: Queries,
  { id, stage }: Procurement,
  { request }: Pick<Prepared, 'request'>,
): Promise<PreparedFile[]> {
  const named = new Set(textsIn(request));
  return (await documentsOf(q, id))
    .filter((each) => (stage === 'draft' ? each.kind === 'tender-documents' : named.has(each.id)))
    .map((each) => ({ id: each.id, name: each.name, sha256: each.sha256 }));
}

function textsIn(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  if (typeof value !== 'object' || value === null) return [];
  return Object.values(value).flatMap(textsIn);
}

/** Whether what it was prepared against is still so. */
export async function isAsSeen(q: Queries, procurement: Procurement, prepared: PreparedAct): Promise<boolean> {
  const seen = await seenAt(q, procurement, prepared.lotNo);
  if (seen.version !== prepared.seen.version || seen.decisionId !== prepared.seen.decisionId) return false;
  const files = await filesOf(q, procurement, prepared);
  return (
    files.length === prepared.files.length &&
    files.every(({ id, sha256 }, index) => prepared.files[index]?.id === id && prepared.files[index].sha256 === sha256)
  );
}

/** @throws DomainError `version-conflict` where it was changed since */
export async function assertAsSeen(q: Queries, procurement: Procurement, prepared: PreparedAct): Promise<void> {
  if (await isAsSeen(q, procurement, prepared)) return;
  const draft = procurement.stage === 'draft';
  throw new DomainError('version-conflict', {
    messageZh: draft
      ? '经办之后草稿或招标（采购）文件有改动，请撤回后重新经办'
      : '经办之后该项目（标段）有新的决定，请撤回后重新经办',
    messageEn: draft
      ? 'The draft or its documents were changed after it was prepared: withdraw it and prepare it again'
      : 'Something was decided there after it was prepared: withdraw it and prepare it again',
    details: {
      preparedActId: prepared.id,
      given: prepared.seen,
      current: await seenAt(q, procurement, prepared.lotNo),
    },
  });
}
