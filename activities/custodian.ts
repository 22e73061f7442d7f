import { ApplicationFailure, ApplicationFailureCategory } from '@temporalio/common';
import { NotProven } from '../proofs/deadline.ts';
import { createCustodian, NotYet, Overtaken, type CustodianDeps } from '../services/custodians/custodian.ts';
import { whileBeating } from './beat.ts';

/** Types of the failures that a custodian returns. */
export const NOT_YET = 'not-yet';
export const CUSTODIAN_REFUSED = 'custodian-refused';

/** Retried no later than this, in case a clock is corrected meanwhile (ms). */
const LONGEST_DELAY_MS = 60_000;

/** The activities of a custodian (保管人) that workflows call. */
export function custodianActivities(deps: CustodianDeps) {
  const own = createCustodian(deps);
  const answering = async <T>(work: Promise<T>): Promise<T> => {
    try {
      return await whileBeating(work);
    } catch (error) {
      if (error instanceof NotYet) throw notYet(error);
      throw error instanceof NotProven ? refusal(deps, error) : error;
    }
  };
  type Given<K extends keyof typeof own> = Parameters<(typeof own)[K]>[0];
  return {
    knownHead: () => answering(own.knownHead()),
    noteDeadline: (given: Given<'noteDeadline'>) => answering(own.noteDeadline(given)),
    releaseShares: (request: Given<'releaseShares'>) => answering(own.releaseShares(request)),
  };
}

export type CustodianActivities = ReturnType<typeof custodianActivities>;

function notYet({ message, messageZh, messageEn, bidDeadline, untilMs }: NotYet): ApplicationFailure {
  return ApplicationFailure.create({
    message,
    type: NOT_YET,
    nonRetryable: false,
    nextRetryDelay: Math.min(untilMs, LONGEST_DELAY_MS),
    details: [{ messageZh, messageEn, bidDeadline }],
  });
}

function refusal({ custodian }: CustodianDeps, refused: NotProven): ApplicationFailure {
  const { message, messageZh, messageEn } = refused;
  return ApplicationFailure.create({
    message,
    type: CUSTODIAN_REFUSED,
    nonRetryable: true,
    ...(refused instanceof Overtaken ? { category: ApplicationFailureCategory.BENIGN } : {}),
    details: [{ custodian, messageZh, messageEn }],
  });
}
