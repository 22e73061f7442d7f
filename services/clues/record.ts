import type { Tx } from '../../db/access/database.ts';
import { recordAudit, UNATTENDED } from '../../db/audit.ts';
import { actorsIn, CLUE_FOUND, withOperators, type Peopled, type Traced } from '../../db/parties/clues.ts';
import { controlsAbout } from '../../db/parties/controls.ts';
import type { Capacity } from '../../domain/bids/conflict.ts';
import { findClues, type Clue, type Party } from '../../domain/clues/find.ts';
import { lotSubject } from '../../domain/subjects.ts';
import type { TenderCase } from '../tender/case.ts';

/** A lot that is opened, with its bidders. */
export interface OpenedLot {
  readonly c: TenderCase;
  readonly lotNo: number;
  readonly supplierIds: readonly string[];
}

/** What is stored of a clue, as an entry of the audit trail that is confidential until the bids are opened. */
export interface RecordedClue extends Clue {
  readonly lotNo: number;
}

/**
 * Records what suggests that bidders belong together or to who runs the procurement (招标投标法实施条例 34, 40), at the opening: earlier
 * it would tell who bids. The reads are the same however many lots are opened together.
 */
export async function recordClues(tx: Tx, lots: readonly OpenedLot[]): Promise<void> {
  if (lots.length === 0) return;
  const cases = [...new Set(lots.map(({ c }) => c))];
  const [known, traced] = await Promise.all([
    withOperators(tx.q, [
      ...lots.flatMap(({ supplierIds }) => supplierIds),
      ...cases.flatMap(({ procurement: { purchaserId, agencyId } }) => [purchaserId, agencyId ?? purchaserId]),
    ]),
    actorsIn(
      tx.q,
      cases.map(({ id }) => id),
    ),
  ]);
  const declared = await controlsAbout(tx.q, [...known.values()]);
  for (const { c, lotNo, supplierIds } of lots) {
    const own = traced.filter(({ procurementId }) => procurementId === c.id);
    const party = (id: string, capacity: Capacity | null): Party[] => {
      const organisation = known.get(id);
      return organisation ? [{ ...organisation, capacity, ...tracesOf(organisation, own) }] : [];
    };
    const { purchaserId, agencyId } = c.procurement;
    const runners = [
      ...party(purchaserId, 'purchaser'),
      ...(agencyId === null ? [] : party(agencyId, 'agency')),
      ...[...known.values()]
        .filter(({ id, operates }) => operates && id !== purchaserId && id !== agencyId)
        .flatMap(({ id }) => party(id, 'operator')),
    ];
    const bidders = [...new Set(supplierIds)].flatMap((id) => party(id, null));
    recordOf(c, lotNo, findClues(bidders, runners, declared, c.rules));
  }
}

function tracesOf(
  { id, members }: Peopled,
  traced: readonly Traced[],
): Pick<Party, 'accounts' | 'people' | 'addresses'> {
  const acted = traced.filter(({ organisationId }) => organisationId === id);
  const ids = new Set(acted.flatMap(({ accountId }) => accountId ?? []));
  return {
    accounts: [...new Set([...members.map(({ accountId }) => accountId), ...ids])],
    people: new Map(members.flatMap(({ accountId, name }) => (ids.has(accountId) ? [[accountId, name]] : []))),
    addresses: [...new Set(acted.flatMap(({ address }) => address ?? []))],
  };
}

function recordOf(c: TenderCase, lotNo: number, clues: readonly Clue[]): void {
  for (const clue of clues) {
    recordAudit(c.tx, UNATTENDED, {
      action: CLUE_FOUND,
      procurementId: c.id,
      subject: lotSubject(c.id, lotNo),
      detail: { lotNo, ...clue } satisfies RecordedClue,
      confidential: true,
    });
  }
}
