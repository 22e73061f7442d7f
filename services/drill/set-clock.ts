import { recordAudit, UNATTENDED, type Actor } from '../../db/audit.ts';
import type { Database, Tx } from '../../db/access/database.ts';
import { wake } from '../../db/engine/outbox.ts';
import { storeClock, storedClock } from '../../db/clock.ts';
import { formatInstant, instantEn, instantZh } from '../../domain/civil-time.ts';
import { DRILL_ENDS, type ClockSetting, type DrillClock } from '../../domain/clock.ts';
import { DomainError } from '../../domain/errors.ts';
import { agendaOf, type Agenda } from '../tender/agenda.ts';

/** The clock of a drill (演练) and what the platform waits for. */
export interface DrillTime {
  readonly clock: DrillClock;
  /** Civil epoch ms. */
  readonly now: number;
  /** The next instant at which the platform acts by itself (civil epoch ms); null: it waits for people only. */
  readonly next: number | null;
  /**
   * The subjects of what is due now and not done yet: until then the clock is not moved. A refund names no bid, since
   * before the opening nobody may learn who has bid (招标投标法 22).
   */
  readonly pending: readonly string[];
}

/** As committed. @throws DomainError `not-a-drill` */
export async function drillTime(db: Database): Promise<DrillTime> {
  const calendar = await db.calendar();
  return db.readTogether(async (q) => {
    // Another process may have set it since this one read it last.
    const clock = drillOf(await storedClock(q));
    const now = clock.paused ? clock.civilStartMs : db.now();
    return timeOf(await agendaOf({ q, committees: db.committees, calendar }, now), clock, now);
  });
}

/**
 * Stops the clock where it is.
 * @throws DomainError `not-a-drill`
 */
export const pauseClock = (tx: Tx, actor: Actor): Promise<DrillTime> => setClock(tx, actor, { paused: true });

/**
 * Lets the clock run, from where it is.
 * @param msPerDay real milliseconds that a civil day lasts from now on; without it as before
 * @throws DomainError `not-a-drill`
 */
export const runClock = (tx: Tx, actor: Actor, msPerDay?: number): Promise<DrillTime> =>
  setClock(tx, actor, { paused: false, ...(msPerDay === undefined ? {} : { msPerDay }) });

/**
 * Moves the clock forward to the next instant at which the platform acts by itself, so that each of its acts has its own
 * instant; it runs or stays paused as before.
 * @param to not farther than this (civil epoch ms), which may come first
 * @throws DomainError `not-a-drill`; `clock-busy` while what is due is not done; `nothing-due` where only people act and
 *   no `to` is given; `bad-input` for a `to` that has passed
 */
export async function jumpClock(tx: Tx, actor: Actor, to?: number): Promise<DrillTime> {
  const agenda = await agendaOf(tx, tx.now);
  const { next, pending, now } = timeOf(agenda, drillOf(tx.clock), tx.now);
  if (to !== undefined && to < now) {
    throw new DomainError('bad-input', {
      messageZh: `演练时钟不能倒拨：现在是 ${instantZh(now)}`,
      messageEn: `A drill’s clock cannot be set back: it shows ${instantEn(now)}`,
      details: { field: 'to', given: formatInstant(to), earliestLawful: formatInstant(now) },
    });
  }
  if (to !== undefined && to > DRILL_ENDS) {
    throw new DomainError('bad-input', {
      messageZh: `演练时钟最远拨到 ${instantZh(DRILL_ENDS)}`,
      messageEn: `A drill’s clock moves to ${instantEn(DRILL_ENDS)} at the latest`,
      details: { field: 'to', given: formatInstant(to), latestLawful: formatInstant(DRILL_ENDS) },
    });
  }
  if (pending.length > 0) {
    throw new DomainError('clock-busy', {
      messageZh: '到期事项正在办理，办完后再拨时钟',
      messageEn: 'What is due is being done: the clock moves afterwards',
      details: { pending },
    });
  }
  if (next === null && to === undefined) {
    throw new DomainError('nothing-due', {
      messageZh: '没有平台自行办理的事项，等待人员办理；也可指定要拨到的时间',
      messageEn: 'Nothing is due by itself: people act next, or name the instant to move to',
    });
  }
  return setClock(tx, actor, { to: Math.min(next ?? Infinity, to ?? Infinity) }, agenda);
}

/**
 * Lets the clock of a drill run from a civil instant on, before anything is due.
 * @throws DomainError as `jumpClock`
 */
export async function startClock(db: Database, civilStartMs: number, msPerDay: number): Promise<void> {
  await db.transaction((tx) => jumpClock(tx, UNATTENDED, civilStartMs));
  await db.transaction((tx) => runClock(tx, UNATTENDED, msPerDay));
}

interface Change {
  readonly to?: number;
  readonly msPerDay?: number;
  readonly paused?: boolean;
}

async function setClock(tx: Tx, actor: Actor, { to = tx.now, ...change }: Change, known?: Agenda): Promise<DrillTime> {
  const agenda = known ?? (await agendaOf(tx, tx.now));
  const clock = { ...drillOf(tx.clock), ...change, civilStartMs: to, realStartMs: tx.machineNow };
  await storeClock(tx, clock);
  const { civilStartMs, msPerDay, paused = false } = clock;
  recordAudit(tx, actor, {
    action: 'drill.set-clock',
    procurementId: null,
    subject: 'installation',
    detail: { from: tx.now, civilStartMs, msPerDay, paused },
  });
  // They wait by the real instant that the earlier setting gave.
  for (const { subject } of agenda.appointments) wake(tx, subject);
  return timeOf(agenda, clock, to);
}

function timeOf({ appointments, openings }: Agenda, clock: DrillClock, now: number): DrillTime {
  const later = appointments.filter(({ at }) => at > now).map(({ at }) => at);
  const due = appointments.filter(({ at }) => at <= now).map(({ subject }) => subject.replace(/^refund\/.*/, 'refund'));
  return {
    clock,
    now,
    next: later.length === 0 ? null : Math.min(...later),
    pending: [...new Set([...due, ...openings])].sort(),
  };
}

/** @throws DomainError `not-a-drill` */
function drillOf(clock: ClockSetting): DrillClock {
  if (clock.mode === 'drill') return clock;
  throw new DomainError('not-a-drill', {
    messageZh: '本安装不是演练环境，时钟不能调整',
    messageEn: 'This installation is no drill: its clock cannot be set',
  });
}
