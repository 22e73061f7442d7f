import * as z from 'zod';
import type { CorrectingNotice, Notice } from '../../db/notices.ts';
import { followersOf } from '../../domain/notices/chain.ts';
import { NOTICE_KINDS } from '../../domain/notices/kinds.ts';
import { at, id, instantOut } from '../http/schemas.ts';
import { timelineLink, timelineLinkSchema } from '../law/links.ts';

export const noticeSchema = z
  .object({
    id,
    procurementId: id,
    lotNo: z.int(),
    kind: z.enum(NOTICE_KINDS),
    version: z.int(),
    corrects: id.nullable().meta({ description: '所更正的公告 / The notice it corrects' }),
    correctedBy: z
      .array(z.object({ id, kind: z.enum(NOTICE_KINDS), titleZh: z.string(), publishedAt: instantOut }))
      .meta({ description: '此后更正它的公告，最早在前 / Those that have corrected it since, oldest first' }),
    titleZh: z.string(),
    content: z.record(z.string(), z.unknown()),
    legalAt: instantOut.meta({ description: '法定发布时间 / When the law requires its publication' }),
    publishedAt: instantOut.meta({ description: '实际发布时间 / When it was in fact published' }),
    hash: z.string().meta({ description: '内容的 SHA-256（RFC 8785 规范化 JSON） / Over the canonical JSON' }),
    links: timelineLinkSchema,
  })
  .meta({ id: 'Notice' });

export const linkedNoticeSchema = noticeSchema
  .extend({
    links: z
      .object({ html: z.string(), pdf: z.string() })
      .meta({ description: '网页与 PDF / The page and the PDF, byte-stable' }),
  })
  .meta({ id: 'NoticeWithLinks' });

/** @param correcting notices that name others, of its procurement at least */
export const noticeView = (notice: Notice, correcting: readonly CorrectingNotice[]): z.infer<typeof noticeSchema> => ({
  ...notice,
  correctedBy: followersOf(correcting, notice.id).map(({ id: by, kind, titleZh, publishedAt }) => ({
    ...{ id: by, kind, titleZh },
    publishedAt: at(publishedAt),
  })),
  legalAt: at(notice.legalAt),
  publishedAt: at(notice.publishedAt),
  links: timelineLink(notice.procurementId),
});
