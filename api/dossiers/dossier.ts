import type { Queries } from '../../db/access/database.ts';
import type { TreeHeadRow } from '../../db/log.ts';
import type { Notice } from '../../db/notices.ts';
import type { Procurement } from '../../db/procurements.ts';
import type { Role } from '../../domain/roles.ts';
import type { Words } from '../../proofs/dossier/manifest.ts';
import { leftOutBy, type Item, type Reading } from './reading.ts';

/** What a dossier is made of: the procurement as it was when it was asked for. */
export interface Dossier {
  readonly reading: Reading;
  readonly read: Queries;
  readonly role: Role;
  readonly procurement: Procurement;
  /** The last signed head, and how many entries there were: others act while it is made. */
  readonly head: TreeHeadRow | undefined;
  readonly entries: number;
  readonly noticePage: (notice: Notice) => string;
}

export type Row = Readonly<Record<string, unknown>>;

/** A file that an address answers, or why it does not. */
export async function fileItem(
  reading: Reading,
  path: string,
  params: Row,
  { name, what }: { readonly name: string; readonly what: Words },
): Promise<Item> {
  try {
    const { stream } = await reading.file(path, params);
    return { name, what, bytes: stream };
  } catch (error) {
    return leftOutBy(error, what, name);
  }
}
