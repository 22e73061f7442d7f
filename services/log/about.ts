import type { Queries } from '../../db/access/database.ts';
import { entriesBetween, logSize, placeOf, type LogEntry, type TreeHeadRow } from '../../db/log.ts';
import { secretSince } from '../../db/tender/secrecy.ts';
import type { DossierLeaf } from '../../proofs/dossier/manifest.ts';
import { factHashOf } from '../../proofs/leaf.ts';
import { isConfidential, leafLine } from './export.ts';
import { inclusionProof } from './proofs.ts';

/** Entries read in one query. */
const PAGE = 200;

/**
 * What the log has about a procurement that its reader may know of, in the order of the trail, each with its place under a
 * head. It discloses what an export does; who reads the audit trail also has the hashes that `GET /audit` lists.
 * @param watching whether the audit trail is read
 */
export async function* leavesAbout(
  read: Queries,
  procurementId: string,
  { head, watching }: { readonly head: TreeHeadRow | undefined; readonly watching: boolean },
): AsyncGenerator<{ readonly seq: number; readonly leaf: DossierLeaf }> {
  const since = watching ? await secretSince(read) : -Infinity;
  const size = await logSize(read);
  let after = 0;
  for (;;) {
    const page = await entriesBetween(read, after, size, PAGE, procurementId);
    for (const entry of page) {
      const leaf = await leafOfEntry(read, entry, { head, watching, since });
      if (leaf) yield { seq: entry.row.seq, leaf };
    }
    const last = page.at(-1);
    if (page.length < PAGE || !last) return;
    after = last.row.seq;
  }
}

async function leafOfEntry(
  read: Queries,
  entry: LogEntry,
  { head, watching, since }: { head: TreeHeadRow | undefined; watching: boolean; since: number },
): Promise<DossierLeaf | null> {
  const { row } = entry;
  if (entry.confidential) return null;
  const found = head && row.seq <= head.size ? await placeOf(read, row) : null;
  const isWhole = watching && found !== null && found.head.signedAt < since;
  const { of, audit } = leafLine(row, {
    confidential: false,
    watching: isWhole,
    follows: isWhole ? await isDisclosedBefore(read, row.seq) : null,
  });
  if (of === undefined && !watching) return null;
  return {
    entry: row.hash,
    fact: factHashOf(row.detail),
    ...(of ? { of } : {}),
    ...(audit ? { audit } : {}),
    place: found && head ? { index: found.index, inclusion: await inclusionProof(read, found.index, head.size) } : null,
  };
}

/** Whether the entry before is disclosed with its batch; null: there is none. */
async function isDisclosedBefore(read: Queries, seq: number): Promise<boolean | null> {
  const [before] = await entriesBetween(read, seq - 2, seq - 1, 1);
  return before ? !isConfidential(before, true) : null;
}
