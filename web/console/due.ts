import type * as z from 'zod';
import type { accountSchema } from '../../api/accounts/views.ts';
import type { listedDrawSchema } from '../../api/committees/list.ts';
import type { CalendarOwner } from '../../api/visit.ts';
import type { DueMilestone, DueReply } from '../../db/tender/due.ts';
import { milestoneName, type MilestoneKey } from '../../domain/law/milestones.ts';
import { PREPARABLE_ACTS } from '../../domain/prepared-acts/acts.ts';
import { findProcedure } from '../../domain/procedures/index.ts';
import { ANY_TENDER_WORDS } from '../../domain/procedures/words.ts';
import { permission, type Role } from '../../domain/roles.ts';
import { PARTY_OF } from '../../services/committees/commit.ts';
import { waitingFor, type WaitingAct } from '../../services/prepared-acts/waiting.ts';
import { dueFor } from '../../services/tender/due.ts';
import { titleOf } from '../acts/find-route.ts';
import { actHref } from '../acts/links.ts';
import { DRAWS } from '../committees/draws-page.tsx';
import type { PageContext } from '../http/page.ts';
import type { Lang } from '../http/language.ts';

/** Something that waits, or comes. */
export interface DueItem {
  /** Its identity, in a tender, for a calendar program. */
  readonly key: string;
  readonly what: string;
  /** The tender, and its lot. */
  readonly tender: { readonly id: string; readonly title: string; readonly lotNo: number } | null;
  readonly at: number | null;
  readonly provisional: boolean;
  readonly ifNobodyActs: string | null;
  /** Where it is done, of the Chinese page. */
  readonly act: { readonly path: string; readonly text: string } | null;
}

export interface DueGroups {
  readonly overdue: readonly DueItem[];
  readonly mine: readonly DueItem[];
  readonly confirm: readonly DueItem[];
  readonly next: readonly DueItem[];
}

const MESSAGES = {
  zh: {
    act: '办理',
    see: '查看',
    reply: { objection: '答复异议', query: '答复质疑' },
    confirm: (act: string, by: string | null) => (by === null ? `复核：${act}` : `复核：${act}（${by} 经办）`),
    lapses: '逾期未复核的，经办失效，须重新经办。',
    call: '答复评审邀请',
    declare: '声明与投标人有无利害关系',
    lapsed: '逾期未答复的，视为不参加，由下一名补足。',
    evaluation: '评审',
    registrations: '确认供应商注册',
    turns: { commit: '提交抽取专家的承诺', reveal: '交出抽取专家的随机数' },
    withoutIt: '逾期未交的记录在案，抽取照常进行。',
    resets: {
      passwordReset: (name: string) => `自此时起可以完成密码重置：${name}`,
      secondFactorReset: (name: string) => `自此时起可以取消第二因素：${name}`,
    },
    stays: '一切照旧；本人可以撤销申请。',
  },
  en: {
    act: 'Do it',
    see: 'See it',
    reply: { objection: 'Reply to an objection', query: 'Reply to a query' },
    confirm: (act: string, by: string | null) =>
      by === null ? `Confirm ${act}` : `Confirm ${act} (prepared by ${by})`,
    lapses: 'If nobody confirms it, it lapses and has to be prepared again.',
    call: 'Answer the call to a committee',
    declare: 'State whether you have a conflict with a bidder',
    lapsed: 'Without an answer you are replaced by the next.',
    evaluation: 'Evaluation',
    turns: {
      commit: 'Commit to your part of the seed of a draw',
      reveal: 'Hand in your part of the seed of a draw',
    },
    withoutIt: 'Who withholds it is named on record, and the draw is held.',
    registrations: 'Confirm registrations of suppliers',
    resets: {
      passwordReset: (name: string) => `From now on the reset of a password can be completed: ${name}`,
      secondFactorReset: (name: string) => `From now on the removal of a second factor can be completed: ${name}`,
    },
    stays: 'Nothing changes; the owner can cancel the request.',
  },
};

/** Under a lot: where a duty is done. */
const DONE_AT: Readonly<Partial<Record<MilestoneKey, string>>> = {
  'evaluation-report': '/report',
  award: '/award',
  'performance-bond': '/contract/performance-bond',
  contract: '/contract',
  'payment-guarantee': '/contract/performance-bond',
  'contract-publication': '/contract/publication',
  'contract-filing': '/duties',
  'written-report': '/duties',
  'deposits-losers': '/duties',
  'deposits-winner': '/duties',
  acceptance: '/contract/acceptances',
  payment: '/contract/payments',
  'performance-bond-release': '/contract/performance-bond',
};

function milestoneItem(due: DueMilestone, lang: Lang, mine: boolean): DueItem {
  const { procurementId: id, lotNo, key, dueAt, title, ifNobodyActs, provisional } = due;
  const t = MESSAGES[lang];
  const words = findProcedure(due)?.words ?? ANY_TENDER_WORDS;
  const done = mine && lotNo > 0 ? DONE_AT[key] : undefined;
  return {
    key,
    what: milestoneName(key, words)[lang],
    tender: { id, title, lotNo },
    at: dueAt,
    provisional,
    ifNobodyActs: ifNobodyActs?.[lang] ?? null,
    act:
      done === undefined
        ? { path: `/console/tenders/${id}`, text: t.see }
        : { path: actHref('post', `/procurements/${id}/lots/${lotNo}${done}`, '/console'), text: t.act },
  };
}

const replyItem = ({ grievanceId, kind, procurementId: id, lotNo, dueAt, title }: DueReply, lang: Lang, role: Role) => {
  const t = MESSAGES[lang];
  const owes = role === 'purchaser' || role === 'agency';
  return {
    ...{ key: `reply.${grievanceId}`, what: t.reply[kind], tender: { id, title, lotNo } },
    ...{ at: dueAt, provisional: false, ifNobodyActs: null },
    act: owes
      ? { path: actHref('post', `/grievances/${grievanceId}/reply`, '/console'), text: t.act }
      : { path: `/console/read/grievances/${grievanceId}`, text: t.see },
  };
};

const confirmItem = ({ prepared, preparedBy, title }: WaitingAct, lang: Lang): DueItem => {
  const t = MESSAGES[lang];
  const { id, act, path, lotNo, procurementId, lapsesAt } = prepared;
  return {
    ...{ key: `confirm.${id}`, what: t.confirm(titleOf(path, lang) ?? PREPARABLE_ACTS[act][lang], preparedBy) },
    ...{ tender: { id: procurementId, title, lotNo }, at: lapsesAt, provisional: false, ifNobodyActs: t.lapses },
    act: { path: `/console/prepared/${id}`, text: t.see },
  };
};

const NOTHING: DueGroups = { overdue: [], mine: [], confirm: [], next: [] };

/** Whose dates are read. */
interface Reader {
  readonly accountId: string | null;
  readonly role: Role;
  readonly organisationId: string;
}

/** Of timelines, and of what others prepared: what is due for one role of a person. @param named whether it says who prepared it */
async function datesOf(
  { db, lang }: Pick<PageContext, 'db' | 'lang'>,
  reader: Reader,
  { now, named }: { readonly now: number; readonly named: boolean },
): Promise<DueGroups> {
  const { role } = reader;
  const owes = role === 'purchaser' || role === 'agency';
  const due = await dueFor(db.read, reader, now);
  const waiting = await waitingFor(db.read, reader, now);
  const replies = due.replies.map((each) => replyItem(each, lang, role));
  const isLate = ({ at }: DueItem): boolean => at !== null && at < now;
  return {
    overdue: [...due.overdue.map((each) => milestoneItem(each, lang, owes)), ...replies.filter(isLate)],
    mine: [...due.mine.map((each) => milestoneItem(each, lang, owes)), ...replies.filter((each) => !isLate(each))],
    confirm: waiting.map((each) => confirmItem(named ? each : { ...each, preparedBy: null }, lang)),
    next: due.next.map((each) => milestoneItem(each, lang, false)),
  };
}

/** What is due for the visitor, as far as the role goes: dates, calls, registrations, resets of accounts. */
export async function dueItems(context: PageContext): Promise<DueGroups> {
  const { acting, now } = context.view;
  if (!acting) return NOTHING;
  const { role, organisationId } = acting;
  const accountId = (await context.who())?.account.id ?? null;
  const dates = await datesOf(context, { accountId, role, organisationId }, { now, named: true });
  const calls = role === 'expert' ? await callItems(context) : [];
  return {
    overdue: dates.overdue,
    mine: [
      ...dates.mine,
      ...calls.filter(({ ifNobodyActs }) => ifNobodyActs !== null),
      ...(await drawItems(context, role)),
      ...(await registrationItems(context, role)),
    ],
    confirm: [...dates.confirm, ...(await resetItems(context, role, accountId))],
    next: [...dates.next, ...calls.filter(({ ifNobodyActs }) => ifNobodyActs === null)],
  };
}

/**
 * What a calendar shows without a session, of all that its owner acts for: dates of tenders, and what waits for a second person. No call to
 * a committee, which names a member of it (招标投标法 37); no account that is reset; nobody's name.
 */
export async function subscribedItems(
  context: Pick<PageContext, 'db' | 'lang'>,
  { accountId, memberships }: CalendarOwner,
  now: number,
): Promise<DueItem[]> {
  const items = new Map<string, DueItem>();
  for (const { role, organisationId } of memberships) {
    if (!('scope' in permission(role, 'calendar.subscribe', {}))) continue;
    const reader = { accountId, role, organisationId };
    const { overdue, mine, confirm, next } = await datesOf(context, reader, { now, named: false });
    // One that concerns two roles is one date.
    for (const item of [...overdue, ...mine, ...confirm, ...next])
      items.set([item.tender?.id, item.tender?.lotNo, item.key].join(), item);
  }
  return [...items.values()];
}

interface Call {
  readonly drawId: string;
  readonly procurementId: string;
  readonly title: string;
  readonly lotNo: number;
  readonly state: string;
  readonly answerUntil: string;
  readonly evaluationAt: string;
  readonly cleared: boolean;
}

/** An expert's own calls. */
async function callItems(context: PageContext): Promise<DueItem[]> {
  const t = MESSAGES[context.lang];
  const { body } = await context.ask({ method: 'get', path: '/expert/calls' });
  return ((body as { items?: Call[] } | undefined)?.items ?? []).flatMap((call): DueItem[] => {
    const tender = { id: call.procurementId, title: call.title, lotNo: call.lotNo };
    const common = { key: `call.${call.drawId}`, tender, provisional: false };
    const at = (what: string) => ({ path: actHref('post', `/expert/calls/${call.drawId}/${what}`, '/console') });
    if (call.state === 'invited')
      return [
        {
          ...{ ...common, what: t.call, at: Date.parse(call.answerUntil), ifNobodyActs: t.lapsed },
          act: { ...at('answer'), text: t.act },
        },
      ];
    if (call.state !== 'confirmed') return [];
    const evaluation = { ...common, at: Date.parse(call.evaluationAt), ifNobodyActs: null };
    return call.cleared
      ? [{ ...evaluation, what: t.evaluation, act: null }]
      : [{ ...evaluation, what: t.declare, act: { ...at('conflicts'), text: t.act } }];
  });
}

/** Draws in which one's own party gives something now. */
async function drawItems(context: PageContext, role: Role): Promise<DueItem[]> {
  if (PARTY_OF[role] === undefined) return [];
  const t = MESSAGES[context.lang];
  const { body } = await context.ask({ method: 'get', path: '/draws?unsettled=true&limit=50' });
  return ((body as { items?: ListedDraw[] } | undefined)?.items ?? []).flatMap((draw): DueItem[] => {
    const { drawId, procurementId: id, title, lotNo, turn } = draw;
    if (turn === null) return [];
    return [
      {
        ...{ key: `draw.${drawId}`, what: t.turns[turn.act], tender: { id, title, lotNo } },
        ...{ at: Date.parse(turn.until), provisional: false, ifNobodyActs: t.withoutIt },
        act: { path: `${DRAWS}/${id}/${lotNo}`, text: t.act },
      },
    ];
  });
}

type ListedDraw = z.infer<typeof listedDrawSchema>;

async function registrationItems(context: PageContext, role: Role): Promise<DueItem[]> {
  if (role !== 'centre' && role !== 'administrator') return [];
  const t = MESSAGES[context.lang];
  const { body } = await context.ask({ method: 'get', path: '/registrations?limit=20' });
  return ((body as { items?: { id?: string; name?: string }[] } | undefined)?.items ?? []).map(
    ({ id = '', name = '' }) => ({
      ...{ key: `registration.${id}`, what: `${t.registrations}：${name}`, tender: null, at: null },
      ...{ provisional: false, ifNobodyActs: null },
      act: { path: '/console/registrations', text: t.see },
    }),
  );
}

type Account = z.infer<typeof accountSchema>;

/** What another administrator requested, and this one may complete. */
async function resetItems(context: PageContext, role: Role, me: string | null): Promise<DueItem[]> {
  if (role !== 'administrator') return [];
  const t = MESSAGES[context.lang];
  const { body } = await context.ask({ method: 'get', path: '/accounts?reset=requested&limit=50' });
  return ((body as { items?: Account[] } | undefined)?.items ?? []).flatMap((account) =>
    (['passwordReset', 'secondFactorReset'] as const).flatMap((what): DueItem[] => {
      const reset = account[what];
      if (reset === null || reset.requestedBy === me || account.id === me) return [];
      return [
        {
          ...{ key: `${what}.${account.id}`, what: t.resets[what](account.name), tender: null },
          ...{ at: Date.parse(reset.notBefore), provisional: false, ifNobodyActs: t.stays },
          act: { path: `/console/accounts/${account.id}`, text: t.see },
        },
      ];
    }),
  );
}
