import { NOTIFICATIONS, type NotificationKind } from '../accounts/notifications.ts';
import type { Bilingual } from './channels.ts';

/**
 * How a notification leaves the platform, for those whom a message would not give away (ADR 0055). `at-once`: by their
 * channels; `digest`: it is counted in the next digest; `inside`: it is on the platform alone.
 */
export type Leaves = 'at-once' | 'digest' | 'inside';

interface EventKind extends Bilingual {
  readonly leaves: Leaves;
}

/**
 * What people are notified of about tenders, as the inbox shows it. No name of a bidder or an expert, no price and no
 * text of a person is ever part of it: what it is about is at the address of its subject, for those who may read it.
 */
export const EVENT_KINDS = {
  'notice.published': { zh: '有新的公告、公示或更正', en: 'A notice was published or corrected', leaves: 'digest' },
  'deadline.moved': { zh: '投标（响应）截止时间已变更', en: 'The bid deadline was moved', leaves: 'digest' },
  'tender.terminated': { zh: '采购项目已终止', en: 'The procurement was terminated', leaves: 'at-once' },
  'tender.opening': { zh: '已到开标（开启）时间', en: 'The opening of bids has begun', leaves: 'at-once' },
  'dates.recalculated': {
    zh: '放假安排公布，法定时间已重新计算',
    en: 'A holiday notice came out: statutory instants were calculated again',
    leaves: 'digest',
  },
  'invitation.received': { zh: '贵单位收到投标（响应）邀请', en: 'Your organisation is invited', leaves: 'digest' },
  'amendment.doubtful': {
    zh: '一项澄清、修改或者答疑被认定不影响投标（响应）文件编制，其文字涉及编制依据，请核对',
    en: 'An amendment or answer that names what bids are written by is said not to affect them: look at it',
    leaves: 'at-once',
  },
  'question.asked': { zh: '有供应商对采购文件提出疑问', en: 'A question was asked', leaves: 'at-once' },
  'grievance.filed': {
    zh: '收到异议（质疑），应在期限内答复',
    en: 'An objection or query was filed',
    leaves: 'at-once',
  },
  'grievance.replied': { zh: '异议（质疑）已有答复', en: 'Your objection or query was replied to', leaves: 'at-once' },
  'grievance.overdue': { zh: '异议（质疑）逾期未答复', en: 'The reply to a grievance is overdue', leaves: 'at-once' },
  'recheck.referred': {
    zh: '已提交评标委员会（评审小组）复核',
    en: 'Something was referred to the committee again',
    leaves: 'at-once',
  },
  'recheck.concluded': {
    zh: '评标委员会（评审小组）已完成复核',
    en: 'The committee has finished its recheck',
    leaves: 'at-once',
  },
  'award.refused': {
    zh: '中标人（成交供应商）放弃中标（成交），须决定下一步',
    en: 'The winner refuses the award; the next step is to be decided',
    leaves: 'at-once',
  },
  'award.lost': {
    zh: '中标（成交）资格已取消',
    en: 'The winner has lost the award',
    leaves: 'at-once',
  },
  'opening.objected': { zh: '有人对开标（开启）提出异议', en: 'The opening was objected to', leaves: 'at-once' },
  'opening.answered': {
    zh: '对开标（开启）的异议已有答复',
    en: 'Your objection to the opening was answered',
    leaves: 'at-once',
  },
  'opening.paused': { zh: '开标（开启）已暂停', en: 'The opening was paused', leaves: 'at-once' },
  'opening.resumed': { zh: '开标（开启）已恢复', en: 'The opening was resumed', leaves: 'at-once' },
  'opening.concluded': { zh: '开标（开启）已结束', en: 'The opening has ended', leaves: 'digest' },
  'opening.fault': {
    zh: '开标（开启）中登记了平台故障',
    en: 'A fault of the platform was recorded',
    leaves: 'at-once',
  },
  'custodian.failed': {
    zh: '保管人未交出或拒绝交出密钥份额',
    en: 'A custodian refused its share of the key, or did not answer',
    leaves: 'at-once',
  },
  'lot.evaluation': { zh: '标段进入评标（评审）', en: 'A lot is to be evaluated', leaves: 'at-once' },
  'lot.award': { zh: '标段待确定中标人（成交供应商）', en: 'A winner is to be chosen', leaves: 'at-once' },
  'lot.contract': { zh: '标段待签订合同', en: 'A contract is to be signed', leaves: 'at-once' },
  'lot.failed': {
    zh: '标段失败，须决定下一步',
    en: 'A lot has failed; its next step is to be decided',
    leaves: 'at-once',
  },
  'contract.changed': {
    zh: '合同有变更、补充、中止或终止登记',
    en: 'A change, supplement, suspension or end of the contract was recorded',
    leaves: 'at-once',
  },
  'contract.not-accepted': { zh: '履约验收不合格', en: 'The performance was not accepted', leaves: 'at-once' },
  'contract.delivered': {
    zh: '登记了交付或收到发票，付款期限开始计算',
    en: 'A delivery or an invoice was recorded: the time for the payment runs',
    leaves: 'digest',
  },
  'contract.recorded': {
    zh: '合同履行有新的登记（履约保证金、验收、付款）',
    en: 'A bond, an acceptance or a payment of the contract was recorded',
    leaves: 'digest',
  },
  'draw.opened': {
    zh: '专家抽取已经开始，请在期限内提交本方的承诺',
    en: 'A draw has begun: your party commits itself to its part',
    leaves: 'at-once',
  },
  'draw.parts': {
    zh: '请在期限内交出本方的随机数',
    en: 'Your party hands in its part of the seed of a draw',
    leaves: 'at-once',
  },
  'draw.part-due': {
    zh: '本方对专家抽取的承诺或者随机数即将到期',
    en: 'What your party owes to a draw is due soon',
    leaves: 'at-once',
  },
  'draw.failed': {
    zh: '专家抽取未能进行，请另行发起',
    en: 'A draw could not be held: open another',
    leaves: 'at-once',
  },
  'committee.representative-left': {
    zh: '招标人（采购人）代表退出评标委员会（评审小组），请另派代表',
    en: 'A representative left the committee: send another',
    leaves: 'at-once',
  },
  'evaluation.time-owed': {
    zh: '超过三分之一的评标委员会成员认为评标时间不够，应当适当延长',
    en: 'More than a third of a committee ask for more time: it is to be extended',
    leaves: 'at-once',
  },
  'committee.short': {
    zh: '评审开始时评标委员会（评审小组）尚未组成',
    en: 'There is no committee when its evaluation begins',
    leaves: 'at-once',
  },
  'deposit.changed': { zh: '贵单位的保证金有新的记录', en: 'Something was recorded of your deposit', leaves: 'digest' },
  'upload.ended': { zh: '一个上传被退回或撤销', en: 'An upload was refused or withdrawn', leaves: 'digest' },
  'outage.recorded': { zh: '平台停机已记录', en: 'An outage of the platform was recorded', leaves: 'digest' },
  'duty.due': { zh: '法定事项即将到期', en: 'A statutory duty is due soon', leaves: 'at-once' },
  'duty.overdue': { zh: '法定事项已逾期', en: 'A statutory duty is overdue', leaves: 'at-once' },
  'reply.due': { zh: '异议（质疑）的答复即将到期', en: 'The reply to a grievance is due soon', leaves: 'at-once' },
  // That a deposit goes back before the opening says that somebody bade.
  'refund.due': { zh: '保证金退还即将到期', en: 'A deposit is to be given back soon', leaves: 'inside' },
  'refund.overdue': { zh: '保证金逾期未退还', en: 'A deposit was not given back in time', leaves: 'inside' },
  'delivery.given-up': {
    zh: '有通知多次发送失败，已放弃（GET /api/deliveries）',
    en: 'Messages could not be delivered and were given up (GET /api/deliveries)',
    leaves: 'inside',
  },
} as const satisfies Record<string, EventKind>;

export type EventKindName = keyof typeof EVENT_KINDS;
export type AnyKind = NotificationKind | EventKindName;
export const ALL_KINDS = [...Object.keys(NOTIFICATIONS), ...Object.keys(EVENT_KINDS)] as AnyKind[];

/** Of an account and its organisation, and of no tender: what others did to it, and what protects it. */
const OF_ACCOUNTS: ReadonlySet<AnyKind> = new Set<NotificationKind>([
  'account.locked',
  'password.changed',
  'password.reset-requested',
  'password.reset',
  'second-factor.added',
  'second-factor.removed',
  'second-factor.locked',
  'second-factor.recovery-code-used',
  'second-factor.recovery-codes-replaced',
  'second-factor.reset-requested',
  'identity.linked',
  'identity.unlinked',
  'membership.requested',
  'organisation.correction-requested',
]);

const isEventKind = (kind: AnyKind): kind is EventKindName => kind in EVENT_KINDS;

/** What the inbox shows. */
export const textOfKind = (kind: AnyKind): Bilingual => {
  const { zh, en } = isEventKind(kind) ? EVENT_KINDS[kind] : NOTIFICATIONS[kind];
  return { zh, en };
};

/**
 * Whom a message could give away: that a supplier, or an expert, is written to about a tender says that it bids, or
 * judges. A person is on one side only.
 */
export type Discretion = 'supplier' | 'expert' | null;

/** Whether a notification goes out by itself, not only with the digest. */
export function leavesAtOnce(kind: AnyKind, discretion: Discretion, opened: boolean): boolean {
  if (OF_ACCOUNTS.has(kind)) return true;
  const leaves: Leaves = isEventKind(kind) ? EVENT_KINDS[kind].leaves : 'at-once';
  if (leaves !== 'at-once') return false;
  return discretion !== 'supplier' || (isEventKind(kind) && opened);
}

/** Whether the digest counts it. */
export const isCounted = (kind: AnyKind): boolean => !isEventKind(kind) || EVENT_KINDS[kind].leaves !== 'inside';
