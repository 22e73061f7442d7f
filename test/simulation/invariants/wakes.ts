import { UNSETTLED_DRAWS } from '../../../domain/committees/state.ts';
import { GOING_LOT_STAGES, nextOfLot, nextOfProcurement, type Next } from '../../../domain/procedures/order.ts';
import { committeeSubject, grievanceSubject, lotSubject, procurementSubject } from '../../../domain/subjects.ts';
import { standingOf } from '../../../services/tender/advance.ts';
import type { Snapshot } from './snapshot.ts';

/** What the engine has of a subject. */
export interface Carrying {
  /** Null: nothing runs for it. */
  readonly run: {
    /** The civil instant that it waits for, as it was last told. */
    readonly until: number | null;
    /** It has asked in vain, and will ask again. */
    readonly asksAgain: boolean;
  } | null;
  /** A wake waits in the outbox. */
  readonly isWakeWaiting: boolean;
}

/** When the platform acts next in a draw, at the latest; null: it waits for people. A period includes its last instant. */
function nextOfDraw({ calls }: Snapshot, { id, state, terms, shortAt }: Snapshot['draws'][number]): number | null {
  if (state === 'committing') return terms.commitUntil + 1;
  if (state === 'revealing') return terms.revealUntil + 1;
  const open = calls.filter((each) => each.drawId === id && each.state === 'invited');
  const instants = open.map(({ answerUntil }) => answerUntil + 1);
  if (shortAt === null) instants.push(terms.evaluationAt + 1);
  return instants.length === 0 ? null : Math.min(...instants);
}

/** For everything that must run a workflow runs, or its wake waits; and it waits for nothing later than what comes next. */
export function* noWakeIsLost(now: Snapshot, carrying: (subject: string) => Carrying, at: number): Iterable<string> {
  const standing = standingOf(now);
  const { id, stage } = now.procurement;
  const wanted: [subject: string, next: Pick<Next, 'at'> | null][] = [];
  const whole = nextOfProcurement(standing);
  if (stage !== 'draft' && !whole.ended) wanted.push([procurementSubject(id), whole]);
  for (const lot of now.lots) {
    if (GOING_LOT_STAGES.includes(lot.stage)) wanted.push([lotSubject(id, lot.no), nextOfLot(standing, lot.no)]);
  }
  for (const { id: grievanceId, state } of now.grievances) {
    if (state !== 'replied') wanted.push([grievanceSubject(grievanceId), null]);
  }
  for (const draw of now.draws) {
    if (UNSETTLED_DRAWS.includes(draw.state))
      wanted.push([committeeSubject(id, draw.lotNo), { at: nextOfDraw(now, draw) }]);
  }
  for (const [subject, next] of wanted) {
    const { run, isWakeWaiting } = carrying(subject);
    if (isWakeWaiting || run?.asksAgain) continue;
    if (!run) yield `nothing runs for ${subject}, and no wake is on its way`;
    else if (next !== null && next.at !== null && next.at > at && (run.until === null || run.until > next.at))
      yield `${subject} waits until ${run.until}, and is due at ${next.at}`;
  }
}
