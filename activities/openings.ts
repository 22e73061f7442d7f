import { ApplicationFailure } from '@temporalio/common';
import type { Database } from '../db/access/database.ts';
import { procurementRow } from '../db/procurements.ts';
import { recordCustodians, type CustodianNote } from '../services/openings/custodians.ts';
import type { Turn } from '../services/tender/turn.ts';
import { OpeningUnknown, type Begun, type UnsealingDesk } from '../services/openings/unsealing/desk.ts';
import { whileBeating } from './beat.ts';
import { transact } from './transact.ts';

interface Subject {
  readonly procurementId: string;
}

interface OpeningDeps {
  readonly db: Database;
  /** Of this worker; without one, other workers begin the openings. */
  readonly desk?: Pick<UnsealingDesk, 'begin'>;
}

/** What any worker does for an opening. */
export const openingActivities = ({ db, desk }: OpeningDeps) => ({
  /** Begins an opening at this worker: its one-time key stays in its memory. */
  beginOpening: ({ procurementId }: Subject): Promise<Begun> => {
    if (!desk) throw new Error('this worker unseals nothing');
    return desk.begin(procurementId);
  },

  /** False once it is over: concluded, or terminated by a person. */
  isOpening: async ({ procurementId }: Subject): Promise<boolean> =>
    (await procurementRow(db.read, procurementId)).stage === 'opening',

  noteCustodians: ({ procurementId, notes }: Subject & { readonly notes: readonly CustodianNote[] }): Promise<void> =>
    transact(db, { procurementId }, async (tx) => void (await recordCustodians(tx, procurementId, notes))),
});

type Given<K extends keyof UnsealingDesk> = UnsealingDesk[K] extends (given: infer G) => unknown ? G : never;

/** What only the worker that holds the key of an opening does, on its own task queue. */
export const unsealingActivities = (desk: UnsealingDesk) => ({
  releaseRequest: (request: Given<'releaseRequest'>) => known(desk.releaseRequest(request)),
  takeShares: (taken: Given<'takeShares'>) => known(whileBeating(desk.takeShares(taken))),
  closeBidderWindow: (request: Given<'closeBidderWindow'>): Promise<Turn> => known(desk.closeBidderWindow(request)),
  unseal: (request: Given<'unseal'>) => known(whileBeating(desk.unseal(request))),
  concludeOpening: (request: Given<'concludeOpening'>) => known(desk.concludeOpening(request)),
});

export type { CustodianNote };
export type UnsealingActivities = ReturnType<typeof unsealingActivities>;

async function known<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    throw error instanceof OpeningUnknown ? ApplicationFailure.nonRetryable(error.message, 'opening-unknown') : error;
  }
}
