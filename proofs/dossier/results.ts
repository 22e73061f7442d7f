import { canonicalHash } from '../hash.ts';
import { isRecord, itemsOf, jsonOf, type DossierPackage, type Faults, type Row } from './package.ts';

const REPORT = /^lots\/(\d+)\/report\.json$/;

/** The report of each lot is the one that its notices are of, if any was published since it was received. */
export async function checkResults(pack: DossierPackage, notices: readonly Row[], faults: Faults): Promise<void> {
  for (const name of pack.names) {
    const [, no] = REPORT.exec(name) ?? [];
    if (no === undefined) continue;
    const report = await jsonOf(pack, name, faults);
    if (!isRecord(report)) continue;
    const candidates = itemsOf({ items: report.candidates });
    const published = (kind: string): Row | undefined =>
      notices
        .filter((each) => each.kind === kind && each.lotNo === Number(no))
        .filter(({ publishedAt }) => Number(publishedAt) >= Date.parse(String(report.receivedAt)))
        .toSorted((a, b) => Number(a.version) - Number(b.version))
        .at(-1);
    const [announced, award] = ['candidates', 'award'].map((kind) => contentOf(published(kind)));
    const isAnnounced = announced === null || isSame(candidates, itemsOf({ items: announced?.candidates }));
    const isAwarded =
      award === null || candidates.some((each) => isSame([each], [{ ...award, supplier: award?.winner }]));
    if (!isAnnounced || !isAwarded) faults.add(name, '与公告的结果不符', 'is not what its notices announced');
  }
}

const contentOf = (notice: Row | undefined): Row | null => (isRecord(notice?.content) ? notice.content : null);

const isSame = (some: readonly Row[], others: readonly Row[]): boolean =>
  canonicalHash(placesOf(some)) === canonicalHash(placesOf(others));

const placesOf = (rows: readonly Row[]): readonly unknown[] =>
  rows.toSorted((a, b) => Number(a.rank) - Number(b.rank)).map(placeOf);

const placeOf = ({ rank, supplier, priceFen }: Row): readonly unknown[] =>
  [rank, supplier, priceFen].map((value) => value ?? null);
