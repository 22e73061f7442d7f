import type { CommitteeAct, Inquiry, RecordedAct } from './acts.ts';

/** A request to a bidder, and what has become of it. */
export interface RequestState {
  readonly id: string;
  readonly bidId: string;
  readonly until: number;
  readonly about: Inquiry;
  readonly answer: {
    readonly textZh: string;
    readonly confirmed: readonly boolean[];
    readonly name: string | null;
    readonly at: number;
  } | null;
  /** Nobody answered in time. */
  readonly lapsed: boolean;
}

/** What bidders were asked, in that order. */
export function requestsIn(acts: readonly RecordedAct[], now: number): RequestState[] {
  return acts.flatMap(({ id, act }) => {
    if (act.kind !== 'ask') return [];
    const { bidId, until, about } = act;
    const answered = acts.find(({ act: given }) => settles(given, id, about));
    const answer = answered ? { ...answerIn(answered.act), at: answered.at } : null;
    return [{ id, bidId, until, about, answer, lapsed: !answered && now > until }];
  });
}

/** Requests without an answer, whose lapse is not on record. */
export function unansweredIn(acts: readonly RecordedAct[]): { id: string; bidId: string; until: number }[] {
  return acts.flatMap(({ id, act }) => {
    if (act.kind !== 'ask') return [];
    const { bidId, until, about } = act;
    const isSettled = acts.some(
      ({ act: each }) => settles(each, id, about) || (each.kind === 'unanswered' && each.requestId === id),
    );
    return isSettled ? [] : [{ id, bidId, until }];
  });
}

const settles = (act: CommitteeAct, requestId: string, about: Inquiry): boolean =>
  about.on === 'correction'
    ? act.kind === 'confirmation' && act.motionId === about.motionId
    : act.kind === 'explanation' && act.requestId === requestId;

function answerIn(act: CommitteeAct): Omit<NonNullable<RequestState['answer']>, 'at'> {
  if (act.kind === 'explanation') return { textZh: act.textZh, confirmed: act.confirmed, name: act.name };
  if (act.kind !== 'confirmation') throw new Error(`${act.kind} answers no request`);
  return { textZh: act.yes ? '确认' : '不确认', confirmed: [act.yes], name: act.name };
}
