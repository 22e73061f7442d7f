import type { ProcedureWords } from '../procedures/words.ts';
import type { NoticeKind } from './data.ts';
import { particularsIn, type ParticularKey } from './particulars.ts';

/** Something in a notice that people entered, and that no other act decides. */
interface CorrectableField {
  /** Its path in the content; `items[].name` of each item. */
  readonly path: string;
  readonly zh: string;
  readonly kind: 'line' | 'identifier' | 'prose' | 'fen';
}

/** What may be corrected in a kind of notice; all else was computed by the platform or is decided by another act. */
export interface Correctable {
  readonly fields: readonly CorrectableField[];
  /** Whether a text may put right what has no field. */
  readonly text: boolean;
  /** What else it states is changed by an amendment until the bid deadline, and by nothing after it. */
  readonly byAmendment?: true;
}

const CONTACTS: readonly ParticularKey[] = [
  'projectNumber',
  'purchaserAddress',
  'purchaserContact',
  'purchaserTelephone',
  'agencyAddress',
  'agencyContact',
  'agencyTelephone',
  'projectContact',
  'projectTelephone',
  'supervisor',
];
const OF_RESULT: readonly ParticularKey[] = [
  'projectNumber',
  'purchaserAddress',
  'purchaserTelephone',
  'agencyAddress',
  'agencyTelephone',
  'projectContact',
];

const prose = (path: string, zh: string): CorrectableField => ({ path, zh, kind: 'prose' });
const line = (path: string, zh: string): CorrectableField => ({ path, zh, kind: 'line' });

/** By kind of notice, in the words of a procedure. */
export function correctableIn(words: ProcedureWords): Readonly<Record<Exclude<NoticeKind, 'correction'>, Correctable>> {
  const names = particularsIn(words);
  const particulars = (keys: readonly ParticularKey[]): CorrectableField[] =>
    keys.map((key) => {
      const { zh, kind } = names[key];
      return { path: key, zh, kind: kind === 'prose' || kind === 'identifier' ? kind : 'line' };
    });
  const call: Correctable = { fields: particulars([...CONTACTS, 'objectionChannel']), text: false, byAmendment: true };
  const textOnly: Correctable = { fields: [], text: true };
  const documents: Correctable = { fields: [], text: false, byAmendment: true };
  return {
    tender: call,
    invitation: call,
    amendment: documents,
    clarification: documents,
    suspension: textOnly,
    'opening-record': { fields: [prose('objections[].answerZh', '对异议的答复')], text: false },
    'lot-failed': textOnly,
    candidates: {
      fields: [
        line('candidates[].address', '地址'),
        line('candidates[].quality', '质量'),
        line('candidates[].period', '工期（交货期）'),
        prose('candidates[].evaluationZh', `${words.evaluation}情况`),
        line('candidates[].projectLead', '项目负责人姓名'),
        line('candidates[].leadCertificate', '项目负责人证书名称和编号'),
        prose('candidates[].qualification', `响应${words.documents}要求的资格能力条件`),
        prose('candidates[].smeDeclarationZh', '中小企业声明函'),
        ...particulars(['objectionChannel', 'supervisor']),
      ],
      text: true,
    },
    award: {
      fields: [
        line('winnerAddress', `${words.winner}地址`),
        line('items[].name', '名称'),
        prose('items[].specification', '规格型号'),
        line('items[].quantity', '数量'),
        { path: 'items[].unitPriceFen', zh: '单价', kind: 'fen' },
        prose('items[].service', '服务要求'),
        prose('smeDeclarationZh', '中小企业声明函'),
        prose('reasonZh', '说明'),
        ...particulars(OF_RESULT),
      ],
      text: true,
    },
    'grievance-reply': { fields: [prose('replyZh', '答复')], text: true },
    contract: { fields: [prose('textZh', '主要内容')], text: true },
    'contract-change': { fields: [prose('reasonZh', '原因')], text: true },
    acceptance: { fields: [prose('opinionZh', '验收意见')], text: true },
    termination: { fields: [prose('reasonZh', '原因')], text: true },
  };
}
