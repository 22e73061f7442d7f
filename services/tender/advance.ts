import type { Database, Tx } from '../../db/access/database.ts';
import { readStandingRows, type StandingRows } from '../../db/tender/cases.ts';
import type { BankAccount } from '../../domain/deposits/terms.ts';
import { dueToClose, notFound } from '../../db/procurements.ts';
import { realAt } from '../../domain/clock.ts';
import { parseSubject } from '../../domain/subjects.ts';
import { endAwardPeriod } from '../awards/period-end.ts';
import { reviewDuties } from '../contracts/duties-due.ts';
import { refundDue } from '../deposits/refund-due.ts';
import { endPublicity } from '../evaluation/end-publicity.ts';
import { advanceGrievance } from '../grievances/overdue.ts';
import { closeTenders } from '../procurements/close.ts';
import { concludeProcurement } from '../procurements/conclude.ts';
import { publishTender } from '../procurements/publish.ts';
import { loadCase, loadCases, saveCases, type TenderCase } from './case.ts';
import {
  nextOfLot,
  nextOfProcurement,
  type Next,
  type Standing,
  type UnattendedAct,
} from '../../domain/procedures/order.ts';
import type { Turn } from './turn.ts';

/** What the platform's own acts need of this installation's settings. */
export interface UnattendedSettings {
  /** Where bidders pay their deposits to, as notices say it; null where the documents alone say. */
  readonly depositAccount: BankAccount | null;
}

/** A place whose instant has come. */
interface DuePlace {
  readonly c: TenderCase;
  readonly lotNo: number;
}

/**
 * A tender for a person's act: what has fallen due by now is done first, in the same transaction, whether or not the
 * engine is up; then the act is judged, once. The tender notice alone is left to the platform, which has its settings.
 */
export async function actOn(tx: Tx, procurementId: string): Promise<TenderCase> {
  const c = await loadCase(tx, procurementId);
  await doWhatIsDue(tx, [c], null);
  return c;
}

/** Does all that has fallen due in these tenders, in the order in which one follows from another. */
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

/** Tenders of one transaction. */
const TOGETHER = 100;
/** How long one look keeps taking others along that are due (real ms): each has a workflow of its own that asks. */
const TAKES_OTHERS_MS = 20_000;

/**
 * Does what is due by now and answers what is next: all that a workflow asks for. Of many tenders that fall due at one
 * instant the first that asks has all of them done, by statements over many, so that the last is done soon after the
 * first; best effort: each tender's own timer asks anyway.
 */
export function createAdvance(db: Database, settings: UnattendedSettings): (subject: string) => Promise<Turn> {
  const waiting = new Map<string, PromiseWithResolvers>();
  let running: Promise<void> | null = null;

  const advanceTogether = async (ids: readonly string[]): Promise<void> => {
    try {
      await db.transaction(
        async (tx) => {
          const cases = await loadCases(tx, ids);
          if (await doWhatIsDue(tx, cases, settings)) await saveCases(tx, cases);
        },
        { procurementIds: ids },
      );
      for (const id of ids) settle(id, null);
    } catch (error) {
      // So that one hurts no other.
      if (ids.length === 1) settle(ids[0] as string, error);
      else for (const id of ids) await advanceTogether([id]);
    }
  };
  const settle = (id: string, error: unknown): void => {
    const asked = waiting.get(id);
    waiting.delete(id);
    if (error === null) asked?.resolve();
    else asked?.reject(error);
  };
  const run = async (): Promise<void> => {
    const tried = new Set<string>();
    const giveUpAt = performance.now() + TAKES_OTHERS_MS;
    for (;;) {
      const others = performance.now() < giveUpAt ? await dueToClose(db.read, db.now()).catch(() => []) : [];
      const ids = [...new Set([...waiting.keys(), ...others.filter((id) => !tried.has(id))])].slice(0, TOGETHER);
      if (ids.length === 0) return;
      for (const id of ids) tried.add(id);
      await advanceTogether(ids.sort());
    }
  };
  const askFor = async (procurementId: string): Promise<void> => {
    const asked = waiting.get(procurementId) ?? withResolvers();
    waiting.set(procurementId, asked);
    running ??= run().finally(() => (running = null));
    return asked.promise;
  };

  const advanceTender = async (procurementId: string, lotNo: number): Promise<Turn> => {
    const before = await readStanding(db, procurementId, lotNo);
    if (before.next.at === null || before.next.at > db.now()) return turnOf(db, before);
    await askFor(procurementId);
    return turnOf(db, await readStanding(db, procurementId, lotNo));
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
      case 'opening':
      case 'custodian-notice':
      case 'calendar':
        throw new Error(`${name} is carried by a workflow of its own kind`);
    }
  };
}

interface PromiseWithResolvers {
  readonly promise: Promise<void>;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

function withResolvers(): PromiseWithResolvers {
  let resolve: () => void = () => undefined;
  let reject: (error: unknown) => void = () => undefined;
  const promise = new Promise<void>((yes, no) => {
    resolve = yes;
    reject = no;
  });
  return { promise, resolve, reject };
}

interface Seen {
  readonly stage: string;
  readonly next: Next;
}

/** A tender as it is committed, read without a lock. */
export function standingOf(rows: StandingRows): Standing {
  return {
    procurement: rows.procurement,
    lots: rows.lots,
    milestone: (no, key) => rows.milestones.find((row) => row.lotNo === no && row.key === key),
    outstanding: (no) => rows.milestones.filter((row) => row.lotNo === no && row.state === 'planned'),
    stands: (no, key) =>
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

function turnOf(db: Database, { stage, next }: Seen): Turn {
  if (next.ended) return { then: 'ended', stage };
  return { then: 'wait', stage, until: next.at, wakeAtMs: next.at === null ? null : realAt(db.clock, next.at) };
}

/** Whether anything is due in a tender by now, as it is committed: what a request need not wait for the engine to do. */
export async function isAnythingDue(db: Database, procurementId: string): Promise<boolean> {
  const rows = await db.readTogether((q) => readStandingRows(q, procurementId));
  if (!rows) return false;
  const standing = standingOf(rows);
  const next = [nextOfProcurement(standing), ...rows.lots.map(({ no }) => nextOfLot(standing, no))];
  return next.some(({ at, act }) => at !== null && at <= db.now() && act !== 'publish-tender');
}

/** Does what is due in a tender by now, for a request that is refused by the stage that the tender still shows. */
export async function catchUp(db: Database, procurementId: string): Promise<void> {
  await db.transaction(
    async (tx) => {
      const c = await loadCase(tx, procurementId);
      if (await doWhatIsDue(tx, [c], null)) await saveCases(tx, [c]);
    },
    { procurementId },
  );
}
