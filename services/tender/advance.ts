import type { Database, Tx } from '../../db/access/database.ts';
import { readStandingRows, type StandingRows } from '../../db/tender/cases.ts';
import type { BankAccount } from '../../domain/deposits/terms.ts';
import { closingRank, dueToClose, notFound } from '../../db/procurements.ts';
import { realAt, type ClockSetting } from '../../domain/clock.ts';
import { DomainError } from '../../domain/errors.ts';
import { parseSubject } from '../../domain/subjects.ts';
import type { Signer } from '../../proofs/signing.ts';
import { endAwardPeriod } from '../awards/period-end.ts';
import { advanceCommittee } from '../committees/advance.ts';
import { reviewDuties } from '../contracts/duties-due.ts';
import { refundDue } from '../deposits/refund-due.ts';
import { endPublicity } from '../evaluation/end-publicity.ts';
import { advanceGrievance } from '../grievances/overdue.ts';
import { closeTenders } from '../procurements/close.ts';
import { concludeProcurement } from '../procurements/conclude.ts';
import { publishTender } from '../procurements/publish.ts';
import { loadCase, loadCases, saveCases, type TenderCase } from './case.ts';
import { procedureOf } from '../../domain/procedures/index.ts';
import { nextOfLot, nextOfProcurement, type Next, type Standing } from '../../domain/procedures/order.ts';
import type { UnattendedAct } from '../../domain/procedures/procedure.ts';
import type { Turn } from './turn.ts';

/** Settings of this installation that the platform's own acts need. */
export interface UnattendedSettings {
  /** Where bidders pay their deposits to, as notices state it; null where only the documents name it. */
  readonly depositAccount: BankAccount | null;
  /** Signs the head of the log that a draw is mixed with. */
  readonly signer?: Signer | undefined;
}

/** A place whose instant has come. */
interface DuePlace {
  readonly c: TenderCase;
  readonly lotNo: number;
}

/**
 * Loads a tender for a person's act: everything due by now is done first, in the same transaction, whether or not the
 * engine is up; then the act is judged, once. Only the tender notice is left to the platform, which has its settings.
 */
export async function actOn(tx: Tx, procurementId: string): Promise<TenderCase> {
  const c = await loadCase(tx, procurementId);
  await doWhatIsDue(tx, [c], null);
  return c;
}

/** Does everything due in these tenders, in the order in which one follows from another. */
async function doWhatIsDue(
  tx: Tx,
  cases: readonly TenderCase[],
  settings: UnattendedSettings | null,
): Promise<boolean> {
  let did = false;
  for (;;) {
    const due = new Map<UnattendedAct, DuePlace[]>();
    for (const c of cases) {
      for (const lotNo of [0, ...c.lots.map(({ no }) => no)]) {
        const { at, act } = c.next(lotNo);
        if (act === null || at > tx.now || (act === 'publish-tender' && settings === null)) continue;
        due.set(act, [...(due.get(act) ?? []), { c, lotNo }]);
      }
    }
    if (due.size === 0) return did;
    did = true;
    for (const [act, places] of due) await carryOut(tx, act, places, settings);
  }
}

async function carryOut(
  tx: Tx,
  act: UnattendedAct,
  places: readonly DuePlace[],
  settings: UnattendedSettings | null,
): Promise<void> {
  switch (act) {
    case 'publish-tender':
      for (const { c } of places) await publishTender(c, settings?.depositAccount ?? null);
      return;
    case 'close':
      return closeTenders(
        tx,
        places.map(({ c }) => c),
      );
    case 'conclude':
      for (const { c } of places) concludeProcurement(c);
      return;
    case 'end-publicity':
      for (const { c, lotNo } of places) endPublicity(c, lotNo);
      return;
    case 'award-period-end':
      for (const { c, lotNo } of places) await endAwardPeriod(c, lotNo);
      return;
    case 'review-duties':
      for (const { c, lotNo } of places) reviewDuties(c, lotNo);
      return;
  }
}

/** Tenders per transaction. When many are due at once, the waits between statements take the time, not the rows. */
const TOGETHER = 500;
/**
 * Of tenders with one deadline the first timer closes all of them. The others come after it, one after another (real
 * ms), up to the farthest: they find it done, and would compete with it for the processors.
 */
const OTHERS_AFTER_MS = 2_000;
const APART_MS = 50;
const FARTHEST_MS = 60_000;
/** How long one call also closes other due tenders (real ms): each has its own workflow that retries. */
const TAKES_OTHERS_MS = 20_000;

/**
 * Does what is due by now and returns what comes next: all that a workflow calls. When many tenders are due at one
 * instant, the first call closes all of them, in statements over many, so that the last is closed soon after the first.
 * Best effort: each tender's own timer closes it anyway. Calls made meanwhile are answered by the next transaction.
 */
export function createAdvance(db: Database, settings: UnattendedSettings): (subject: string) => Promise<Turn> {
  let waiting = new Map<string, Asked>();
  let running: Promise<void> | null = null;

  const advanceTogether = async (ids: readonly string[], asked: ReadonlyMap<string, Asked>): Promise<void> => {
    let cases: readonly TenderCase[] = [];
    try {
      await db.transaction(
        async (tx) => {
          cases = await loadCases(tx, ids);
          if (await doWhatIsDue(tx, cases, settings)) await saveCases(tx, cases);
        },
        { procurementIds: ids },
      );
    } catch (error) {
      // So that one does not fail the others: split in halves, down to one.
      const half = Math.ceil(ids.length / 2);
      if (ids.length > 1 && !isOfNoTender(error))
        for (const some of [ids.slice(0, half), ids.slice(half)]) await advanceTogether(some, asked);
      else for (const id of ids) asked.get(id)?.reject(error);
      return;
    }
    const known = new Map(cases.map((each) => [each.id, each]));
    for (const id of ids) asked.get(id)?.resolve(known.get(id));
  };
  const run = async (): Promise<void> => {
    const tried = new Set<string>();
    const giveUpAt = performance.now() + TAKES_OTHERS_MS;
    for (;;) {
      const others = performance.now() < giveUpAt ? await dueToClose(db.read, db.now()).catch(() => []) : [];
      // Those due first: a waiting caller's tender may be among them, or already closed.
      const ids = [...new Set([...others.filter((id) => !tried.has(id)), ...waiting.keys()])].slice(0, TOGETHER);
      if (ids.length === 0) return;
      // Callers from here on are answered by a later transaction: this one may not see their cause.
      const asked = waiting;
      waiting = new Map([...asked].filter(([id]) => !ids.includes(id)));
      for (const id of ids) tried.add(id);
      await advanceTogether(ids.sort(), asked);
    }
  };
  const askFor = (procurementId: string): Promise<TenderCase | undefined> => {
    const asked = waiting.get(procurementId) ?? newAsked();
    waiting.set(procurementId, asked);
    running ??= run().finally(() => (running = null));
    return asked.promise;
  };

  const advanceTender = async (procurementId: string, lotNo: number): Promise<Turn> => {
    // While no transaction is running, a call that comes too early costs only a read. Not in a drill: another process may
    // have set its clock, and a transaction reads it.
    if (running === null && db.clock.mode === 'real') {
      const seen = await readStanding(db, procurementId, lotNo);
      if (seen.next.at === null || seen.next.at > db.now()) return turnOf(db, procurementId, seen, db.clock);
    }
    const c = await askFor(procurementId);
    if (!c) throw notFound('procurement', procurementId);
    const { stage } = lotNo === 0 ? c.procurement : c.lot(lotNo);
    return turnOf(db, procurementId, { stage, next: c.next(lotNo) }, c.tx.clock);
  };

  return async (name) => {
    const subject = parseSubject(name);
    switch (subject.kind) {
      case 'procurement':
        return advanceTender(subject.procurementId, 0);
      case 'lot':
        return advanceTender(subject.procurementId, subject.lotNo);
      case 'grievance':
        return advanceGrievance(db, subject.grievanceId);
      case 'refund':
        return refundDue(db, subject.bidId);
      case 'committee':
        return advanceCommittee(db, settings.signer, subject);
      case 'opening':
      case 'custodian-notice':
      case 'calendar':
        throw new Error(`${name} is carried by a workflow of its own kind`);
    }
  };
}

/** Refused whichever tenders a transaction is about: each of them alone would be too. */
const isOfNoTender = (error: unknown): boolean =>
  error instanceof DomainError && (error.code === 'clock-jumped' || error.code === 'database-unreachable');

/** A caller waits for the result of one transaction on a tender; undefined: there is no such tender. */
interface Asked {
  readonly promise: Promise<TenderCase | undefined>;
  readonly resolve: (c: TenderCase | undefined) => void;
  readonly reject: (error: unknown) => void;
}

function newAsked(): Asked {
  let resolve: Asked['resolve'] = () => undefined;
  let reject: Asked['reject'] = () => undefined;
  const promise = new Promise<TenderCase | undefined>((yes, no) => {
    resolve = yes;
    reject = no;
  });
  return { promise, resolve, reject };
}

interface Seen {
  readonly stage: string;
  readonly next: Next;
}

/** A tender as committed, read without a lock. */
export function standingOf(rows: StandingRows): Standing {
  return {
    definition: procedureOf(rows.procurement),
    procurement: rows.procurement,
    lots: rows.lots,
    milestone: (no, key) => rows.milestones.find((row) => row.lotNo === no && row.key === key),
    outstanding: (no) => rows.milestones.filter((row) => row.lotNo === no && row.state === 'planned'),
    isSuspended: (no, key) =>
      rows.suspensions.some((row) => row.lotNo === no && row.milestone === key && row.until === null),
  };
}

async function readStanding(db: Database, procurementId: string, lotNo: number): Promise<Seen> {
  const rows = await db.readTogether((q) => readStandingRows(q, procurementId));
  if (!rows) throw notFound('procurement', procurementId);
  const standing = standingOf(rows);
  const lot = rows.lots.find(({ no }) => no === lotNo);
  if (lotNo !== 0 && !lot) throw notFound('lot', `${procurementId}/lot/${lotNo}`);
  return {
    stage: lot?.stage ?? rows.procurement.stage,
    next: lotNo === 0 ? nextOfProcurement(standing) : nextOfLot(standing, lotNo),
  };
}

async function turnOf(db: Database, procurementId: string, { stage, next }: Seen, clock: ClockSetting): Promise<Turn> {
  if (next.ended) return { then: 'ended', stage };
  if (next.at === null) return { then: 'wait', stage, until: null, wakeAtMs: null };
  const wakeAtMs = realAt(clock, next.at);
  if (wakeAtMs === null) return { then: 'wait', stage, until: next.at, wakeAtMs };
  const rank = next.act === 'close' ? await closingRank(db.read, procurementId, next.at) : 0;
  const laterMs = rank === 0 ? 0 : Math.min(OTHERS_AFTER_MS + rank * APART_MS, FARTHEST_MS);
  return { then: 'wait', stage, until: next.at, wakeAtMs: wakeAtMs + laterMs };
}

/** Whether anything is due in a tender by now, as committed: a request need not wait for the engine to do it. */
export async function isAnythingDue(db: Database, procurementId: string): Promise<boolean> {
  const rows = await db.readTogether((q) => readStandingRows(q, procurementId));
  if (!rows) return false;
  const standing = standingOf(rows);
  const next = [nextOfProcurement(standing), ...rows.lots.map(({ no }) => nextOfLot(standing, no))];
  return next.some(({ at, act }) => at !== null && at <= db.now() && act !== 'publish-tender');
}

/** Does what is due in a tender by now, for a request that is refused because of the tender's present stage. */
export async function catchUp(db: Database, procurementId: string): Promise<void> {
  await db.transaction(
    async (tx) => {
      const c = await loadCase(tx, procurementId);
      if (await doWhatIsDue(tx, [c], null)) await saveCases(tx, [c]);
    },
    { procurementId },
  );
}
