import type { Database, Queries } from '../../db/access/database.ts';
import { dutiesDue, repliesDueUntil } from '../../db/notifications/duties.ts';
import { movePlace, placeOf } from '../../db/notifications/readers.ts';
import { lotOf } from '../../db/procurements.ts';
import type { TenderPlace } from '../../db/tender/place.ts';
import { drawsIn, partsOf } from '../../db/committees/draws.ts';
import { DAY_MS } from '../../domain/civil-time.ts';
import { DRAW_PARTIES, FIRST_TO_REVEAL, type DrawParty } from '../../domain/draws/terms.ts';
import type { Audience } from '../../domain/notifications/events.ts';
import { escalatedTo, owersOf, REMINDERS_DAYS, stepAt, type DutyStep } from '../../domain/notifications/duties.ts';
import { committeeSubject } from '../../domain/subjects.ts';
import { winnerOf } from '../contracts/standing.ts';
import { withdrawalRefunds } from '../deposits/refund-duties.ts';
import { Audiences } from './audiences.ts';
import { inform, type Informed } from './inform.ts';

/**
 * Reminds of what is due soon, and notifies of what has become overdue since the last time, each step once. Returns how
 * many notifications were new.
 * @param leads days before the last instant
 */
export async function remind(db: Database, leads: readonly number[] = REMINDERS_DAYS): Promise<number> {
  const now = db.now();
  const last = await placeOf(db.read, 'duties');
  // What became overdue before anybody was to be reminded is on the timelines.
  const since = (last ?? now) - 1;
  const until = now + Math.max(0, ...leads) * DAY_MS;
  const audiences = new Audiences(db.read, now);
  const informed = [
    ...(await ofTimelines(db, audiences, { since, until, now, leads })),
    ...(await ofDraws(db, audiences, { since, until, now, leads })),
    ...(await ofReplies(db, audiences, { since, until, now, leads })),
    ...(await ofRefunds(db, audiences, { since, until, now, leads })),
  ];
  if (informed.length === 0 && last !== null) return 0;
  return db.transaction(
    async (tx) => ((await movePlace(tx, 'duties', last, Math.max(now, last ?? now))) ? inform(tx, informed) : 0),
    'single-rows',
  );
}

interface Round {
  readonly since: number;
  readonly until: number;
  readonly now: number;
  readonly leads: readonly number[];
}

const nameOf = (step: DutyStep): string => (step.step === 'overdue' ? 'overdue' : `remind-${step.days}`);

async function ofTimelines(
  db: Database,
  audiences: Audiences,
  { since, until, now, leads }: Round,
): Promise<Informed[]> {
  const informed: Informed[] = [];
  for (const { procurementId, lotNo, key, fromAt, dueAt } of await dutiesDue(db.read, since, until)) {
    const step = stepAt({ fromAt, dueAt }, now, leads);
    if (step === null) continue;
    const owers = owersOf(key);
    informed.push({
      ...{ procurementId, lotNo, detail: { duty: key, dueAt } },
      kind: step.step === 'overdue' ? 'duty.overdue' : 'duty.due',
      source: `duty/${procurementId}/${lotNo}/${key}/${dueAt}/${nameOf(step)}`,
      accountIds: await audiences.people(
        step.step === 'overdue' ? escalatedTo(owers) : owers,
        procurementId,
        owers.includes('party') ? await winnerAt(db.read, { procurementId, lotNo }) : null,
      ),
      opened: (await audiences.tender(procurementId)).openedAt !== null,
    });
  }
  return informed;
}

/** The organisation that won a lot. */
const winnerAt = async (q: Queries, { procurementId, lotNo }: TenderPlace): Promise<string | null> =>
  lotNo === 0 ? null : winnerOf(q, (await lotOf(q, procurementId, lotNo)).winnerBidId);

const OWING: Readonly<Record<DrawParty, readonly Audience[]>> = {
  purchaser: ['runners'],
  centre: ['centre'],
  supervisor: ['supervision'],
};

/** Who has not bound itself to its part of the seed of a draw, or not handed it in; who withheld it is in the record of the draw. */
async function ofDraws(db: Database, audiences: Audiences, { now, leads }: Round): Promise<Informed[]> {
  const informed: Informed[] = [];
  for (const { id, procurementId, lotNo, state, terms } of await drawsIn(db.read, ['committing', 'revealing'])) {
    const parts = await partsOf(db.read, id);
    for (const party of DRAW_PARTIES) {
      const own = parts.find((each) => each.party === party);
      const owes = state === 'committing' ? !own : own?.revealedAt === null;
      const fromAt = state === 'committing' ? terms.openedAt : terms.commitUntil;
      const revealUntil = party === FIRST_TO_REVEAL ? terms.firstRevealUntil : terms.revealUntil;
      const dueAt = state === 'committing' ? terms.commitUntil : revealUntil;
      const step = stepAt({ fromAt, dueAt }, now, leads);
      if (!owes || step?.step !== 'remind') continue;
      informed.push({
        ...{ procurementId, lotNo, detail: { subject: committeeSubject(procurementId, lotNo), dueAt } },
        kind: 'draw.part-due',
        source: `draw/${id}/${state}/${party}/${nameOf(step)}`,
        accountIds: await audiences.people(OWING[party], procurementId, null),
        opened: (await audiences.tender(procurementId)).openedAt !== null,
      });
    }
  }
  return informed;
}

/** That one is overdue is an event. */
async function ofReplies(db: Database, audiences: Audiences, { until, now, leads }: Round): Promise<Informed[]> {
  const informed: Informed[] = [];
  for (const { id, procurementId, lotNo, fromAt, dueAt } of await repliesDueUntil(db.read, now, until)) {
    const step = stepAt({ fromAt, dueAt }, now, leads);
    if (step?.step !== 'remind') continue;
    informed.push({
      ...{ procurementId, lotNo, detail: { subject: `grievance/${id}`, dueAt } },
      kind: 'reply.due',
      source: `reply/${id}/${dueAt}/${nameOf(step)}`,
      accountIds: await audiences.people(['runners'], procurementId, null),
      opened: (await audiences.tender(procurementId)).openedAt !== null,
    });
  }
  return informed;
}

/** Of deposits whose bidders have withdrawn: the centre alone, which sees neither tender nor bidder (ADR 0025). */
async function ofRefunds(db: Database, audiences: Audiences, { since, until, now, leads }: Round): Promise<Informed[]> {
  const informed: Informed[] = [];
  for (const { account, duty } of await withdrawalRefunds(db.read, await db.calendar())) {
    const { dueAt } = duty;
    if (dueAt === null || dueAt <= since || dueAt > until) continue;
    const step = stepAt({ fromAt: null, dueAt }, now, leads);
    if (step === null) continue;
    informed.push({
      ...{ procurementId: null, lotNo: 0, detail: { dueAt }, opened: false },
      kind: step.step === 'overdue' ? 'refund.overdue' : 'refund.due',
      source: `refund/${account.id}/${dueAt}/${nameOf(step)}`,
      accountIds: await audiences.centre(),
    });
  }
  return informed;
}
