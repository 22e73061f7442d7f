import type { Queries } from '../../db/access/database.ts';
import { dueMilestones, dueReplies, type DueMilestone, type DueReply, type DueScope } from '../../db/tender/due.ts';
import { DAY_MS } from '../../domain/civil-time.ts';
import { DUTIES, owersOf } from '../../domain/notifications/duties.ts';
import { permission, type Role } from '../../domain/roles.ts';
import { PROCUREMENT_STAGES, type ProcurementStage } from '../../domain/stages.ts';

/** How many of each kind one reader is shown. */
export const DUE_SHOWN = 30;
/** What comes by itself later than this is not shown yet. */
const AHEAD_MS = 60 * DAY_MS;
/** One's own duties are shown long before. */
const OWN_AHEAD_MS = 366 * DAY_MS;

export interface Due {
  /** Duties whose last instant has passed: one's own, or, for who supervises, everybody's. */
  readonly overdue: readonly DueMilestone[];
  /** Duties of one's own that are due. */
  readonly mine: readonly DueMilestone[];
  /** What comes next without one's own act. */
  readonly next: readonly DueMilestone[];
  readonly replies: readonly DueReply[];
}

export const NOTHING_DUE: Due = { overdue: [], mine: [], next: [], replies: [] };

interface Reader {
  readonly role: Role;
  readonly organisationId: string | null;
}

/** What is due for a role, of the tenders that it runs, takes part in, serves or supervises; at most `DUE_SHOWN` of each kind. */
export async function dueFor(q: Queries, { role, organisationId }: Reader, now: number): Promise<Due> {
  const scope = scopeOf({ role, organisationId });
  if (scope === null) return NOTHING_DUE;
  const stages = PROCUREMENT_STAGES.filter((stage) => mayRead(role, stage));
  const common = { scope, stages, until: now + AHEAD_MS, limit: DUE_SHOWN };
  const owed = DUTIES.filter((key) => owersOf(key).includes(role === 'centre' ? 'centre' : 'runners'));
  const owes = isRunner(role) || role === 'centre';
  const isWatcher = scope === 'everywhere' && !owes;
  const [overdue, mine, next, replies] = await Promise.all([
    owes || isWatcher
      ? dueMilestones(q, { ...common, keys: { in: owes ? owed : DUTIES }, until: now - 1 })
      : Promise.resolve([]),
    owes
      ? dueMilestones(q, { ...common, keys: { in: owed }, after: now - 1, until: now + OWN_AHEAD_MS })
      : Promise.resolve([]),
    dueMilestones(q, { ...common, keys: { out: [...(owes ? owed : []), 'archive-until'] }, after: now }),
    isRunner(role) || (isWatcher && 'scope' in permission(role, 'grievance.read', { stage: 'bidding' }))
      ? dueReplies(q, { runBy: isRunner(role) ? organisationId : null, limit: DUE_SHOWN })
      : Promise.resolve([]),
  ]);
  return { overdue, mine, next, replies };
}

const isRunner = (role: Role): boolean => role === 'purchaser' || role === 'agency';

/** Whether a role may read a timeline at a stage. */
const mayRead = (role: Role, stage: ProcurementStage): boolean =>
  (['procurement.read', 'procurement.read-draft'] as const).some(
    (action) => 'scope' in permission(role, action, { stage }),
  );

function scopeOf({ role, organisationId }: Reader): DueScope | null {
  switch (role) {
    case 'purchaser':
    case 'agency':
      return organisationId === null ? null : { runBy: organisationId };
    case 'supplier':
      return organisationId === null ? null : { joinedBy: organisationId };
    case 'centre':
    case 'office':
    case 'supervisor':
    case 'discipline':
    case 'auditor':
      return 'everywhere';
    case 'expert':
    case 'administrator':
    case 'public':
      return null;
  }
}
