import { instantEn, instantZh } from '../civil-time.ts';
import { DomainError } from '../errors.ts';
import { citationOf, type RuleId } from '../law/rulebook.ts';
import { PREPARABLE_ACTS, type PreparableAct } from '../prepared-acts/acts.ts';
import { MANDATE_ACTS, type MandateAct } from './acts.ts';

/** 委托代理协议, as far as it decides what an agency may do. Instants are civil epoch ms. */
export interface MandateTerms {
  readonly id: string;
  /** 项目代码 of the projects that it is for; null: every procurement of the purchaser. */
  readonly projectCodes: readonly string[] | null;
  readonly acts: readonly MandateAct[];
  /** Of these, what the agency does not do alone: it prepares, and the purchaser confirms. */
  readonly purchaserConfirms: readonly PreparableAct[];
  readonly untilAt: number;
  /** When the other party accepted it; null: it is an offer. */
  readonly acceptedAt: number | null;
  /** When a party ended it early. */
  readonly endedAt: number | null;
}

/** What an agency wants to do. */
export interface MandatedAct {
  readonly projectCode: string | null;
  /** Null: what any mandate for the procurement covers. */
  readonly act: MandateAct | null;
  /** What it wants to do alone; absent: to prepare it, or what nobody prepares. */
  readonly alone?: PreparableAct | undefined;
}

/** Why a mandate does not cover an act, in the order in which it is looked at. */
type Lack = 'offer' | 'ended' | 'expired' | 'project' | 'act' | 'alone';

function lackOf(mandate: MandateTerms, { projectCode, act, alone }: MandatedAct, now: number): Lack | null {
  const { acceptedAt, endedAt, untilAt, projectCodes, acts, purchaserConfirms } = mandate;
  if (endedAt !== null) return 'ended';
  if (now >= untilAt) return 'expired';
  if (acceptedAt === null) return 'offer';
  if (projectCodes !== null && (projectCode === null || !projectCodes.includes(projectCode))) return 'project';
  if (act !== null && !acts.includes(act)) return 'act';
  return alone !== undefined && purchaserConfirms.includes(alone) ? 'alone' : null;
}

export const isInForce = (mandate: MandateTerms, now: number): boolean =>
  mandate.acceptedAt !== null && mandate.endedAt === null && now < mandate.untilAt;

/** The nearer to what would do, the later: it is named in the refusal. */
const NEARNESS: readonly Lack[] = ['ended', 'expired', 'offer', 'project', 'act', 'alone'];

/**
 * The mandate by which the agency may act.
 * @param rule of the procedure
 * @throws DomainError `not-mandated`, with what the nearest mandate lacks
 */
export function mandateFor<M extends MandateTerms>(
  mandates: readonly M[],
  wanted: MandatedAct,
  now: number,
  rule: RuleId,
): M {
  const judged = mandates.map((mandate) => ({ mandate, lack: lackOf(mandate, wanted, now) }));
  const covering = judged.find(({ lack }) => lack === null);
  if (covering) return covering.mandate;
  const [nearest] = judged.sort(
    (a, b) =>
      NEARNESS.indexOf(b.lack as Lack) - NEARNESS.indexOf(a.lack as Lack) || b.mandate.untilAt - a.mandate.untilAt,
  );
  throw refusal(nearest ?? null, wanted, rule);
}

const WHY: Readonly<Record<Lack, (m: MandateTerms, wanted: MandatedAct) => readonly [zh: string, en: string]>> = {
  offer: () => ['委托尚未经对方接受', 'the mandate is offered and not accepted yet'],
  ended: ({ endedAt }) => [
    `委托已于 ${instantZh(endedAt ?? 0)} 提前终止`,
    `the mandate was ended at ${instantEn(endedAt ?? 0)}`,
  ],
  expired: ({ untilAt }) => [`委托期限已于 ${instantZh(untilAt)} 届满`, `the mandate expired at ${instantEn(untilAt)}`],
  project: ({ projectCodes }, { projectCode }) => [
    `委托仅限项目 ${(projectCodes ?? []).join('、')}，本项目代码为 ${projectCode ?? '空'}`,
    `the mandate is for the projects ${(projectCodes ?? []).join(', ')}, and this one has the code ${projectCode ?? 'none'}`,
  ],
  act: ({ acts }, { act }) => [
    `委托事项（${acts.map((each) => MANDATE_ACTS[each].zh).join('；')}）不含「${act === null ? '' : MANDATE_ACTS[act].zh}」`,
    `the acts of the mandate (${acts.join(', ')}) do not include ${act ?? ''}`,
  ],
  alone: (_, { alone }) => [
    `委托约定「${alone ? PREPARABLE_ACTS[alone].zh : ''}」须经招标人（采购人）复核，代理机构只能经办`,
    `the mandate leaves ${alone ?? ''} to the purchaser to confirm: the agency only prepares it`,
  ],
};

function refusal(
  nearest: { readonly mandate: MandateTerms; readonly lack: Lack | null } | null,
  wanted: MandatedAct,
  rule: RuleId,
): DomainError {
  const lack = nearest?.lack ?? null;
  const [zh, en] =
    nearest && lack ? WHY[lack](nearest.mandate, wanted) : ['没有委托记录', 'there is no mandate on record'];
  const cited = citationOf(rule);
  return new DomainError('not-mandated', {
    messageZh: `代理机构只能在招标人（采购人）委托的范围、权限和期限内办理：${zh}${cited.zh}；请由双方登记委托（POST /api/mandates）`,
    messageEn: `An agency acts only within the purchaser's mandate: ${en}${cited.en}; the parties record one with POST /api/mandates`,
    details: {
      reason: lack ?? 'none',
      ...(nearest ? { mandateId: nearest.mandate.id } : {}),
      ...(wanted.act === null ? {} : { act: wanted.act }),
      ...cited.details,
    },
  });
}
