import type { Notice } from '../../db/notices.ts';
import { ANY_TENDER_WORDS, type ProcedureWords } from '../../domain/procedures/words.ts';
import type { NoticeDocument } from './document.ts';
import { template2 } from './template-2.ts';

// The fifth template: the record of an opening of bids that were not sealed on the platform, with what happened at it. The
// second takes each of them for one that was not opened.

/** The document of a notice of the fifth template. */
export function template5(notice: Notice): NoticeDocument {
  const { words, sealed: _not, ...content } = notice.content;
  const own = { ...ANY_TENDER_WORDS, ...(words as Partial<ProcedureWords> | undefined) };
  return template2({ ...notice, content }, own, false);
}
