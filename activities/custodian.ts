import type { Custodian } from '../domain/sealing.ts';
import type { DeadlineProof } from '../proofs/deadline.ts';

export interface SealedShare {
  custodian: Custodian;
  recipient: string;
  sealed: string;
  commitment: string;
}
export interface ReleaseRequest {
  procurementId: string;
  deadline: DeadlineProof;
  recipient: string;
  shares: { bidId: string; share: SealedShare }[];
}
export interface ReleaseAnswer {
  shares: { bidId: string; sealed: string | null; fault: { zh: string; en: string } | null }[];
}
export interface CustodianActivities {
  knownHead(): Promise<number>;
  noteDeadline(input: { proof: DeadlineProof }): Promise<void>;
  releaseShares(request: ReleaseRequest): Promise<ReleaseAnswer>;
}
