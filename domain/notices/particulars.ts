import type { EvaluationMethod } from '../evaluation/methods.ts';
import { ANY_TENDER_WORDS, type ProcedureWords } from '../procedures/words.ts';

/**
 * 公告事项: what people must enter before the launch of a tender, because the law requires it in a notice. Each is one
 * line or some lines of Chinese text, a number that others gave, an amount in fen, or one of the choices listed. All are optional in a draft;
 * contents.ts says which of them a notice must contain.
 */
export const particularsIn = (words: ProcedureWords) =>
  ({
    projectNumber: { zh: '项目编号', en: 'project number', kind: 'identifier' },
    purchaserAddress: { zh: `${words.purchaser}地址`, en: "purchaser's address", kind: 'line' },
    purchaserContact: { zh: `${words.purchaser}联系人`, en: "purchaser's contact person", kind: 'line' },
    purchaserTelephone: { zh: `${words.purchaser}联系电话`, en: "purchaser's telephone", kind: 'line' },
    agencyAddress: { zh: '代理机构地址', en: "agency's address", kind: 'line' },
    agencyContact: { zh: '代理机构联系人', en: "agency's contact person", kind: 'line' },
    agencyTelephone: { zh: '代理机构联系电话', en: "agency's telephone", kind: 'line' },
    projectContact: { zh: '项目联系人', en: 'contact person of the project', kind: 'line' },
    projectTelephone: { zh: '项目联系电话', en: 'telephone of the project', kind: 'line' },
    nature: { zh: '项目性质', en: 'nature of the project', kind: 'line' },
    scope: { zh: `${words.tendering}范围`, en: 'scope of the tender', kind: 'prose' },
    scale: { zh: '项目规模', en: 'scale of the project', kind: 'prose' },
    quantity: { zh: '数量', en: 'quantity', kind: 'line' },
    fundingSource: { zh: '资金来源', en: 'source of the funds', kind: 'line' },
    place: { zh: '实施（交付）地点', en: 'place of performance', kind: 'line' },
    period: { zh: '实施时间（工期、交货期、服务期）', en: 'time of performance', kind: 'line' },
    requirements: { zh: '采购需求', en: 'requirements of the purchase', kind: 'prose' },
    ceilingPriceFen: { zh: '最高限价', en: 'ceiling price', kind: 'fen' },
    qualifications: { zh: `${words.bidder}资格要求`, en: "bidders' qualification requirements", kind: 'prose' },
    consortium: {
      zh: `是否接受联合体${words.bidding}`,
      en: 'whether consortia may bid',
      kind: 'choice',
      choices: { accepted: `接受联合体${words.bidding}`, refused: `不接受联合体${words.bidding}` },
    },
    evaluationMethod: { zh: `${words.evaluation}方法`, en: 'method of evaluation', kind: 'choice' },
    documentsMethod: { zh: `获取${words.documents}的方式`, en: 'how the documents are obtained', kind: 'prose' },
    documentsPlace: { zh: `获取${words.documents}的地点`, en: 'where the documents are obtained', kind: 'line' },
    documentsPriceFen: { zh: `${words.documents}售价`, en: 'price of the documents', kind: 'fen' },
    submissionMethod: { zh: `${words.bid}递交方式`, en: 'how bids are handed in', kind: 'prose' },
    openingPlace: { zh: `${words.opening}地点`, en: 'place of the opening', kind: 'line' },
    platform: { zh: '电子招标投标交易平台及使用方法', en: 'the electronic platform and how it is used', kind: 'prose' },
    objectionChannel: { zh: '提出异议的渠道和方式', en: 'where and how to object', kind: 'prose' },
    supervisor: { zh: '监督部门及联系方式', en: 'supervising department and how to reach it', kind: 'line' },
  }) as const satisfies Readonly<Record<string, ParticularForm>>;

/** In the words of any open tender. */
export const PARTICULARS = particularsIn(ANY_TENDER_WORDS);

interface ParticularForm {
  readonly zh: string;
  readonly en: string;
  readonly kind: 'line' | 'identifier' | 'prose' | 'fen' | 'choice';
  readonly choices?: Readonly<Record<string, string>>;
}

export type ParticularKey = keyof typeof PARTICULARS;

export const CONSORTIUM = ['accepted', 'refused'] as const;

type ValueOf<K extends ParticularKey> = (typeof PARTICULARS)[K]['kind'] extends 'fen'
  ? number
  : K extends 'consortium'
    ? (typeof CONSORTIUM)[number]
    : K extends 'evaluationMethod'
      ? EvaluationMethod
      : string;

/** The particulars entered so far; money is fen. */
export type Particulars = { readonly [K in ParticularKey]?: ValueOf<K> | undefined };
