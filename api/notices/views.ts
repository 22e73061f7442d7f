import * as z from 'zod';
import type { Notice } from '../../db/notices.ts';
import { at, id, instantOut } from '../http/schemas.ts';
import { timelineLink, timelineLinkSchema } from '../law/links.ts';

export const NOTICE_KINDS = [
  'tender',
  'invitation',
  'amendment',
  'clarification',
  'opening-record',
  'lot-stopped',
  'candidates',
  'award',
  'grievance-reply',
  'contract',
  'termination',
] as const satisfies readonly Notice['kind'][];

export const noticeSchema = z
  .object({
    id,
    procurementId: id,
    lotNo: z.int(),
    kind: z.enum(NOTICE_KINDS),
    version: z.int(),
    corrects: id.nullable().meta({ description: '所更正的公告 / The notice it corrects' }),
    titleZh: z.string(),
    content: z.record(z.string(), z.unknown()),
    legalAt: instantOut.meta({ description: '法定发布时间 / When the law wants it out' }),
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

export const noticeView = (notice: Notice): z.infer<typeof noticeSchema> => ({
  ...notice,
  legalAt: at(notice.legalAt),
  publishedAt: at(notice.publishedAt),
  links: timelineLink(notice.procurementId),
});
