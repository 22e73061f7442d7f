import type { CommitteeSafe } from '../../db/files/committee-safe.ts';
import type { Draw } from '../../db/committees/draws.ts';
import type { TenderPlace } from '../../db/tender/place.ts';
import type { Departure } from '../../domain/committees/state.ts';
import type { DrawnPerson } from '../../proofs/draw.ts';

/** What a draw keeps secret until the award. */
export interface SealedDraw {
  /** With these the hashes of the pools were made. */
  readonly poolSalts: Readonly<Record<string, string>>;
  /** Who stands behind each label, those who are excluded too. */
  readonly people: Readonly<Record<string, SealedPerson>>;
  /** 采购人代表. */
  readonly representatives: readonly Representative[];
}

export interface SealedPerson {
  readonly salt: string;
  readonly expertId: string;
  readonly person: DrawnPerson;
}

export interface Representative {
  readonly accountId: string;
  readonly name: string;
  /** Does not serve any more, since then (civil epoch ms). */
  readonly left?: { readonly departure: Departure; readonly reasonZh: string; readonly at: number };
  /** Another was sent for this one: whose place in the list it is. */
  readonly successor?: number;
}

/** Representatives whose seat is empty until the purchaser sends another. */
export const vacancies = ({ representatives }: Pick<SealedDraw, 'representatives'>): number =>
  representatives.filter(({ left, successor }) => left !== undefined && successor === undefined).length;

const placeOf = (drawId: string): string => `draw/${drawId}`;
const planPlace = ({ procurementId, lotNo }: TenderPlace): string => `draw-plan/${procurementId}/${lotNo}`;
const partPlace = (drawId: string, party: string): string => `draw/${drawId}/part/${party}`;
const reasonPlace = (drawId: string, no: number): string => `draw/${drawId}/call/${no}`;

export const sealDraw = (safe: CommitteeSafe, drawId: string, content: SealedDraw): string =>
  safe.seal(placeOf(drawId), content);

export const openDrawSeal = (safe: CommitteeSafe, { id, sealed }: Pick<Draw, 'id' | 'sealed'>): SealedDraw =>
  safe.open<SealedDraw>(placeOf(id), sealed);

/** What a plan of a draw requests. */
export const sealRequest = (safe: CommitteeSafe, place: TenderPlace, request: unknown): string =>
  safe.seal(planPlace(place), request);

export const openRequest = <T>(safe: CommitteeSafe, plan: TenderPlace & { readonly sealed: string }): T =>
  safe.open<T>(planPlace(plan), plan.sealed);

export const sealPart = (safe: CommitteeSafe, drawId: string, party: string, part: string): string =>
  safe.seal(partPlace(drawId, party), part);

export const openPart = (safe: CommitteeSafe, drawId: string, party: string, sealed: string): string =>
  safe.open<string>(partPlace(drawId, party), sealed);

export const sealReason = (safe: CommitteeSafe, drawId: string, no: number, reason: string | null): string | null =>
  reason === null ? null : safe.seal(reasonPlace(drawId, no), reason);

/** By which somebody finds the calls to himself; another in each draw, so that no two draws are seen to name one person. */
export const tagOf = (safe: CommitteeSafe, drawId: string, expertId: string): string =>
  safe.tag('call', drawId, expertId);
