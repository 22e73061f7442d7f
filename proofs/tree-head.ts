import { verifySigned, type PublicJwk } from './signing.ts';

/** The claims of a signed head of the log: about the first `size` leaves, which never change. */
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
