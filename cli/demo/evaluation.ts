import { itemsOf, type SheetPart } from '../../domain/evaluation/sheets/marks.ts';
import type { Scheme } from '../../domain/evaluation/scheme/scheme.ts';
import { procedureOf } from '../../domain/procedures/index.ts';
import { verifySheet, type ScoreSheet } from '../../proofs/sheet.ts';
import { calledAs, confirmCalls, type Panel } from './committee.ts';
import type { Judged } from './example.ts';
import type { Person } from './people.ts';

const PARTS = ['review', 'technical', 'commercial'] as const satisfies readonly SheetPart[];

/** What a member sees of an evaluation. */
export interface Seen {
  readonly memberId: string;
  readonly leader: string | null;
  readonly motions: readonly { readonly id: string; readonly adopted: boolean | null }[];
  readonly outcome: {
    readonly valid: readonly { readonly bidId: string; readonly total: string | null; readonly candidate: boolean }[];
  } | null;
}

/** What a member enters for an item. */
export type Judgement = { readonly passes: boolean } | { readonly points: string } | { readonly value: string };

/** A lot that is evaluated, and what its members enter. */
export interface Judging {
  /** Path of the lot. */
  readonly lot: string;
  readonly scheme: Scheme;
  readonly bidIds: readonly string[];
  /** What a member enters of a bid: `member` and `bid` are places. */
  readonly entry: (item: string, kind: string, member: number, bid: number) => Judgement;
}

/** Of an example: what its committee finds. */
export const asJudged =
  ({ points, values }: Judged): Judging['entry'] =>
  (item, kind, member, bid) => {
    if (kind === 'review') return { passes: true };
    if (kind === 'objective') return { value: String(values[bid]?.[item]) };
    return { points: String(points[bid]?.[item]?.[member]) };
  };

/** 回避: each member states that there is no conflict. @param conflicted a member who has one, with a bid */
export async function stateConflicts(
  panel: Panel,
  drawId: string,
  lot: string,
  conflicted?: { readonly bidId: string; readonly reasonZh: string },
): Promise<readonly Person[]> {
  const clear = (member: Person) => member.ask('POST', `${lot}/evaluation/conflicts`, 200, { bidIds: [] });
  const drawn = await calledAs('confirmed', panel.experts, drawId);
  if (conflicted) {
    const { bidId, reasonZh } = conflicted;
    await drawn.at(-1)?.person.ask('POST', `${lot}/evaluation/conflicts`, 200, { bidIds: [bidId], reasonZh });
    await confirmCalls(panel, drawId);
  }
  const sitting = [...(await calledAs('confirmed', panel.experts, drawId)), panel.representative];
  const members = sitting.map(({ person }) => person);
  for (const member of members) await clear(member);
  return members;
}

/** Each member enters and signs a part alone. */
export async function markPart(members: readonly Person[], judging: Judging, part: SheetPart): Promise<void> {
  const { lot, scheme, bidIds, entry } = judging;
  const items = itemsOf(procedureOf({ regime: 'tendering', procedure: 'open-tender' }), scheme, part);
  if (items.length === 0) return;
  await Promise.all(
    members.map(async (member, at) => {
      for (const [bid, bidId] of bidIds.entries()) {
        const entries = items.map(({ as, item }) => ({
          item: item.key,
          ...entry(item.key, 'kind' in item ? item.kind : as, at, bid),
        }));
        await member.ask('PUT', `${lot}/sheets/${bidId}`, 200, { entries });
      }
      await member.ask('POST', `${lot}/evaluation/parts/${part}/signature`, 200, { password: member.password });
    }),
  );
}

export async function markAll(members: readonly Person[], judging: Judging): Promise<void> {
  for (const part of PARTS) await markPart(members, judging, part);
}

/** 推选组长: all vote for the first. */
export async function electLeader(members: readonly Person[], lot: string): Promise<Person> {
  const [leader] = members;
  if (!leader) throw new Error('nobody sits');
  const { memberId } = await leader.ask('GET', `${lot}/evaluation`, 200);
  for (const member of members.slice(0, Math.floor(members.length / 2) + 1)) {
    await member.ask('POST', `${lot}/evaluation/leader`, 200, { memberId });
  }
  return leader;
}

/** Something is put to the vote by the first, and more than half are for it. */
export async function decide(members: readonly Person[], lot: string, motion: object): Promise<void> {
  const [first, ...others] = members;
  const moved = (await first?.ask('POST', `${lot}/evaluation/motions`, 200, { motion })) as unknown as Seen;
  const motionId = moved.motions.at(-1)?.id;
  for (const member of others.slice(0, Math.floor(members.length / 2))) {
    await member.ask('POST', `${lot}/evaluation/motions/${String(motionId)}/vote`, 200, { yes: true });
  }
}

/** Each member signs the report; the last one dissents where it has reasons. */
export async function signReport(members: readonly Person[], lot: string, dissentZh?: string): Promise<void> {
  for (const [at, member] of members.entries()) {
    const { password } = member;
    const dissents = dissentZh !== undefined && at === members.length - 1;
    const said = dissents ? { as: 'dissent', reasonsZh: dissentZh } : { as: 'signed' };
    await member.ask('POST', `${lot}/evaluation/signature`, 200, { ...said, password });
  }
}

/** A bidder recomputes its own score sheet, as `kaibiao verify sheet` does. @returns what is wrong with it, and its total */
export async function recomputed(
  bidder: Person,
  lot: string,
): Promise<{ faults: readonly string[]; sheet: ScoreSheet }> {
  const { sheet } = (await bidder.ask('GET', `${lot}/score-sheet`, 200)) as unknown as { sheet: ScoreSheet };
  return { sheet, faults: verifySheet(sheet).faults.map(({ en }) => en) };
}
