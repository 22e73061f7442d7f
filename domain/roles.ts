import type { DecisionKind } from './decisions.ts';
import { LOT_STAGES, type LotStage, type ProcurementStage } from './stages.ts';

/** Who may do what (管办分离: who runs a tender does not supervise it). The API and the pages check this table: what it lacks is denied. */
export const ROLES = [
  'purchaser', // 招标人 / 采购人
  'agency', // 代理机构
  'centre', // 交易中心
  'office', // 管理办公室
  'supervisor', // 行政监督部门
  'discipline', // 监察
  'auditor', // 审计
  'expert', // 评标专家
  'supplier', // 供应商 / 投标人
  'administrator', // 系统管理员: accounts and organisations, nothing of any tender's content
  'public', // 社会公众, not signed in
] as const;
export type Role = (typeof ROLES)[number];

/**
 * The scope of a permission: `any` procurement; only one whose purchaser or agency is the actor's organisation
 * (`procurement`); only what the actor's organisation itself filed (`own`).
 */
export type Scope = 'any' | 'procurement' | 'own';

interface Grant {
  readonly roles: Partial<Record<Role, Scope>>;
  /** Stages of the procurement in which the action is lawful; absent: the action is not tied to one. */
  readonly stages?: readonly ProcurementStage[];
  /** Stages of the lot in which the action is lawful. */
  readonly lotStages?: readonly LotStage[];
  /**
   * Denied to everybody, the centre and the administrators included, until the bids are opened.
   * @rule gp-no-open-before-opening, gp-secret-before-deadline
   */
  readonly afterOpening?: true;
  /**
   * Denied to everybody until bidding is closed: their opening is public, whatever its outcome (招标投标法 34). Where it is
   * suspended, everybody may learn that and why.
   */
  readonly fromClosing?: true;
  /** Of what was opened: where the opening is not public, only for those who run or supervise it until the result. */
  readonly ofOpening?: true;
  /** The act of the law that it is: at another stage it is refused with the rule of the procedure. */
  readonly act?: DecisionKind;
  /** Denied to everybody until the award is public (招标投标法 37: 评标委员会成员名单在中标结果确定前应当保密). */
  readonly afterAward?: true;
  /** Denied to everybody until a notice has made the first document public. */
  readonly afterAnnouncement?: true;
  /**
   * Bidders do it, or it is done to what is theirs: that it is done, and from where, would tell before the opening that
   * somebody bids. Metrics, the request log and refusals ask here. So is what experts do who serve on a committee.
   */
  readonly ofBidders?: true;
  /** In words that fit every procedure. */
  readonly zh: string;
}

const WATCHERS = { office: 'any', supervisor: 'any', discipline: 'any', auditor: 'any' } as const;
/** Whose people do what concerns their own organisation. */
const PARTIES = { purchaser: 'own', agency: 'own', centre: 'own', supplier: 'own' } as const;
const RUNNERS = { purchaser: 'procurement', agency: 'procurement' } as const;
const EVERYBODY = Object.fromEntries(ROLES.map((role) => [role, 'any'])) as Record<Role, Scope>;

const LIVE: readonly ProcurementStage[] = ['launched', 'bidding', 'opening', 'evaluation'];
/** Until a contract is signed the committee may have to look again. */
const REPORTED: readonly LotStage[] = ['evaluation', 'publicity', 'award', 'contract'];
const PUBLIC: readonly ProcurementStage[] = ['bidding', 'opening', 'evaluation', 'concluded', 'terminated'];

export const PERMISSIONS = {
  'organisation.manage': { roles: { administrator: 'any' }, zh: '管理机构' },
  'organisation.look-up': {
    roles: { purchaser: 'any', agency: 'any', centre: 'any', administrator: 'any', ...WATCHERS },
    zh: '查找机构',
  },
  'organisation.history': {
    roles: { centre: 'any', administrator: 'any', ...WATCHERS },
    zh: '查看机构名称和代码的更正',
  },
  'organisation.separation': { roles: { administrator: 'any', ...WATCHERS }, zh: '查看管办分离冲突' },
  'setup.read': { roles: { administrator: 'any', centre: 'any', office: 'any' }, zh: '查看启用检查' },
  'account.manage': { roles: { administrator: 'any' }, zh: '管理账号' },
  'registration.request': { roles: EVERYBODY, ofBidders: true, zh: '供应商自行注册' },
  'registration.decide': { roles: { centre: 'any', administrator: 'any' }, ofBidders: true, zh: '确认供应商注册' },
  'delivery.read': { roles: { administrator: 'any' }, zh: '查看发往平台以外的通知' },
  'session.own': { roles: EVERYBODY, zh: '登录与查看本人会话' },
  // Dates of one's duties, outside any session. An expert's are calls: they would name a member of a committee (招标投标法 37).
  'calendar.subscribe': { roles: { ...PARTIES, ...WATCHERS }, zh: '用日历程序订阅待办日期' },
  'mandate.sign': { roles: { purchaser: 'own', agency: 'own' }, zh: '办理委托' },
  'mandate.read': { roles: { purchaser: 'own', agency: 'own', ...WATCHERS }, zh: '查看委托' },
  // Whether it may be prepared and confirmed is said by the action of the act itself (domain/prepared-acts).
  'prepared-act.settle': { roles: { purchaser: 'own', agency: 'own', centre: 'own' }, zh: '复核、撤回经办事项' },
  'prepared-act.read': { roles: { purchaser: 'own', agency: 'own', centre: 'own' }, zh: '查看经办事项' },
  'control.declare': { roles: PARTIES, zh: '声明控股、管理关系' },
  'procurement.draft': { roles: RUNNERS, stages: ['draft'], zh: '编制采购项目' },
  'procurement.launch': { roles: RUNNERS, stages: ['draft'], zh: '发起采购项目' },
  'procurement.withdraw-launch': { roles: RUNNERS, stages: ['launched'], zh: '撤回发起' },
  'procurement.copy': { roles: RUNNERS, zh: '复制为新草稿' },
  'procurement.read-draft': {
    roles: { ...RUNNERS, ...WATCHERS },
    // Also of one that was terminated before its notice, which is known to nobody else.
    stages: ['draft', 'launched', 'terminated'],
    zh: '查看未公告项目',
  },
  'procurement.read': { roles: EVERYBODY, stages: PUBLIC, zh: '查看已公告项目' },
  'procurement.amend': { roles: RUNNERS, stages: ['bidding'], act: 'amend', zh: '澄清或修改采购文件' },
  'procurement.terminate': { roles: RUNNERS, stages: LIVE, act: 'terminate', zh: '终止采购项目' },
  'document.upload': {
    roles: RUNNERS,
    stages: ['draft', 'launched', 'bidding', 'opening', 'evaluation', 'concluded'],
    zh: '上传采购文件、评标（评审）报告、合同',
  },
  'document.obtain': {
    roles: { supplier: 'any', ...RUNNERS, ...WATCHERS, centre: 'any' },
    stages: PUBLIC,
    ofBidders: true,
    zh: '获取采购文件',
  },
  // Whether the expert serves on a committee of the procurement, the act itself asks.
  'document.evaluate': { roles: { expert: 'own' }, stages: PUBLIC, afterOpening: true, zh: '评审时查看采购文件' },
  // 政府采购法实施条例 43, 50: with the result, with the contract.
  'document.published': { roles: EVERYBODY, stages: PUBLIC, afterAnnouncement: true, zh: '查看已公告的采购文件、合同' },
  'document.obtainers': { roles: { ...RUNNERS, ...WATCHERS }, afterOpening: true, zh: '查看获取文件的供应商' },
  'question.ask': { roles: { supplier: 'any' }, stages: ['bidding'], ofBidders: true, zh: '提出疑问' },
  'question.answer': { roles: RUNNERS, stages: ['bidding'], zh: '答复疑问' },
  'bid.submit': { roles: { supplier: 'own' }, stages: ['bidding'], ofBidders: true, zh: '递交、替换投标（响应）文件' },
  'bid.withdraw': { roles: { supplier: 'own' }, stages: ['bidding'], ofBidders: true, zh: '撤回投标（响应）文件' },
  'bid.receipts': { roles: { supplier: 'own' }, ofBidders: true, zh: '查看本单位回执' },
  'bid.read': {
    roles: { ...RUNNERS, centre: 'any', supervisor: 'any', discipline: 'any', auditor: 'any' },
    afterOpening: true,
    ofOpening: true,
    zh: '查看投标（响应）文件',
  },
  'bid.release-share': {
    roles: { supplier: 'own' },
    // After its window a share is refused as late, and not as somebody else's matter.
    lotStages: LOT_STAGES.filter((stage) => stage !== 'pending'),
    ofBidders: true,
    zh: '解密投标（响应）文件（交出本方份额）',
  },
  'opening.read': { roles: EVERYBODY, fromClosing: true, ofOpening: true, zh: '查看开标（开启）情况和记录' },
  'opening.schedule': { roles: { ...RUNNERS, ...WATCHERS, centre: 'any' }, zh: '查看某日的开标（开启）' },
  'opening.pause': { roles: { supervisor: 'any' }, stages: ['bidding', 'opening'], zh: '暂停开标（开启）' },
  'opening.resume': { roles: { supervisor: 'any' }, stages: ['bidding', 'opening'], zh: '恢复开标（开启）' },
  'opening.fault': { roles: { supervisor: 'any', centre: 'any' }, stages: ['opening'], zh: '登记平台故障' },
  // Who has paid is as confidential as who bids (招标投标法 22): before the opening only the bidder itself sees it.
  'deposit.own': { roles: { supplier: 'own' }, stages: PUBLIC, ofBidders: true, zh: '查看保证金' },
  'deposit.hand-in': { roles: { supplier: 'own' }, stages: ['bidding'], ofBidders: true, zh: '提交保证金' },
  // A bank has no account here: the signature of its message identifies it.
  'deposit.notify': { roles: EVERYBODY, ofBidders: true, zh: '通知保证金到账' },
  'deposit.record': { roles: { centre: 'any' }, ofBidders: true, zh: '登记保证金' },
  'deposit.read': { roles: { ...RUNNERS, ...WATCHERS, centre: 'any' }, afterOpening: true, zh: '查看保证金' },
  'deposit.refund': { roles: { ...RUNNERS, centre: 'any' }, ofBidders: true, zh: '退还保证金' },
  // Published figures, each with its source: not the purchaser, who owes the interest.
  'deposit.rates': { roles: { office: 'any', centre: 'any' }, zh: '登记保证金利率' },
  'opening.object': {
    roles: { supplier: 'own' },
    lotStages: ['opening', 'evaluation'],
    ofBidders: true,
    zh: '对开标（开启）提出异议',
  },
  'opening.answer': {
    roles: { ...RUNNERS, centre: 'any' },
    lotStages: ['opening', 'evaluation', 'publicity', 'award'],
    zh: '答复对开标（开启）的异议',
  },
  'opening.attend': {
    roles: { ...RUNNERS, centre: 'any' },
    afterOpening: true,
    ofOpening: true,
    zh: '登记参加开标（开启）的人',
  },
  'opening.sign': {
    roles: { supplier: 'own', ...RUNNERS, centre: 'any' },
    afterOpening: true,
    ofOpening: true,
    zh: '签署开标（开启）记录',
  },
  'scheme.state': { roles: RUNNERS, stages: ['draft'], zh: '编制评标（评审）办法' },
  'scheme.read': { roles: EVERYBODY, stages: PUBLIC, zh: '查看评标（评审）办法' },
  // After a recheck in a later stage too: whether there is one, the act itself asks.
  'report.submit': { roles: RUNNERS, lotStages: REPORTED, act: 'report', zh: '提交评标（评审）报告' },
  'report.read': { roles: { ...RUNNERS, ...WATCHERS }, afterOpening: true, zh: '查看评标（评审）报告' },
  // 专家库 belongs to no tender.
  'venue.manage': { roles: { centre: 'any' }, zh: '登记开标室、评标室' },
  'venue.book': { roles: { centre: 'any' }, zh: '预订、取消场地' },
  // Where a tender is opened its notice says; when a room is free is nobody’s secret among those who work here.
  'venue.read': { roles: { ...RUNNERS, ...WATCHERS, centre: 'any' }, zh: '查看场地安排' },
  'expert.manage': { roles: { centre: 'any', office: 'any' }, zh: '管理专家库' },
  // Who serves where is secret until the award, as who bids is until the opening: neither log nor metrics may tell it.
  'expert.serve': { roles: { expert: 'own' }, ofBidders: true, zh: '专家申报、答复评审邀请' },
  // 评标委员会成员, representatives of the purchaser too: who of them sits in this committee, the act itself asks.
  'evaluation.serve': {
    roles: { expert: 'own', purchaser: 'procurement' },
    stages: ['opening', 'evaluation'],
    afterOpening: true,
    ofBidders: true,
    zh: '评标（评审）：查看投标（响应）文件、打分、表决、签署',
  },
  // 财政部令87号 44: the purchaser or its agency examines the qualification.
  'evaluation.qualify': { roles: RUNNERS, lotStages: ['evaluation'], zh: '登记资格审查不合格的投标（响应）' },
  // 招标投标法实施条例 48: the purchaser extends the time.
  'evaluation.extend': { roles: RUNNERS, lotStages: ['evaluation'], zh: '延长评标（评审）时间' },
  'evaluation.answer': {
    roles: { supplier: 'own' },
    lotStages: REPORTED,
    ofBidders: true,
    zh: '答复评标委员会（评审小组）',
  },
  // 核验身份、登记到场: of the people of the centre those who held the draw, which the act itself asks.
  'presence.record': {
    roles: { centre: 'any' },
    lotStages: ['pending', 'opening', ...REPORTED],
    zh: '登记评标（评审）场所、成员身份核验和进出',
  },
  // Before the award the supervisor and who recorded it alone, which the act itself asks.
  'presence.read': { roles: { ...RUNNERS, ...WATCHERS, centre: 'any' }, zh: '查看评标（评审）场所和到场记录' },
  // 财政部令87号 69: each bidder its own, with the result.
  'score-sheet.read': { roles: { supplier: 'own' }, afterAward: true, ofBidders: true, zh: '查看本单位得分说明' },
  'draw.open': {
    roles: { ...RUNNERS, centre: 'any' },
    stages: ['bidding', 'opening', 'evaluation'],
    // After the report only in a recheck whose committee cannot be completed, which the act itself asks.
    lotStages: ['pending', 'opening', ...REPORTED],
    zh: '发起抽取评标（评审）专家',
  },
  'draw.plan': {
    roles: { ...RUNNERS, centre: 'any' },
    stages: ['launched', 'bidding'],
    lotStages: ['pending'],
    zh: '计划抽取评标（评审）专家',
  },
  'draw.part': {
    roles: { ...RUNNERS, centre: 'any', supervisor: 'any' },
    stages: ['bidding', 'opening', 'evaluation'],
    zh: '为抽取提交承诺和随机数',
  },
  'draw.read': { roles: EVERYBODY, stages: PUBLIC, zh: '查看、核验抽取记录' },
  'committee.state': { roles: { ...RUNNERS, ...WATCHERS, centre: 'any' }, zh: '查看评标委员会（评审小组）组建情况' },
  // Members, the people of the centre who held the draw, and the supervisor for a reason on record.
  'committee.names': {
    roles: { centre: 'any', supervisor: 'any' },
    zh: '中标（成交）结果确定前查看评标委员会（评审小组）名单',
  },
  'committee.replace': {
    roles: { ...RUNNERS, centre: 'any' },
    lotStages: ['pending', 'opening', ...REPORTED],
    zh: '更换评标委员会（评审小组）成员',
  },
  'committee.nominate': {
    roles: { purchaser: 'procurement' },
    lotStages: ['pending', 'opening', ...REPORTED],
    zh: '另派招标人（采购人）代表',
  },
  'committee.choose': {
    roles: { purchaser: 'procurement' },
    lotStages: ['pending', 'opening', 'evaluation'],
    zh: '自行选定（直接确定）专家',
  },
  'committee.read': { roles: { ...RUNNERS, ...WATCHERS }, afterAward: true, zh: '查看评标委员会（评审小组）名单' },
  'award.decide': {
    roles: { purchaser: 'procurement' },
    lotStages: ['award'],
    act: 'award',
    zh: '确定中标人（成交供应商）',
  },
  // 招标投标法实施条例 54, 56; 财政部令87号 64, 94号 14.
  'recheck.refer': {
    roles: { ...RUNNERS, supervisor: 'any' },
    lotStages: ['publicity', 'award', 'contract'],
    act: 'recheck',
    zh: '提交评标委员会（评审小组）复核',
  },
  'recheck.read': { roles: { ...RUNNERS, ...WATCHERS }, afterOpening: true, zh: '查看复核' },
  'award.refuse': {
    roles: { supplier: 'own' },
    lotStages: ['contract'],
    act: 'refuse-award',
    ofBidders: true,
    zh: '放弃中标（成交）、拒绝签订合同',
  },
  'award.replace': {
    roles: { purchaser: 'procurement' },
    lotStages: ['contract'],
    act: 'replace-winner',
    zh: '取消中标（成交）资格，另行确定或者重新招标（采购）',
  },
  'contract.sign': {
    roles: { purchaser: 'procurement' },
    lotStages: ['contract'],
    act: 'contract',
    zh: '登记合同签订',
  },
  'contract.publish': { roles: RUNNERS, lotStages: ['performance'], act: 'publish-contract', zh: '公告合同' },
  'contract.read': { roles: { ...RUNNERS, ...WATCHERS, supplier: 'own' }, afterAward: true, zh: '查看合同及其履行' },
  'contract.bond': {
    roles: RUNNERS,
    lotStages: ['contract', 'performance'],
    act: 'performance-bond',
    zh: '登记履约保证金、工程款支付担保',
  },
  'contract.change': {
    roles: { purchaser: 'procurement' },
    lotStages: ['performance'],
    act: 'change-contract',
    zh: '登记合同变更、补充、中止、终止',
  },
  // Who is paid states too when it delivered: a payment is not put off by the word of who owes it.
  'contract.deliver': {
    roles: { ...RUNNERS, supplier: 'own' },
    lotStages: ['performance'],
    act: 'deliver',
    zh: '登记交付、发票',
  },
  'contract.accept': { roles: RUNNERS, lotStages: ['performance'], act: 'accept', zh: '登记履约验收' },
  'contract.pay': { roles: { purchaser: 'procurement' }, lotStages: ['performance'], act: 'pay', zh: '登记合同付款' },
  'duty.perform': { roles: RUNNERS, zh: '登记法定事项完成' },
  'lot.retender': { roles: RUNNERS, lotStages: ['failed'], zh: '重新招标（采购）' },
  'procurement.retender': {
    roles: RUNNERS,
    stages: ['opening', 'evaluation', 'concluded', 'terminated'],
    zh: '合并重新招标（采购）多个标段',
  },
  'grievance.file': {
    roles: { supplier: 'own' },
    stages: ['bidding', 'opening', 'evaluation', 'concluded'],
    ofBidders: true,
    zh: '提出异议或质疑',
  },
  'grievance.complete': { roles: { supplier: 'own' }, ofBidders: true, zh: '补充异议或质疑的内容和材料' },
  'grievance.reply': { roles: RUNNERS, zh: '答复异议或质疑' },
  'grievance.read': { roles: { ...RUNNERS, ...WATCHERS, supplier: 'own' }, zh: '查看异议或质疑' },
  // What is due, objected to and suspended in all tenders at once; each of them is read by its own action.
  'oversight.read': { roles: WATCHERS, zh: '查看各项目的法定事项、异议质疑和暂停情况' },
  'clue.read': { roles: WATCHERS, afterOpening: true, zh: '查看线索' },
  'notice.read': { roles: EVERYBODY, zh: '查看公告公示' },
  // 招标公告和公示信息发布管理办法 10, 16: who publishes a notice answers for it, and puts it right.
  'notice.correct': { roles: RUNNERS, stages: PUBLIC, act: 'correct', zh: '更正公告公示' },
  'log.read': { roles: EVERYBODY, zh: '查看日志树头与证明' },
  'audit.read': { roles: WATCHERS, zh: '查看审计记录' },
  // 政府采购法 42: who buys keeps the files of a procurement. Each part of it is shown by its own action.
  'dossier.make': { roles: { ...RUNNERS, ...WATCHERS, centre: 'any' }, stages: PUBLIC, zh: '导出项目档案' },
  'catalogue.import': { roles: { office: 'any' }, zh: '导入交易目录和限额标准' },
  'off-platform.record': { roles: { office: 'any' }, zh: '登记场外交易' },
  'off-platform.read': { roles: WATCHERS, zh: '查看场外交易' },
  'law.read': { roles: EVERYBODY, zh: '查询法定期限' },
  'clock.read': { roles: EVERYBODY, zh: '查看平台时钟' },
  // Not who runs a tender, nor an administrator: when a deadline has passed is no matter of theirs.
  'clock.accept': { roles: { office: 'any' }, zh: '确认平台时钟' },
  'drill.set-clock': { roles: { office: 'any' }, zh: '调整演练时钟' },
  'calendar.import': { roles: { office: 'any' }, zh: '导入放假安排' },
  'custodian.answers': { roles: WATCHERS, zh: '查看保管人对投标截止时间的答复' },
  // Not the centre or an administrator, who run the platform that bids are sealed against; nor a purchaser or
  // supervisor: there are many of them and one key.
  'custodian.manage': { roles: { office: 'any' }, zh: '登记、停用保管人公钥' },
} as const satisfies Record<string, Grant>;

export type Action = keyof typeof PERMISSIONS;

/** What is known of the place where an action is requested; absent parts are not checked. */
export interface Situation {
  readonly stage?: ProcurementStage;
  readonly lotStage?: LotStage;
  /** Whether the bids of the procurement have been opened. */
  readonly opened?: boolean;
  /** Whether the clock of the deadline or the opening is suspended. */
  readonly suspended?: boolean;
  /** Whether the award of the lot is public. */
  readonly awarded?: boolean;
  /** Whether a notice has made documents of the procurement public. */
  readonly announced?: boolean;
}

export type Denial = 'role' | 'stage' | 'before-opening' | 'before-award' | 'before-announcement';

/** The scope in which `role` may do `action` in `situation`, or why not. */
export function permission(role: Role, action: Action, situation: Situation): { scope: Scope } | { denied: Denial } {
  const grant: Grant = PERMISSIONS[action];
  const scope = grant.roles[role];
  if (scope === undefined) return { denied: 'role' };
  if (grant.afterOpening && situation.opened !== true) return { denied: 'before-opening' };
  const isHeld = situation.stage === 'opening' || situation.suspended === true;
  if (grant.fromClosing && situation.opened !== true && !isHeld) {
    return { denied: 'before-opening' };
  }
  if (grant.afterAward && situation.awarded !== true) return { denied: 'before-award' };
  if (grant.afterAnnouncement && situation.announced !== true) return { denied: 'before-announcement' };
  if (grant.stages && (situation.stage === undefined || !grant.stages.includes(situation.stage))) {
    return { denied: 'stage' };
  }
  if (grant.lotStages && (situation.lotStage === undefined || !grant.lotStages.includes(situation.lotStage))) {
    return { denied: 'stage' };
  }
  return { scope };
}

/** Whether an action would tell, before the opening, that somebody bids. */
export const isOfBidders = (action: Action): boolean => (PERMISSIONS[action] as Grant).ofBidders === true;
