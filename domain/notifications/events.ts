import type { EventKindName } from './kinds.ts';

/**
 * Who is notified, in words of a tender. `runners`: purchaser and agency; `party`: the organisation that the event
 * concerns; `participants`: who obtained the documents, was invited or bids; `supervision`: supervisors and office.
 */
export type Audience = 'runners' | 'centre' | 'supervision' | 'party' | 'participants';

/** What of an event decides who is notified. */
export interface Happened {
  readonly kind: string;
  readonly detail: Readonly<Record<string, unknown>>;
}

/** A notification that follows from an event, and to whom it goes. */
export interface Following {
  readonly kind: EventKindName;
  readonly to: readonly Audience[];
}

const told = (kind: EventKindName, ...to: Audience[]): Following[] => [{ kind, to }];

const LOT_STAGES: Readonly<Record<string, Following[]>> = {
  evaluation: told('lot.evaluation', 'runners'),
  award: told('lot.award', 'runners'),
  contract: told('lot.contract', 'runners'),
  failed: told('lot.failed', 'runners'),
};

const TENDER_STAGES: Readonly<Record<string, Following[]>> = {
  opening: told('tender.opening', 'runners', 'centre'),
  terminated: told('tender.terminated', 'participants', 'centre'),
};

type Rule = Following[] | ((detail: Happened['detail']) => Following[]);

/** By the kind of the event; nobody is notified of one that is not here, nor of an act of one's own. */
const RULES: Readonly<Record<string, Rule>> = {
  'procurement.stage': ({ stage }) => TENDER_STAGES[String(stage)] ?? [],
  'lot.stage': ({ stage }) => LOT_STAGES[String(stage)] ?? [],
  // The notice of the tender itself is for everybody.
  'notice.published': ({ kind }) => (kind === 'tender' ? [] : told('notice.published', 'participants')),
  'deadline.moved': ({ version }) => (version === 1 ? [] : told('deadline.moved', 'participants', 'centre')),
  'procurement.recalculated': ({ moved }) =>
    Number(moved) > 0 ? told('dates.recalculated', 'runners', 'participants') : [],
  'invitation.sent': told('invitation.received', 'party'),
  'amendment.said-to-affect-nothing': told('amendment.doubtful', 'supervision'),
  'question.asked': told('question.asked', 'runners'),
  'grievance.filed': told('grievance.filed', 'runners'),
  'grievance.replied': told('grievance.replied', 'party'),
  'grievance.overdue': told('grievance.overdue', 'party', 'runners', 'supervision'),
  'recheck.referred': told('recheck.referred', 'runners', 'supervision'),
  'recheck.concluded': told('recheck.concluded', 'runners', 'supervision'),
  'award.refused': told('award.refused', 'runners', 'supervision'),
  'award.lost': told('award.lost', 'party', 'supervision'),
  'opening.objected': told('opening.objected', 'runners', 'centre'),
  'opening.objection-answered': told('opening.answered', 'party'),
  'opening.paused': told('opening.paused', 'runners', 'centre', 'participants'),
  'opening.resumed': told('opening.resumed', 'runners', 'centre', 'participants'),
  'opening.concluded': told('opening.concluded', 'participants'),
  'opening.fault-recorded': told('opening.fault', 'supervision', 'centre'),
  'custodian.refused': told('custodian.failed', 'centre', 'supervision'),
  'custodian.missing': told('custodian.failed', 'centre', 'supervision'),
  'contract.bond': told('contract.recorded', 'party', 'runners'),
  'contract.changed': told('contract.changed', 'party', 'runners', 'supervision'),
  'contract.delivered': told('contract.delivered', 'party', 'runners'),
  'contract.accepted': told('contract.recorded', 'party'),
  'contract.not-accepted': told('contract.not-accepted', 'party', 'runners', 'supervision'),
  'contract.paid': told('contract.recorded', 'party'),
  'draw.opened': told('draw.opened', 'runners', 'centre', 'supervision'),
  'draw.closed': told('draw.parts', 'runners', 'centre', 'supervision'),
  'draw.failed': told('draw.failed', 'runners', 'centre'),
  'draw.void': told('draw.failed', 'runners', 'centre'),
  'committee.representative-left': told('committee.representative-left', 'runners'),
  'evaluation.time-owed': told('evaluation.time-owed', 'runners'),
  'committee.short': told('committee.short', 'runners', 'centre', 'supervision'),
  'deposit.recorded': told('deposit.changed', 'party'),
  'deposit.confirmed': told('deposit.changed', 'party'),
  'deposit.rejected': told('deposit.changed', 'party'),
  'deposit.refunded': told('deposit.changed', 'party'),
  'deposit.forfeited': told('deposit.changed', 'party'),
  'upload.refused': told('upload.ended', 'party'),
  'upload.withdrawn': told('upload.ended', 'party'),
  'outage.recorded': told('outage.recorded', 'runners', 'supervision'),
};

/** Kinds of events that somebody is notified of. */
export const TOLD_EVENTS = Object.keys(RULES);

export function followingFrom({ kind, detail }: Happened): readonly Following[] {
  const rule = Object.hasOwn(RULES, kind) ? RULES[kind] : undefined;
  return (typeof rule === 'function' ? rule(detail) : rule) ?? [];
}
