import type { Queries } from '../../db/access/database.ts';
import { documentById, type TenderDocument } from '../../db/documents.ts';
import { MINUTE_MS } from '../../domain/civil-time.ts';
import { badInput } from '../../domain/issues.ts';

const NAMES: Readonly<Record<TenderDocument['kind'], { readonly zh: string; readonly en: string }>> = {
  'tender-documents': { zh: '采购文件', en: 'tender documents' },
  amendment: { zh: '澄清、修改文件', en: 'an amendment' },
  report: { zh: '评标（评审）报告', en: 'an evaluation report' },
  contract: { zh: '合同', en: 'a contract' },
  acceptance: { zh: '履约验收书', en: 'a record of acceptance' },
  performance: { zh: '履约凭证（担保、支付、交付）', en: 'a paper of the performance' },
  evidence: { zh: '证明材料', en: 'evidence' },
};

/**
 * What an act names is a document of its tender that was uploaded as such: a report that is named as a contract would
 * be published with it.
 * @throws DomainError `not-found`, `bad-input`
 */
export async function assertDocument(
  q: Queries,
  procurementId: string,
  id: string,
  kind: TenderDocument['kind'],
  field = 'documentId',
): Promise<TenderDocument> {
  const document = await documentById(q, procurementId, id);
  if (document.kind === kind) return document;
  throw badInput([
    {
      field,
      rule: 'document-kind',
      messageZh: `应为上传为「${NAMES[kind].zh}」（${kind}）的文件，所给为「${NAMES[document.kind].zh}」`,
      messageEn: `It must be ${NAMES[kind].en} (${kind}); given is ${NAMES[document.kind].en}`,
    },
  ]);
}

/** Whether it was uploaded before an instant that people state to the minute: what was signed then is another file. */
export const isUploadedBefore = ({ uploadedAt }: Pick<TenderDocument, 'uploadedAt'>, instant: number): boolean =>
  uploadedAt < instant - (instant % MINUTE_MS);
