import type { Queries } from '../../db/access/database.ts';
import type { ListedNotice, NoticePlace } from '../../db/board/notices.ts';
import type { Found } from '../../db/board/procurements.ts';
import { documentsOf } from '../../db/documents.ts';
import { noticesByIds, type Notice } from '../../db/notices.ts';
import { procurementRow } from '../../db/procurements.ts';
import type { NoticeKind } from '../../domain/notices/data.ts';
import { publishedDocuments } from '../documents/visible.ts';
import { searchNotices, type Asked } from './search.ts';

/** A document that a notice has made public. */
export interface PublicDocument {
  readonly id: string;
  readonly procurementId: string;
  readonly name: string;
  readonly size: number;
  readonly sha256: string;
}

export interface NoticeWithDocuments extends ListedNotice {
  readonly documents: readonly PublicDocument[];
}

/** Pages of notices that are looked through for documents. */
const ROUNDS = 3;

/** Notices that have made documents public, latest first. */
export async function searchDocuments(
  q: Queries,
  kinds: readonly NoticeKind[],
  asked: Asked & { readonly after?: NoticePlace | undefined },
): Promise<Found<NoticeWithDocuments, NoticePlace>> {
  const rows: NoticeWithDocuments[] = [];
  let { after } = asked;
  for (let round = 0; round < ROUNDS; round += 1) {
    const found = await searchNotices(q, kinds, { ...asked, after });
    const contents = new Map(
      (
        await noticesByIds(
          q,
          found.rows.map(({ id }) => id),
        )
      ).map((row) => [row.id, row]),
    );
    for (const row of found.rows) {
      const notice = contents.get(row.id);
      const documents = notice ? await documentsOfNotice(q, notice) : [];
      if (documents.length > 0) rows.push({ ...row, documents });
      if (rows.length >= asked.limit) return { rows, stoppedAt: null };
    }
    const last = found.rows.at(-1);
    if (found.stoppedAt) return { rows, stoppedAt: found.stoppedAt };
    if (!last || found.rows.length < asked.limit) return { rows, stoppedAt: null };
    after = { publishedAt: last.publishedAt, id: last.id };
  }
  return { rows, stoppedAt: after ?? null };
}

/** The documents that are public by a notice. */
export async function documentsOfNotice(
  q: Queries,
  { procurementId, content }: Pick<Notice, 'procurementId' | 'content'>,
): Promise<PublicDocument[]> {
  const named = JSON.stringify([content['documents'], content['documentId']]);
  if (!/[0-9a-f]{8}-/.test(named)) return [];
  const published = await publishedDocuments(q, await procurementRow(q, procurementId));
  return (await documentsOf(q, procurementId))
    .filter(({ id }) => published.has(id) && named.includes(`"${id}"`))
    .map(({ id, name, size, sha256 }) => ({ id, procurementId, name, size, sha256 }));
}
