import type { Database, Queries } from '../../db/access/database.ts';
import { knows } from '../../db/invitees.ts';
import { correctingNotices, noticeById, type Notice } from '../../db/notices.ts';
import { procurementRow, type ProcurementRow } from '../../db/procurements.ts';
import { formatInstant } from '../../domain/civil-time.ts';
import { followersOf } from '../../domain/notices/chain.ts';
import { procedureOf } from '../../domain/procedures/index.ts';
import { permission } from '../../domain/roles.ts';
import { documentsOfNotice } from '../../services/board/documents.ts';
import { pastSuspensionsOf, suspendedIn } from '../../services/tender/suspended.ts';
import type { Lang } from '../http/language.ts';
import { instantText as instantIn } from '../parts/instant.tsx';
import { instantText } from './content.ts';
import type { Related } from './markup.ts';
import { pastSuspensionEnglish, pastSuspensionText, suspendedEnglish, suspendedText } from './suspensions.ts';

/** A notice that everybody may read. */
export async function readableNotice(q: Queries, id: string): Promise<Notice | undefined> {
  if (!('scope' in permission('public', 'notice.read', {}))) return undefined;
  const notice = await noticeById(q, id);
  return notice && (await knows(q, notice.procurementId, '')) ? notice : undefined;
}

/** What else is to be read with a notice. */
export async function relatedOf(
  { read: q, now }: Pick<Database, 'read' | 'now'>,
  notice: Notice,
  lang: Lang,
): Promise<Related> {
  const tender = await procurementRow(q, notice.procurementId);
  const links = await correctingNotices(q, [notice.procurementId]);
  const named = notice.corrects === null ? undefined : await noticeById(q, notice.corrects);
  const shown = ({ id, titleZh, publishedAt }: Pick<Notice, 'id' | 'titleZh' | 'publishedAt'>) => ({
    ...{ id, titleZh },
    published: lang === 'zh' ? instantText(formatInstant(publishedAt)) : instantIn(publishedAt, lang),
  });
  return {
    corrects: named ? shown(named) : null,
    correctedBy: followersOf(links, notice.id).map(shown),
    documents: (await documentsOfNotice(q, notice)).map(({ id, procurementId, name }) => ({
      ...{ name, href: `/api/procurements/${procurementId}/documents/${id}/content` },
    })),
    ...(await suspensionsOf(q, tender, { lotNo: notice.lotNo, now: now(), lang })),
  };
}

/** Of the place of a notice, and of its procurement as a whole. */
async function suspensionsOf(
  q: Queries,
  tender: ProcurementRow,
  { lotNo, now, lang }: { readonly lotNo: number; readonly now: number; readonly lang: Lang },
): Promise<Pick<Related, 'suspended' | 'wereSuspended'>> {
  const isOf = (one: { readonly lotNo: number }): boolean => one.lotNo === 0 || one.lotNo === lotNo;
  const [open, past] = await Promise.all([suspendedIn(q, tender, now), pastSuspensionsOf(q, tender, now)]);
  const words = procedureOf(tender).words;
  const [openText, pastText] =
    lang === 'zh' ? [suspendedText, pastSuspensionText] : [suspendedEnglish, pastSuspensionEnglish];
  return {
    suspended: open.filter(isOf).map((one) => openText(one, words)),
    wereSuspended: past.filter(isOf).map((one) => pastText(one, words)),
  };
}
