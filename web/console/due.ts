import type * as z from 'zod';
import type { preparedActSchema } from '../../api/prepared-acts/views.ts';
import type { DueMilestone, DueReply } from '../../db/tender/due.ts';
import { milestoneName, type MilestoneKey } from '../../domain/law/milestones.ts';
import { PREPARABLE_ACTS } from '../../domain/prepared-acts/acts.ts';
import { findProcedure } from '../../domain/procedures/index.ts';
import { ANY_TENDER_WORDS } from '../../domain/procedures/words.ts';
import type { Role } from '../../domain/roles.ts';
import { dueFor } from '../../services/tender/due.ts';
import { titleOf } from '../acts/find-route.ts';
import { actHref } from '../acts/links.ts';
import type { PageContext } from '../http/page.ts';
import type { Lang } from '../http/language.ts';

/** Something that waits, or comes. */
export interface DueItem {
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
    confirm: (act: string, by: string) => `复核：${act}（${by} 经办）`,
    lapses: '逾期未复核的，经办失效，须重新经办。',
    call: '答复评审邀请',
    declare: '声明与投标人有无利害关系',
    lapsed: '逾期未答复的，视为不参加，由下一名补足。',
    evaluation: '评审',
    registrations: '确认供应商注册',
  },
  en: {
    act: 'Do it',
    see: 'See it',
    reply: { objection: 'Reply to an objection', query: 'Reply to a query' },
    confirm: (act: string, by: string) => `Confirm ${act} (prepared by ${by})`,
    lapses: 'If nobody confirms it, it lapses and has to be prepared again.',
    call: 'Answer the call to a committee',
    declare: 'State whether you have a conflict with a bidder',
    lapsed: 'Without an answer you are replaced by the next.',
    evaluation: 'Evaluation',
    registrations: 'Confirm registrations of suppliers',
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
    ...{ what: t.reply[kind], tender: { id, title, lotNo }, at: dueAt, provisional: false, ifNobodyActs: null },
    act: owes
      ? { path: actHref('post', `/grievances/${grievanceId}/reply`, '/console'), text: t.act }
      : { path: `/console/read/grievances/${grievanceId}`, text: t.see },
  };
};

/** What is due for the visitor, as far as the role goes: of timelines, of what others prepared, of calls, of registrations. */
export async function dueItems(context: PageContext): Promise<DueGroups> {
  const { lang, view, db } = context;
  const { acting, now } = view;
  if (!acting) return { overdue: [], mine: [], confirm: [], next: [] };
  const { role } = acting;
  const owes = role === 'purchaser' || role === 'agency';
  const due = await dueFor(db.read, acting, now);
  const replies = due.replies.map((each) => replyItem(each, lang, role));
  const isLate = ({ at }: DueItem): boolean => at !== null && at < now;
  const calls = role === 'expert' ? await callItems(context) : [];
  return {
    overdue: [...due.overdue.map((each) => milestoneItem(each, lang, owes)), ...replies.filter(isLate)],
    mine: [
      ...due.mine.map((each) => milestoneItem(each, lang, owes)),
      ...replies.filter((each) => !isLate(each)),
      ...calls.filter(({ ifNobodyActs }) => ifNobodyActs !== null),
      ...(await registrationItems(context, role)),
    ],
    confirm: await confirmItems(context),
    next: [
      ...due.next.map((each) => milestoneItem(each, lang, false)),
      ...calls.filter(({ ifNobodyActs }) => ifNobodyActs === null),
    ],
  };
}

type Prepared = z.infer<typeof preparedActSchema>;

/** What another person prepared, and this one may confirm. */
async function confirmItems(context: PageContext): Promise<DueItem[]> {
  const { lang, view } = context;
  const t = MESSAGES[lang];
  const own = view.acting;
  if (!own || !['purchaser', 'agency', 'centre'].includes(own.role)) return [];
  const told = await context.ask({ method: 'get', path: '/prepared-acts?state=waiting&limit=50' });
  const me = (await context.who())?.account.id;
  const waiting = ((told.body as { items?: Prepared[] } | undefined)?.items ?? []).filter(
    ({ confirming, preparedBy }) => confirming.id === own.organisationId && preparedBy.accountId !== me,
  );
  const titles = new Map<string, string>();
  for (const { procurementId } of waiting)
    if (!titles.has(procurementId)) {
      const { body } = await context.ask({ method: 'get', path: `/procurements/${procurementId}` });
      titles.set(procurementId, (body as { title?: string } | undefined)?.title ?? '');
    }
  return waiting.map(({ id, act, path, lotNo, procurementId, preparedBy, lapsesAt }) => ({
    what: t.confirm(titleOf(path, lang) ?? PREPARABLE_ACTS[act][lang], preparedBy.name ?? ''),
    tender: { id: procurementId, title: titles.get(procurementId) ?? '', lotNo },
    at: Date.parse(lapsesAt),
    provisional: false,
    ifNobodyActs: t.lapses,
    act: { path: `/console/prepared/${id}`, text: t.see },
  }));
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
    const common = { tender, provisional: false };
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

async function registrationItems(context: PageContext, role: Role): Promise<DueItem[]> {
  if (role !== 'centre' && role !== 'administrator') return [];
  const t = MESSAGES[context.lang];
  const { body } = await context.ask({ method: 'get', path: '/registrations?limit=20' });
  return ((body as { items?: { registrationId?: string; name?: string }[] } | undefined)?.items ?? []).map(
    ({ name = '' }) => ({
      ...{ what: `${t.registrations}：${name}`, tender: null, at: null, provisional: false, ifNobodyActs: null },
      act: { path: '/console/registrations', text: t.see },
    }),
  );
}
