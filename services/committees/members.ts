import { recordAudit, type Actor } from '../../db/audit.ts';
import type { Database, Queries, Tx } from '../../db/access/database.ts';
import {
  callsOf,
  callsTagged,
  drawById,
  drawsIn,
  latestDraw,
  partsOf,
  type CommitteeCall,
  type Draw,
} from '../../db/committees/draws.ts';
import { expertById, expertsOfAccount } from '../../db/committees/experts.ts';
import type { CommitteeSafe } from '../../db/files/committee-safe.ts';
import { notFound } from '../../db/procurements.ts';
import type { TenderPlace } from '../../db/tender/place.ts';
import type { MemberKind } from '../../domain/committees/composition.ts';
import { openDrawSeal, tagOf } from './sealed.ts';

/** A member of a committee, by name: for those alone who may know it. */
export interface Member {
  readonly kind: MemberKind;
  readonly name: string;
  /** Null for an expert whom nobody signs in as. */
  readonly accountId: string | null;
  readonly field: string | null;
  /** The call that a drawn expert answered; null for a representative. */
  readonly no: number | null;
  /** 自行选定. */
  readonly chosen: boolean;
  readonly employer: string | null;
}

/** What a tender's act or read has at hand. */
interface Reading {
  readonly q: Queries;
  readonly committees: CommitteeSafe;
}

export const reading = ({ read, committees }: Pick<Database, 'read' | 'committees'>): Reading => ({
  q: read,
  committees,
});

/** The committee of a lot that was drawn here and is complete; null where there is none. */
export async function drawnCommittee(of: Reading, place: TenderPlace): Promise<readonly Member[] | null> {
  const draw = await latestDraw(of.q, place);
  return draw && draw.formedAt !== null ? membersOf(of, draw) : null;
}

/** Those who serve now: experts who confirmed, in the order of the calls, then the purchaser's representatives. */
export async function membersOf({ q, committees }: Reading, draw: Draw): Promise<Member[]> {
  const { people, representatives } = openDrawSeal(committees, draw);
  const experts: Member[] = [];
  for (const { no, field, label, state, chosen } of await callsOf(q, draw.id)) {
    const found = people[label];
    if (state !== 'confirmed' || !found) continue;
    const { accountId } = await expertById(q, found.expertId);
    const { name, employer } = found.person;
    experts.push({ kind: 'expert', name, accountId, field, no, chosen, employer });
  }
  return [
    ...experts,
    ...representatives
      .filter(({ left }) => left === undefined)
      .map(({ name, accountId }): Member => ({
        kind: 'purchaser',
        name,
        accountId,
        field: null,
        no: null,
        chosen: false,
        employer: null,
      })),
  ];
}

/** Who is behind a call, for what is sent to the person: never stored, logged or shown. */
export async function calleeOf(
  { q, committees }: Reading,
  { drawId, no }: Pick<CommitteeCall, 'drawId' | 'no'>,
): Promise<{ readonly accountId: string | null; readonly telephone: string | null }> {
  const draw = await drawById(q, drawId);
  const call = (await callsOf(q, drawId)).find((each) => each.no === no);
  const expertId = call && openDrawSeal(committees, draw).people[call.label]?.expertId;
  if (expertId === undefined) throw notFound('call', `${drawId}/${no}`);
  const { accountId, telephone } = await expertById(q, expertId);
  return { accountId, telephone };
}

/** The calls to a person in draws that are not over, the newest first. */
export async function callsToAccount(
  { q, committees }: Reading,
  accountId: string,
): Promise<{ readonly draw: Draw; readonly call: CommitteeCall }[]> {
  const [people, draws] = await Promise.all([expertsOfAccount(q, accountId), drawsIn(q, ['calling', 'formed'])]);
  const byId = new Map(draws.map((draw) => [draw.id, draw]));
  const tags = draws.flatMap(({ id }) => people.map((person) => tagOf(committees, id, person.id)));
  const calls = await callsTagged(q, tags);
  return calls
    .flatMap((call) => {
      const draw = byId.get(call.drawId);
      return draw ? [{ draw, call }] : [];
    })
    .sort((a, b) => b.call.askedAt - a.call.askedAt);
}

/** Whether a person sits in a committee of a procurement. */
export const servesIn = async (of: Reading, accountId: string, procurementId: string): Promise<boolean> =>
  (await callsToAccount(of, accountId)).some(
    ({ draw, call }) => draw.procurementId === procurementId && call.state === 'confirmed',
  );

/** The call of a draw to a person. @throws DomainError `not-found`, whether or not there is such a draw */
export async function ownCall(
  of: Reading,
  accountId: string,
  drawId: string,
): Promise<{ draw: Draw; call: CommitteeCall }> {
  const found = (await callsToAccount(of, accountId)).find(({ draw }) => draw.id === drawId);
  if (!found) throw notFound('call', drawId);
  return found;
}

/** 抽取工作人员: the people of the centre who opened the draw, or handed its part in. */
export async function isStaffOf(q: Queries, draw: Draw, { accountId, role }: Actor): Promise<boolean> {
  if (role !== 'centre' || accountId === null) return false;
  if (draw.openedBy.role === 'centre' && draw.openedBy.accountId === accountId) return true;
  return (await partsOf(q, draw.id)).some(
    ({ party, committedBy }) => party === 'centre' && committedBy.accountId === accountId,
  );
}

/** Names read before the award are on record: by whom and, of a supervisor, why. */
export function recordReading(tx: Tx, actor: Actor, draw: Draw, reasonZh: string | null): void {
  const { id, procurementId, lotNo } = draw;
  recordAudit(tx, actor, {
    action: 'committee.read-names',
    procurementId,
    subject: `draw/${id}`,
    detail: { lotNo, ...(reasonZh === null ? {} : { reasonZh }) },
  });
}
