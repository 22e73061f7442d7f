import type { Custodian } from '../domain/sealing.ts';

export interface Seal {
  readonly format: 'KB-SEAL-1';
  readonly suite: 'age-x25519';
  readonly procurementId: string;
  readonly lotNo: number;
  readonly recipient: string;
  readonly shares: readonly {
    readonly custodian: Custodian;
    readonly recipient: string;
    readonly sealed: string;
    readonly commitment: string;
  }[];
  readonly bidderShare: { readonly commitment: string } | null;
}
