import type { Tx } from '../../db/access/database.ts';
import { recordAudit, UNATTENDED } from '../../db/audit.ts';
import {
  actorsIn,
  CLUE_FOUND,
  cluesOf,
  openedLots,
  payersIn,
  withOperators,
  type PaidDeposit,
  type Peopled,
  type Traced,
} from '../../db/parties/clues.ts';
import { standingBids } from '../../db/bids.ts';
import type { BidderPlace, TenderPlace } from '../../db/tender/place.ts';
import { formerNamesOf } from '../../db/parties/corrections.ts';
import { controlsAbout } from '../../db/parties/controls.ts';
import type { Capacity } from '../../domain/bids/conflict.ts';
import { findClues, type Clue, type Party } from '../../domain/clues/find.ts';
import { lotSubject } from '../../domain/subjects.ts';
import { loadCase, type TenderCase } from '../tender/case.ts';

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
  const [known, traced, paid] = await Promise.all([
    withOperators(tx.q, [
      ...lots.flatMap(({ supplierIds }) => supplierIds),
      ...cases.flatMap(({ procurement: { purchaserId, agencyId } }) => [purchaserId, agencyId ?? purchaserId]),
    ]),
    actorsIn(
      tx.q,
      cases.map(({ id }) => id),
    ),
    payersIn(
      tx.q,
      // Where no lot asks for a deposit, nobody has paid one.
      cases.filter(({ lots: own }) => own.some(({ bidBondFen }) => bidBondFen !== null)).map(({ id }) => id),
    ),
  ]);
  const declared = await controlsAbout(tx.q, [...known.values()]);
  const formerNames = await formerNamesOf(tx.q, [...known.keys()]);
  for (const { c, lotNo, supplierIds } of lots) {
    const own = traced.filter(({ procurementId }) => procurementId === c.id);
    const party = (id: string, capacity: Capacity | null): Party[] => {
      const organisation = known.get(id);
      const payers = paidFor({ procurementId: c.id, lotNo, supplierId: id }, paid);
      if (!organisation) return [];
      const named = { ...organisation, formerNames: formerNames.get(id) ?? [] };
      return [{ ...named, capacity, ...tracesOf(organisation, own), payers }];
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

/**
 * What a payment that was recorded after the opening adds: who paid for two bidders.
 * @param places where such payments were recorded
 */
export async function recordLatePayers(tx: Tx, places: readonly TenderPlace[]): Promise<void> {
  const opened = await openedLots(tx.q, [...new Set(places.map(({ procurementId }) => procurementId))]);
  for (const { procurementId, lotNo } of opened) {
    if (!places.some((place) => place.procurementId === procurementId && place.lotNo === lotNo)) continue;
    const c = await loadCase(tx, procurementId);
    const suppliers = (await standingBids(tx.q, procurementId, lotNo)).map(({ supplierId }) => supplierId);
    const known = await withOperators(tx.q, suppliers);
    const paid = await payersIn(tx.q, [procurementId]);
    const formerNames = await formerNamesOf(tx.q, suppliers);
    const bidders = suppliers.flatMap((id): Party[] => {
      const organisation = known.get(id);
      const payers = paidFor({ procurementId, lotNo, supplierId: id }, paid);
      const named = { formerNames: formerNames.get(id) ?? [] };
      return organisation ? [{ ...organisation, ...named, ...NOTHING_ELSE, payers }] : [];
    });
    const before = new Set((await cluesOf(tx.q, procurementId)).map(({ detail }) => detail['messageZh']));
    const found = findClues(bidders, [], [], c.rules).filter(({ kind }) => kind === 'same-payer');
    recordOf(
      c,
      lotNo,
      found.filter(({ messageZh }) => !before.has(messageZh)),
    );
  }
}

const NOTHING_ELSE = { capacity: null, accounts: [], people: new Map<string, string>(), addresses: [] } as const;

const paidFor = (at: BidderPlace, paid: readonly PaidDeposit[]): PaidDeposit[] =>
  paid.filter(
    ({ procurementId, lotNo, supplierId }) =>
      procurementId === at.procurementId && lotNo === at.lotNo && supplierId === at.supplierId,
  );

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
