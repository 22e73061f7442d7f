import { NOTICE_TEMPLATE, type Notice } from '../../db/notices.ts';
import type { NoticeDocument } from './document.ts';
import { template1 } from './template-1.ts';
import { template2 } from './template-2.ts';
import { template3 } from './template-3.ts';

/** Every template there ever was: a notice keeps that which it was published with. */
const TEMPLATES: Readonly<Record<number, (notice: Notice) => NoticeDocument>> = {
  1: template1,
  2: template2,
  3: template3,
};

/** A notice from before templates were noted is rendered with the first. */
export const templateOf = ({ content }: Pick<Notice, 'content'>): number =>
  typeof content.template === 'number' ? content.template : 1;

/** @throws Error for a template of a later release: what it meant is not known here */
export function documentOf(notice: Notice): NoticeDocument {
  const template = TEMPLATES[templateOf(notice)];
  if (!template) {
    throw new Error(
      `notice ${notice.id} wants template ${templateOf(notice)}; this release knows up to ${NOTICE_TEMPLATE}`,
    );
  }
  return template(notice);
}
