import { KINDS, PROCEDURES, REGIMES, type Labels } from './choices.ts';
import { MANDATE_ACTS } from '../mandates/acts.ts';
import { NOTICE_KINDS, noticeName } from '../notices/kinds.ts';
import { MILESTONES, milestoneName } from '../law/milestones.ts';
import { RELATIONS_ZH } from '../organisations/control.ts';
import { PREPARABLE_ACTS } from '../prepared-acts/acts.ts';
import { ANY_TENDER_WORDS } from '../procedures/words.ts';

export type { Labels };

// What the values of a field are called in Chinese. Keys are those of FIELD_NAMES.

const zhOf = (named: Readonly<Record<string, { readonly zh: string }>>): Labels =>
  Object.fromEntries(Object.entries(named).map(([value, { zh }]) => [value, zh]));

const METHODS: Labels = {
  'lowest-evaluated': '经评审的最低投标价法（最低评标价法）',
  comprehensive: '综合评估法（综合评分法）',
  'lowest-price': '最低价成交',
};
const PARTS: Labels = { technical: '技术', commercial: '商务' };
const SHEET_PARTS_ZH: Labels = { review: '资格、符合性审查', ...PARTS };
const PREFERENCES: Labels = {
  'small-firm': '小微企业',
  'small-firm-share': '联合体或者分包中的小微企业',
  'domestic-product': '本国产品',
};

const YES_NO: Labels = { true: '是', false: '否' };

const ROLES: Labels = {
  purchaser: '招标人（采购人）',
  agency: '代理机构',
  centre: '交易中心',
  office: '管理办公室',
  supervisor: '行政监督部门',
  discipline: '监察',
  auditor: '审计',
  expert: '评标专家',
  supplier: '供应商（投标人）',
  administrator: '系统管理员',
  public: '社会公众',
  unattended: '系统自动',
  operator: '运行维护人员',
};

const CHANNELS: Labels = { mail: '邮件', sms: '短信', webhook: '网络回调' };
const LEVELS: Labels = { national: '国家级', province: '省级', city: '设区的市级', district: '县（区）级' };
const NATURES: Labels = {
  administration: '行政机关',
  venue: '交易场所',
  'centralised-purchaser': '集中采购机构',
  'agency-firm': '社会代理机构',
  other: '其他',
};
const FORMS: Labels = { transfer: '银行转账', guarantee: '保函', insurance: '保证保险' };
const RATES: Labels = { deposit: '银行同期存款利率', loan: '同期贷款基准利率' };
const AWARD_GROUNDS: Labels = {
  declined: '放弃中标、拒绝签订合同',
  'force-majeure': '因不可抗力不能履行合同',
  'no-performance-bond': '不按招标文件提交履约保证金',
  'unlawful-conduct': '被查实存在影响中标结果的违法行为',
};
const RECHECKS: Labels = {
  grievance: '对结果的异议（质疑）',
  circumstances: '候选人的经营、财务状况变化或者违法行为',
  sum: '分值汇总计算错误',
  range: '分项评分超出评分标准范围',
  objective: '客观评审因素评分不一致',
  outlier: '评分畸高、畸低',
  qualification: '资格性审查认定错误',
  price: '价格计算错误',
};
const MILESTONE_NAMES: Labels = Object.fromEntries(
  MILESTONES.map((key) => [key, milestoneName(key, ANY_TENDER_WORDS).zh]),
);
const NOTICES: Labels = Object.fromEntries(NOTICE_KINDS.map((kind) => [kind, noticeName(kind).zh]));

export const VALUE_LABELS: Readonly<Record<string, Labels>> = {
  access: { link: '一次性链接', 'one-time-password': '当面告知的一次性密码' },
  acts: zhOf(MANDATE_ACTS),
  appliesTo: {
    works_open: '依法必须招标项目的公开招标',
    works_invited: '依法必须招标项目的邀请招标',
    works_prequalification: '资格预审',
    gp_open: '政府采购公开招标',
    gp_invited: '政府采购邀请招标',
    negotiation: '竞争性谈判',
    inquiry: '询价',
    single_source: '单一来源采购',
    consultation: '竞争性磋商',
    coop_innovation: '合作创新采购',
    framework: '框架协议采购',
    framework_open: '开放式框架协议',
    framework_closed: '封闭式框架协议',
    land_tender: '土地招标',
    land_auction: '土地拍卖',
    land_listing: '土地挂牌',
    state_asset_transfer: '国有资产转让',
    platform: '交易平台',
    all: '全部',
  },
  'attachments.kind': { evidence: '证明材料', authorisation: '授权委托书' },
  'attachments/kind': { evidence: '证明材料', authorisation: '授权委托书' },
  'award/ground': {
    declined: '第一名放弃中标',
    'force-majeure': '因不可抗力不能履行合同',
    'no-performance-bond': '不按招标文件提交履约保证金',
    'unlawful-conduct': '被查实存在影响中标结果的违法行为',
  },
  capacity: {
    bidder: '投标人',
    purchaser: '招标人（采购人）',
    agency: '代理机构',
    centre: '交易中心',
    supervisor: '监督部门',
    notary: '公证机构',
    other: '其他',
  },
  'committee.kind': { expert: '评标专家', purchaser: '招标人（采购人）代表' },
  'Scheme/method': METHODS,
  'Scheme/criteria.part': { ...PARTS, price: '价格' },
  'Scheme/criteria.formula.better': { higher: '越高越好', lower: '越低越好' },
  'Scheme/criteria.formula.best': { bids: '各有效投标中的最优值' },
  'Scheme/criteria.formula.base.of': {
    lowest: '最低报价',
    mean: '报价平均值',
    'mean-and-ceiling': '报价平均值与最高限价加权',
  },
  'Scheme/preferences.key': PREFERENCES,
  'Scheme/preferences.form': { reduction: '价格扣除', bonus: '价格分加成' },
  'Scheme/stacking': { sum: '相加', chain: '依次扣除', greatest: '只取最大一项' },
  'Scheme/adjustments.part': PARTS,
  'Scheme/ties': { price: '报价低者在前', technical: '技术分高者在前', commercial: '商务分高者在前', draw: '随机抽取' },
  'Scheme/abnormalLow.of': { mean: '全部报价的平均值', 'second-lowest': '次低报价', ceiling: '最高限价或预算' },
  'Scheme/marks': { mean: '平均值', trimmed: '去掉最高最低后的平均值' },
  'Scheme/disclosure': { own: '只有自己的', totals: '全部总分，不含名称' },
  'evaluation/part': SHEET_PARTS_ZH,
  'evaluation/check-ins/document': {
    'resident-id': '居民身份证',
    'residence-permit': '居住证、居留证件',
    passport: '护照',
    'officer-card': '军官证',
    other: '其他有效证件',
  },
  'evaluation/presence/direction': { in: '返场', out: '离场' },
  'motion.claims.key': PREFERENCES,
  'motion.left': { sufficient: '仍有竞争', insufficient: '明显缺乏竞争' },
  'performance-bond/step': {
    received: '收到',
    released: '退还',
    kept: '不予退还',
    'payment-guarantee': '工程款支付担保',
  },
  'changes/kind': {
    supplement: '补充合同',
    variation: '变更',
    suspension: '中止',
    resumption: '恢复履行',
    termination: '终止',
  },
  'changes/ground': {
    'public-interest': '继续履行将损害国家利益和社会公共利益',
    ruling: '投诉处理决定、判决或者裁决',
    'by-law': '法律规定的其他情形',
    agreed: '双方协商一致',
  },
  'payments.after': { signing: '签订', delivery: '交付', acceptance: '验收合格' },
  'acceptances/parties.role': {
    purchaser: '采购人（招标人）',
    user: '实际使用人',
    'third-party': '第三方机构',
    expert: '专家',
    'other-bidder': '参加本项目的其他供应商',
    served: '服务对象',
    supplier: '供应商',
  },
  competition: { sufficient: '仍有竞争', insufficient: '明显缺乏竞争' },
  consortium: { accepted: '接受联合体投标', refused: '不接受联合体投标' },
  custodian: { centre: '交易中心', purchaser: '招标人（采购人）', supervisor: '行政监督部门' },
  dayCount: { 360: '按 360 天', 365: '按 365 天' },
  depositForms: FORMS,
  'documents/kind': {
    'tender-documents': '招标文件',
    amendment: '澄清、修改文件',
    report: '评标报告',
    contract: '合同',
    acceptance: '履约验收书',
    performance: '履约凭证（担保、支付、交付）',
    evidence: '证明材料',
  },
  duties: ROLES,
  'duties/key': MILESTONE_NAMES,
  effect: { none: '不作处理', 're-evaluate': '重新评标（评审）', retender: '重新招标（采购）' },
  encoding: { 'utf-8': 'UTF-8 编码', gb18030: '国标编码（GB 18030、GBK）' },
  evaluationMethod: METHODS,
  'forfeit/ground': {
    'withdrawn-after-deadline': '投标截止后撤销投标文件',
    'not-decrypted': '因投标人原因未解密',
    'contract-refused': '无正当理由不订立合同',
    'as-documents-say': '招标文件载明的情形',
  },
  form: FORMS,
  'grievances/kind': { objection: '异议', query: '质疑' },
  history: YES_NO,
  'invitees.source': {
    known: '招标人（采购人）了解的',
    prequalification: '资格预审合格的',
    database: '供应商库抽取的',
    'recommended-by-purchaser': '采购人推荐的',
    'recommended-by-expert': '评审专家推荐的',
  },
  kind: KINDS,
  late: YES_NO,
  level: LEVELS,
  milestone: MILESTONE_NAMES,
  mine: YES_NO,
  purpose: { opening: '开标', evaluation: '评标（评审）' },
  purposes: { opening: '开标', evaluation: '评标（评审）' },
  must: { yes: '应当进场', no: '不须进场', unknown: '无法判断' },
  nature: NATURES,
  'notices/kind': NOTICES,
  order: { newest: '最近的在前', oldest: '按时间先后' },
  'check/outcome': { confirmed: '真实有效', rejected: '不予认可' },
  'reply/outcome': { rejected: '不成立（驳回）', upheld: '成立' },
  'prepared-acts/state': {
    waiting: '待复核',
    confirmed: '已复核生效',
    withdrawn: '已撤回（退回）',
    lapsed: '逾期失效',
  },
  preview: YES_NO,
  procedure: PROCEDURES,
  purchaserConfirms: zhOf(PREPARABLE_ACTS),
  'rates.kind': RATES,
  'rates/kind': RATES,
  regime: REGIMES,
  replied: YES_NO,
  'registrations/state': {
    pending: '待确认',
    confirmed: '已确认',
    refused: '未获确认',
    completed: '已开立账号',
  },
  relation: RELATIONS_ZH,
  role: ROLES,
  'rules/kind': {
    time_limit: '期限',
    threshold: '数额标准',
    quorum: '法定人数',
    period_rule: '期间计算',
    calendar: '日历',
    ground: '法定情形',
    outcome: '法律后果',
    notice_fields: '公告内容',
    role_duty: '职责',
    scoring: '评分',
    penalty: '罚则',
    draft: '征求意见稿',
  },
  'lots.stage': {
    pending: '尚未开标',
    opening: '开标',
    evaluation: '评标（评审）',
    publicity: '候选人公示',
    award: '定标',
    contract: '待签合同',
    performance: '履约',
    archived: '已归档',
    failed: '招标失败（废标）',
    terminated: '已终止',
  },
  stage: {
    draft: '草稿',
    launched: '已发起',
    bidding: '投标',
    opening: '开标',
    evaluation: '评标（评审）',
    concluded: '已结束',
    terminated: '已终止',
  },
  status: { VERIFIED: '已核对原文', RECALLED: '未核对原文' },
  step: {
    'opening-list': '开标一览表优先',
    words: '大写优先',
    decimal: '小数点错位',
    sum: '按单价汇总',
    'unit-price': '按单价',
  },
  target: { documents: '招标文件', result: '评标（评审）结果' },
  'rechecks/ground': RECHECKS,
  'replacement/ground': AWARD_GROUNDS,
  'recheck.ground': RECHECKS,
  then: { next: '依次确定下一名', retender: '重新招标（采购）' },
  'termination/ground': {
    'force-majeure': '不可抗力',
    'task-cancelled': '因重大变故采购任务取消',
    'no-longer-fits': '因情况变化不再符合采购方式的适用情形',
    'unfair-conduct': '出现影响采购公正的违法、违规行为',
  },
  answer: { confirm: '参加', decline: '不参加' },
  channel: CHANNELS,
  channels: CHANNELS,
  'deliveries/state': { waiting: '待发送', sent: '已发送', 'given-up': '已放弃', dropped: '不再发送' },
  language: { zh: '中文', en: '英文' },
  departure: { recusal: '回避', absence: '缺席', health: '健康原因', other: '其他' },
  'expert-pools/level': { provincial: '省级', city: '市级', own: '自有' },
  'ties.kind': {
    employment: '劳动关系',
    office: '担任董事、监事',
    holding: '控股股东或者实际控制人',
    kin: '与负责人有亲属关系',
    interest: '其他利害关系',
  },
  use: { block: '拒绝', computed: '计算', warn: '提示', timer: '计时', show: '展示' },
};
