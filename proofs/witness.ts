import { verifySigned, type PublicJwk } from './signing.ts';
import type { TreeHead } from './tree-head.ts';

// What a witness and the platform say to each other (docs/adr/0033): as C2SP's tlog-witness, in JSON and JWS.

/** The type of a head that a witness has signed too (`typ`). */
export const COSIGNED_HEAD = 'kb-cosigned-head';

/** `POST /add-head`: a head, and the proof that it continues the one of `old` leaves that the witness has (0: none). */
export interface AddHead {
  readonly old: number;
  readonly proof: readonly string[];
  /** JWS `kb-tree-head`. */
  readonly head: string;
}

/** `GET /head`: the last head that a witness accepted, and its own signature. */
export interface WitnessedHead {
  readonly size: number;
  readonly root: string;
  /** JWS `kb-tree-head`, by the platform. */
  readonly head: string;
  /** JWS `kb-cosigned-head`, by the witness; `at`: by its own clock (epoch ms). */
  readonly cosignature: string;
}

/** @throws NotSigned */
export const verifyCosignature = (jws: string, keys: readonly PublicJwk[]): Promise<TreeHead> =>
  verifySigned<TreeHead>(jws, COSIGNED_HEAD, keys);
