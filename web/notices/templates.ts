import type { Notice } from '../../db/notices.ts';
import type { Block, NoticeDocument } from './document.ts';
import { writtenOf, type FormDocument } from './form/document.ts';
import { template1 } from './template-1.ts';
import { template2 } from './template-2.ts';
import { template3 } from './template-3.ts';
import { template4 } from './template-4.ts';
import { template5 } from './template-5.ts';
import { template6 } from './template-6.ts';

/** Every template ever released: a notice keeps the one that it was published with. */
const TEMPLATES: Readonly<Record<number, (notice: Notice) => NoticeDocument | FormDocument>> = {
  1: (notice) => template1(asCall(notice)),
  2: (notice) => template2(asCall(notice)),
  3: (notice) => template3(asCall(notice)),
  4: (notice) => template4(asCall(notice)),
  5: (notice) => template5(asCall(notice)),
  6: template6,
};

/** An invitation states what a tender notice states, in its own words. */
const asCall = (notice: Notice): Notice => (notice.kind === 'invitation' ? { ...notice, kind: 'tender' } : notice);

/** A notice without a stored template number is rendered with the first. */
export const templateOf = ({ content }: Pick<Notice, 'content'>): number =>
  typeof content.template === 'number' ? content.template : 1;

/** @throws Error for a template of a later release, which this one does not know */
export function documentOf(notice: Notice): NoticeDocument | FormDocument {
  const template = TEMPLATES[templateOf(notice)];
  if (!template) {
    throw new Error(
      `notice ${notice.id} wants template ${templateOf(notice)}; this release knows ${Object.keys(TEMPLATES).join(', ')}`,
    );
  }
  return template(notice);
}

/** What it says in reading order, whichever template it has. */
export function blocksOf(document: NoticeDocument | FormDocument): readonly Block[] {
  if ('blocks' in document) return document.blocks;
  return writtenOf(document).map((each): Block => {
    if (each.type === 'lines') return { type: 'facts', facts: each.facts };
    if (each.type !== 'heading') return each;
    return { type: 'heading', text: each.value === undefined ? each.text : `${each.text}：${each.value}` };
  });
}
