import type { Tx } from '../../db/access/database.ts';
import { saveMarks, sheetOf } from '../../db/evaluation/sheets.ts';
import type { TenderPlace } from '../../db/tender/place.ts';
import type { PartState, Proceedings } from '../../domain/evaluation/proceedings.ts';
import {
  itemsOf,
  judgeMarks,
  type Entry,
  type MarkSheet,
  type SheetPart,
} from '../../domain/evaluation/sheets/marks.ts';
import type { Violation } from '../../domain/law/violation.ts';
import { outOfState } from '../../domain/committees/out-of-state.ts';
import { checkEnough } from '../../domain/evaluation/too-few.ts';
import { note } from '../committees/events.ts';
import type { Blinded } from './numbering.ts';
import {
  blindedFor,
  evaluationFor,
  namedBid,
  record,
  refusedBy,
  signedHash,
  unnamed,
  violation,
  type NamedSeat,
} from './proceedings.ts';

/** What a member enters of one bid; items that it does not name stay as they are. */
export interface GivenMarks {
  readonly bidId: string;
  readonly entries: readonly Entry[];
}

/**
 * Keeps what a member enters, field by field as it is typed. What is unlawful is refused, and nothing of it is kept.
 * @returns all that it has entered of the bid
 * @throws DomainError `unlawful`, `stage-conflict`, `not-found`
 */
export async function enterMarks(tx: Tx, place: TenderPlace, accountId: string, given: GivenMarks): Promise<MarkSheet> {
  const evaluation = await evaluationFor(tx, place, accountId, 'incomplete', 'signed');
  const { draw, proceedings, seat } = evaluation;
  assertEnough(proceedings);
  const { memberId } = seat;
  const { entries } = given;
  const blinded = blindedFor(evaluation, memberId);
  const { bidId, isBlind } = namedBid(evaluation, given.bidId);
  if (blinded) refuseMixed(proceedings, blinded, given, isBlind);
  const violations = refusals(proceedings, seat, { bidId, entries });
  if (violations.length > 0)
    throw refusedBy(violations.map((each) => (each.given === bidId ? { ...each, given: given.bidId } : each)));
  await saveMarks(
    tx,
    entries.map((entry) => ({ drawId: draw.id, memberId, bidId, item: entry.item, entry, enteredAt: tx.now })),
  );
  note(tx, draw, {
    ...{ actor: unnamed(seat), action: 'evaluation.mark' },
    detail: { by: memberId, bidId: given.bidId, items: entries.map(({ item }) => item) },
  });
  const sheet = await sheetOf(tx.q, { drawId: draw.id, memberId, bidId });
  const shown = blinded ? blinded.sheets([sheet]).find((each) => each.bidId === given.bidId) : sheet;
  return shown ?? { ...sheet, bidId: given.bidId, entries: [] };
}

/** @throws DomainError `unlawful` where too few bids are left to be evaluated */
function assertEnough({ ended, of }: Proceedings): void {
  if (ended) throw refusedBy([checkEnough(of.definition, ended)]);
}

/** Blind items are marked under the blind id, and the others under the bid's. */
function refuseMixed({ of }: Proceedings, blinded: Blinded, { bidId, entries }: GivenMarks, isBlind: boolean): void {
  const wrong = entries.findIndex(({ item }) => blinded.hides(item) !== isBlind);
  if (wrong < 0) return;
  throw refusedBy([
    violation(of.definition.evaluation.scheme.sheets.perDocuments, {
      field: `entries[${wrong}]`,
      given: bidId,
      messageZh: isBlind
        ? '此项不属于暗标部分，不以暗标编号评审'
        : '此项属于暗标部分，全体成员签署技术评分之前以暗标编号评审（blind.bids 所列 blindId）',
      messageEn: isBlind
        ? 'The item is not in the blind part: it is judged under the id of the bid'
        : 'The item is in the blind part: until all have signed the technical marks it is judged by number (blindId of blind.bids)',
    }),
  ]);
}

/** Each part by itself: what is signed in one may still be open in another. */
function refusals(proceedings: Proceedings, { memberId }: NamedSeat, { bidId, entries }: GivenMarks): Violation[] {
  const { definition, scheme } = proceedings.of;
  const found: Violation[] = [];
  const placed = entries.map((entry) => ({
    entry,
    state: proceedings.parts.find(({ part }) =>
      itemsOf(definition, scheme, part).some(({ item }) => item.key === entry.item),
    ),
  }));
  for (const state of new Set(placed.map((each) => each.state))) {
    const own = placed.flatMap((each) => (each.state === state ? [each.entry] : []));
    const isFixed = state ? own.some(({ item }) => proceedings.isFixed(memberId, bidId, state, item)) : false;
    const members = proceedings.members.map((each) =>
      each.memberId === memberId ? { ...each, signed: isFixed } : each,
    );
    const bidIds = bidsOf(state, proceedings);
    const sheet = { memberId, bidId, entries: own };
    found.push(
      ...judgeMarks(definition, scheme, { members, bidIds }, state?.part ?? 'review', sheet, false).map((each) => ({
        ...each,
        field: placedField(each.field, entries, own),
      })),
    );
  }
  return found;
}

/** @throws DomainError `stage-conflict` for a part that has not begun */
function bidsOf(state: PartState | undefined, { bidIds }: Proceedings): readonly string[] {
  if (!state) return bidIds;
  if (state.bidIds === null) throw outOfState('lot', `before-${state.part}`, [state.part]);
  return state.bidIds;
}

/** `entries[0]` of those of one part is another of all. */
function placedField(field: string, entries: readonly Entry[], own: readonly Entry[]): string {
  const index = Number(/^entries\[(\d+)\]$/.exec(field)?.[1] ?? Number.NaN);
  const entry = own[index];
  return entry ? `entries[${entries.indexOf(entry)}]` : field;
}

/**
 * 签署: a member signs its sheets of a part, whole: from then on it changes nothing of them but what the check finds.
 * @throws DomainError `unlawful` where something is missing, or was signed before
 */
export async function signPart(tx: Tx, place: TenderPlace, accountId: string, part: SheetPart): Promise<void> {
  const evaluation = await evaluationFor(tx, place, accountId);
  const { draw, proceedings, seat } = evaluation;
  assertEnough(proceedings);
  const { definition, scheme, sheets } = proceedings.of;
  const { memberId } = seat;
  const state = proceedings.parts.find((each) => each.part === part);
  if (!state || state.bidIds === null) throw outOfState('lot', `before-${part}`, [part]);
  const signed = state.signedBy.includes(memberId) || proceedings.isBeingSigned;
  const members = proceedings.members.map((each) => (each.memberId === memberId ? { ...each, signed } : each));
  const due = new Set(itemsOf(definition, scheme, part).map(({ item }) => item.key));
  const blinded = blindedFor(evaluation, memberId);
  const own = state.bidIds.map((bidId): MarkSheet => {
    const entries = sheets.find((each) => each.memberId === memberId && each.bidId === bidId)?.entries ?? [];
    return { memberId, bidId, entries: entries.filter(({ item }) => due.has(item)) };
  });
  const violations = own.flatMap((sheet) =>
    judgeMarks(definition, scheme, { members, bidIds: proceedings.bidIds }, part, sheet).map((each) => ({
      ...each,
      given: each.given ?? namedFor(blinded, sheet, each.field),
    })),
  );
  // The order of the bids would tell which is which.
  if (blinded) violations.sort((a, b) => (String(a.given) < String(b.given) ? -1 : 1));
  // Once for all bids: who signed has signed all of them.
  if (violations.length > 0) throw refusedBy(signed ? violations.slice(0, 1) : violations);
  const hash = signedHash(tx, [draw.id, memberId, part], blinded ? blinded.sheets(own) : own);
  await record(tx, draw, {
    ...{ by: memberId, actor: unnamed(seat), act: { kind: 'part', part, hash } },
    detail: { part, hash },
  });
}

/** How a member knows the bid whose item is amiss: `entries.plan` is missing, `entries[1]` is wrong. */
function namedFor(blinded: Blinded | null, { bidId, entries }: MarkSheet, field: string): string {
  const [, index, missing] = /^entries(?:\[(\d+)\]|\.(.+))$/.exec(field) ?? [];
  const item = missing ?? entries[Number(index)]?.item;
  return blinded && item !== undefined && blinded.hides(item) ? blinded.blindIdOf(bidId) : bidId;
}
