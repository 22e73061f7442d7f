import { v7 as newId } from 'uuid';
import { hashOf, recordAudit, type Actor } from '../../db/audit.ts';
import { NOTICE_TEMPLATE, type Notice } from '../../db/notices.ts';
import { DomainError } from '../../domain/errors.ts';
import { missingContents } from '../../domain/notices/contents.ts';
import { callKindOf } from '../../domain/procedures/entry.ts';
import { buildNotice, type NoticeData, type NoticeKind } from '../../domain/notices/kinds.ts';
import type { TenderCase } from '../tender/case.ts';

/** A notice that is made already. */
export interface NewNotice {
  /** 0: the procurement as a whole. */
  readonly lotNo: number;
  readonly kind: NoticeKind;
  readonly titleZh: string;
  readonly content: Readonly<Record<string, unknown>>;
  /** The instant by which the law requires its publication (epoch ms). */
  readonly legalAt: number;
  readonly corrects?: string;
}

/**
 * Publishes a notice (公告 / 公示) of a kind, made from its data.
 * @param place `lotNo` 0: the procurement as a whole; `legalAt` (civil epoch ms): by when the law requires it, default now;
 *   `corrects`: the notice that it names, where that is not the newest of its kind's own
 * @throws DomainError `unlawful` where the content lacks what the law requires of such a notice
 */
export function publishNotice<K extends NoticeKind>(
  c: TenderCase,
  actor: Actor,
  kind: K,
  place: { readonly lotNo: number; readonly legalAt?: number; readonly corrects?: string | null },
  data: NoticeData[K],
): Notice {
  const { lotNo, legalAt = c.tx.now } = place;
  const { title, particulars } = c.procurement;
  const project = { particulars, parties: c.parties, lotTitle: lotNo === 0 ? null : c.lot(lotNo).title };
  const { titleZh, content, corrects } = buildNotice(kind, { title, lotNo, words: c.definition.words, project }, data);
  const corrected = corrects && c.latestNotice(lotNo, corrects === 'tender' ? callKindOf(c.definition) : corrects);
  const named = place.corrects ?? corrected?.id;
  return publishAsMade(c, actor, {
    ...{ lotNo, kind, titleZh, content, legalAt },
    ...(named === undefined ? {} : { corrects: named }),
  });
}

/**
 * A published notice never changes; a correction is a new one that names it.
 * @throws DomainError `unlawful` where the content lacks what the law requires of such a notice
 */
export function publishAsMade(c: TenderCase, actor: Actor, notice: NewNotice): Notice {
  const { tx } = c;
  const { lotNo, kind } = notice;
  if (c.definition.noticeContents[kind]) refuseIncomplete(c, notice);
  const row = {
    id: newId(),
    procurementId: c.id,
    lotNo,
    kind,
    version: (c.latestNotice(lotNo, kind)?.version ?? 0) + 1,
    corrects: notice.corrects ?? null,
    titleZh: tx.clock.mode === 'drill' ? `【演练】${notice.titleZh}` : notice.titleZh,
    content: {
      ...notice.content,
      template: NOTICE_TEMPLATE,
      ...(tx.clock.mode === 'drill' ? { drill: true } : {}),
    },
    legalAt: notice.legalAt,
    publishedAt: tx.now,
  };
  const published: Notice = { ...row, hash: hashOf(row) };
  c.addNotice(published);
  recordAudit(tx, actor, {
    action: 'notice.publish',
    procurementId: c.id,
    subject: `notice/${row.id}`,
    detail: { kind, lotNo, version: row.version, legalAt: notice.legalAt, hash: published.hash },
  });
  return published;
}

/** A last check: the act behind the notice was already refused where content was missing. */
function refuseIncomplete(c: TenderCase, { kind, titleZh, content }: NewNotice): void {
  // Launched before particulars were required: no check.
  if (c.procurement.particulars === null) return;
  const violations = missingContents(kind, c.tender, content).filter(({ severity }) => severity === 'block');
  if (violations.length === 0) return;
  throw new DomainError('unlawful', {
    messageZh: `《${titleZh}》内容不全，未发布：${violations.map(({ messageZh }) => messageZh).join('；')}`,
    messageEn: `The notice is incomplete and was not published: ${violations.map(({ messageEn }) => messageEn).join('; ')}`,
    details: { violations },
  });
}
