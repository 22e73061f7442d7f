import { asc, eq, getTableColumns, gt, sql } from 'drizzle-orm';
import type { Queries } from '../../../db/access/database.ts';
import { prepared } from '../../../db/access/statements.ts';
import {
  audit,
  bids,
  committeeCalls,
  decisions,
  draws,
  grievances,
  installation,
  milestones,
  notices,
  openings,
  outbox,
  preparedActs,
} from '../../../db/schema/sqlite.ts';
import { readStandingRows } from '../../../db/tender/cases.ts';

/** All that is stored of a tender, as far as the invariants ask. */
export type Snapshot = Awaited<ReturnType<typeof snapshotOf>>;

const id = sql.placeholder('id');
// How a milestone was counted is most of its row, and no invariant asks for it.
const { trace: _trace, ifNobodyActs: _ifNobodyActs, ...milestone } = getTableColumns(milestones);
const one = {
  milestones: prepared((q) =>
    q
      .select(milestone)
      .from(milestones)
      .where(eq(milestones.procurementId, id))
      .orderBy(asc(milestones.lotNo), asc(milestones.key))
      .prepare(),
  ),
  notices: prepared((q) =>
    q
      .select()
      .from(notices)
      .where(eq(notices.procurementId, id))
      .orderBy(asc(notices.publishedAt), asc(notices.id))
      .prepare(),
  ),
  bids: prepared((q) =>
    q.select().from(bids).where(eq(bids.procurementId, id)).orderBy(asc(bids.receivedAt), asc(bids.id)).prepare(),
  ),
  openings: prepared((q) =>
    q.select().from(openings).where(eq(openings.procurementId, id)).orderBy(asc(openings.lotNo)).prepare(),
  ),
  grievances: prepared((q) =>
    q.select().from(grievances).where(eq(grievances.procurementId, id)).orderBy(asc(grievances.id)).prepare(),
  ),
  decisions: prepared((q) =>
    q
      .select({ id: decisions.id, actor: decisions.actor })
      .from(decisions)
      .where(eq(decisions.procurementId, id))
      .orderBy(asc(decisions.id))
      .prepare(),
  ),
  preparedActs: prepared((q) =>
    q
      .select({
        id: preparedActs.id,
        state: preparedActs.state,
        preparedBy: preparedActs.preparedBy,
        settledBy: preparedActs.settledBy,
        settledAt: preparedActs.settledAt,
        lapsesAt: preparedActs.lapsesAt,
        decisionId: preparedActs.decisionId,
      })
      .from(preparedActs)
      .where(eq(preparedActs.procurementId, id))
      .orderBy(asc(preparedActs.id))
      .prepare(),
  ),
  draws: prepared((q) =>
    q.select().from(draws).where(eq(draws.procurementId, id)).orderBy(asc(draws.lotNo), asc(draws.round)).prepare(),
  ),
  calls: prepared((q) =>
    q
      .select(getTableColumns(committeeCalls))
      .from(committeeCalls)
      .innerJoin(draws, eq(draws.id, committeeCalls.drawId))
      .where(eq(draws.procurementId, id))
      .orderBy(asc(committeeCalls.drawId), asc(committeeCalls.no))
      .prepare(),
  ),
  entries: prepared((q) =>
    q
      .select({
        seq: audit.seq,
        hash: audit.hash,
        action: audit.action,
        procurementId: audit.procurementId,
        subject: audit.subject,
      })
      .from(audit)
      .where(gt(audit.seq, sql.placeholder('seq')))
      .orderBy(asc(audit.seq))
      .prepare(),
  ),
  wakes: prepared((q) => q.select({ subject: outbox.subject }).from(outbox).prepare()),
  lastInstant: prepared((q) => q.select({ at: installation.lastInstant }).from(installation).prepare()),
};

export async function snapshotOf(q: Queries, procurementId: string) {
  const of = { id: procurementId };
  const [standing, timeline, published, bidRows, records, filed, decided, waiting, drawn, called] = await Promise.all([
    readStandingRows(q, procurementId),
    one.milestones(q).execute(of),
    one.notices(q).execute(of),
    one.bids(q).execute(of),
    one.openings(q).execute(of),
    one.grievances(q).execute(of),
    one.decisions(q).execute(of),
    one.preparedActs(q).execute(of),
    one.draws(q).execute(of),
    one.calls(q).execute(of),
  ]);
  if (!standing) throw new Error(`${procurementId} is gone`);
  return {
    ...{ ...standing, milestones: timeline, notices: published, bids: bidRows, openings: records },
    ...{ grievances: filed, decisions: decided, preparedActs: waiting, draws: drawn, calls: called },
  };
}

/** What the trail tells after an entry. */
export type Entry = Awaited<ReturnType<typeof entriesAfter>>[number];
export const entriesAfter = (q: Queries, seq: number) => one.entries(q).execute({ seq });

/** The last instant that was issued. */
export const lastInstantOf = async (q: Queries): Promise<number> => (await one.lastInstant(q).execute())[0]?.at ?? 0;

/** The subjects of the outbox. */
export const waitingWakes = async (q: Queries): Promise<ReadonlySet<string>> =>
  new Set((await one.wakes(q).execute()).map(({ subject }) => subject));
