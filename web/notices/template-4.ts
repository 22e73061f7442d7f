import type { Notice } from '../../db/notices.ts';
import { ANY_TENDER_WORDS, type ProcedureWords } from '../../domain/procedures/words.ts';
import type { NoticeDocument } from './document.ts';
import { template3 } from './template-3.ts';

// The fourth template: the third in the words of the notice's own procedure (成交, 响应文件), which its content names.

/** The document of a notice of the fourth template. */
export function template4(notice: Notice): NoticeDocument {
  const { words, ...content } = notice.content;
  return template3({ ...notice, content }, { ...ANY_TENDER_WORDS, ...(words as Partial<ProcedureWords> | undefined) });
}
