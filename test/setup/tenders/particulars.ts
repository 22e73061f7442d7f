import type { Candidate } from '../../../domain/decisions.ts';
import type { Particulars } from '../../../domain/notices/particulars.ts';

/** Everything that may be told of a tender in its notices. */
export const PARTICULARS_TOLD = {
  projectNumber: 'KB-2026-001',
  purchaserAddress: '江西省万安县工业园区创业路1号',
  purchaserContact: '王工',
  purchaserTelephone: '0796-5700001',
  agencyAddress: '江西省吉安市吉州区阳明路2号',
  agencyContact: '李工',
  agencyTelephone: '0796-8200002',
  projectContact: '王工',
  projectTelephone: '0796-5700001',
  nature: '新建',
  scope: '施工图纸和工程量清单所示全部内容',
  scale: '日处理尾水两万吨',
  quantity: '1 项',
  fundingSource: '财政资金，已落实',
  place: '江西省万安县',
  period: '180 日历天',
  requirements: '智慧终端 300 台，含安装、调试和三年质保',
  ceilingPriceFen: 383_000_000,
  qualifications: '市政公用工程施工总承包二级及以上资质',
  consortium: 'refused',
  evaluationMethod: 'comprehensive',
  documentsMethod: '登录公共资源交易平台免费下载',
  documentsPlace: '县公共资源交易中心网站',
  documentsPriceFen: 0,
  submissionMethod: '通过公共资源交易平台递交加密的电子投标文件',
  openingPlace: '县公共资源交易中心一号开标室',
  platform: '公共资源交易平台 https://tender.example.cn，使用方法见其办事指南',
  objectionChannel: '公示期内通过公共资源交易平台在线提出',
  supervisor: '县住房和城乡建设局 0796-5700009',
} as const satisfies Particulars;

/** The same of an inquiry, which has one method (财政部令74号 49). */
export const INQUIRY_TOLD = { ...PARTICULARS_TOLD, evaluationMethod: 'lowest-price' } as const satisfies Particulars;

/** Everything that may be told of a candidate. */
export const CANDIDATE_TOLD = {
  address: '江西省吉安市井冈山大道3号',
  quality: '合格',
  period: '180 日历天',
  projectLead: '陈建',
  leadCertificate: '注册建造师（市政公用工程）赣236000000001',
  qualification: '资质、业绩、人员均满足招标文件要求',
  items: [
    { name: '智慧终端', specification: 'ZD-300', quantity: '300 台', unitPriceFen: 1_200_000, service: '三年上门质保' },
  ],
} as const;

export const candidateTold = (): Pick<Candidate, keyof typeof CANDIDATE_TOLD> => ({
  ...CANDIDATE_TOLD,
  items: CANDIDATE_TOLD.items.map((each) => ({ ...each })),
});
