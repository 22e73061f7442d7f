import { CUSTODIANS, type Custodian } from '../bids/sealing.ts';

/** What a custodian answered when it was notified of the bid deadline in force. */
export interface Acknowledgement {
  readonly custodian: Custodian;
  readonly state: 'waiting' | 'acknowledged' | 'refused';
  /** Why it refuses to believe it; null where it does not. */
  readonly reason: string | null;
  readonly at: number | null;
}

/** One answer, as it is on the record. */
export interface RecordedAnswer {
  readonly custodian: Custodian;
  /** Of the deadline. */
  readonly version: number;
  readonly reason: string | null;
  readonly at: number;
}

/**
 * Each custodian once, in the order of CUSTODIANS, with its last answer to a version of the deadline.
 * @param version null: no deadline was set
 * @param answers oldest first
 */
export function acknowledgementsTo(version: number | null, answers: readonly RecordedAnswer[]): Acknowledgement[] {
  return CUSTODIANS.map((custodian) => {
    const last = answers.findLast((each) => each.custodian === custodian && each.version === version);
    if (!last) return { custodian, state: 'waiting', reason: null, at: null };
    const { reason, at } = last;
    return { custodian, state: reason === null ? 'acknowledged' : 'refused', reason, at };
  });
}
