import { verifySigned, type PublicJwk } from './signing.ts';

/** What the signed head of a log says: of the first `size` leaves, as they are for ever. */
export interface TreeHead {
  readonly size: number;
  readonly root: string;
  /** The civil instant at which it was signed (epoch ms). */
  readonly at: number;
}

export const TREE_HEAD = 'kb-tree-head';

/** @throws NotSigned */
export const verifyTreeHead = (jws: string, keys: readonly PublicJwk[]): Promise<TreeHead> =>
  verifySigned<TreeHead>(jws, TREE_HEAD, keys);
