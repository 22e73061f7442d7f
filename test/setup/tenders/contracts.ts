import type { ContractTerms } from '../../../domain/contracts/stated.ts';
import { candidateTold, PARTICULARS_TOLD } from './particulars.ts';

/** 合同主要条款 as the particulars ask for and the candidates of tests promise: one payment, after the acceptance. */
export const termsOf = (amountFen: number, change: Partial<ContractTerms> = {}): ContractTerms => ({
  subjectZh: '尾水提升达标处理',
  items: candidateTold().items ?? [],
  quantity: PARTICULARS_TOLD.quantity,
  quality: '合格',
  period: PARTICULARS_TOLD.period,
  place: PARTICULARS_TOLD.place,
  projectLead: '陈建',
  acceptance: {
    bodyZh: '采购人组织验收小组',
    withinDays: 10,
    methodZh: '一次验收',
    procedureZh: '逐项核对',
    contentZh: '每一项技术、服务、安全标准',
    standardZh: '招标文件和投标文件',
  },
  warrantyZh: '三年',
  breachZh: '按招标文件',
  disputesZh: '诉讼',
  payments: [{ no: 1, nameZh: '合同款', amountFen, after: 'acceptance', days: null }],
  bondReleaseDays: null,
  smallFirm: false,
  publicService: false,
  explanations: [],
  ...change,
});
