import { createHash } from 'node:crypto';
import type { Actor } from '../../../db/audit.ts';
import { nextCalls } from '../../../domain/committees/calls.ts';
import { REPLACEMENT_GROUNDS } from '../../../domain/committees/state.ts';
import { DAY_MS } from '../../../domain/civil-time.ts';
import type { DrawParty } from '../../../domain/draws/terms.ts';
import type { LotStage } from '../../../domain/stages.ts';
import { commitmentOf } from '../../../proofs/draw.ts';
import { answerCall } from '../../../services/committees/calls.ts';
import { commitToDraw, revealPart } from '../../../services/committees/commit.ts';
import { UNNAMED_EXPERT } from '../../../services/committees/events.ts';
import { openDraw } from '../../../services/committees/open.ts';
import { replaceMember } from '../../../services/committees/replace.ts';
import { CENTRE, SUPERVISOR } from '../../setup/tenders/committees.ts';
import type { Snapshot } from '../invariants/snapshot.ts';
import type { Expected, World } from '../world.ts';
import { FIELD } from './people.ts';
import type { Story } from './story.ts';

type Lot = Snapshot['lots'][number];
type Draw = Snapshot['draws'][number];

/** In which a lot has, or may get, a committee. */
const STAGES: readonly LotStage[] = ['pending', 'opening', 'evaluation'];
const DAY_MINUTES = 1440;
/** Of the smallest of committees: three of an inquiry (财政部令74号 7), five of a tender. */
const LEAST_MEMBERS = 3;

/** Experts and representatives of a committee; an even one is unlawful, and one with too few experts. */
type Sizes = readonly (readonly [seats: number, representatives: number])[];
const LAWFUL: Sizes = [
  [4, 1],
  [6, 1],
];
const UNLAWFUL: Sizes = [
  [5, 1],
  [3, 1],
  [3, 2],
];

const isOver = ({ state }: Draw): boolean => state === 'ended' || state === 'void';

/** The last draw of a lot; undefined where there was none. */
export const drawOf = ({ seen }: Story, lotNo: number): Draw | undefined =>
  seen?.draws
    .filter((each) => each.lotNo === lotNo)
    .reduce<Draw | undefined>((last, each) => (last && last.round > each.round ? last : each), undefined);

/**
 * What is expected of a report of a committee that was drawn. Seats are free where members were replaced and whoever was
 * called has not confirmed, or nobody is left to call: in works the new member evaluates first (招标投标法实施条例 48), elsewhere those
 * who remain must be lawful by themselves (财政部令87号 49).
 */
export function reportOfDrawn({ seen, representatives, definition }: Story, draw: Draw): Expected {
  if (draw.state === 'formed') return 'accepted';
  if (draw.state === 'calling' && definition.committee.replacement.void !== undefined) return 'refused';
  const experts = (seen?.calls ?? []).filter(({ drawId, state }) => drawId === draw.id && state === 'confirmed').length;
  const members = experts + (representatives.get(draw.id) ?? 0);
  return members % 2 === 1 && members >= LEAST_MEMBERS && 3 * experts >= 2 * members ? 'either' : 'refused';
}

/** Nobody is left to be called: another committee is drawn (重新组建, 财政部令87号 49, 财库〔2016〕198号 17). */
export function isWithoutWay({ seen }: Story, { id, state, terms, orders }: Draw): boolean {
  if (state !== 'calling' || orders === null) return false;
  const calls = (seen?.calls ?? []).filter(({ drawId }) => drawId === id);
  return calls.every((call) => call.state !== 'invited') && nextCalls(terms, orders, calls).length === 0;
}

export async function opensDraw(world: World, story: Story, lot: Lot): Promise<void> {
  const { people, random, civilNow } = world;
  const isLawful = story.leadsOn || random.percent(80);
  const [seats, representatives] = random.of(isLawful ? LAWFUL : UNLAWFUL);
  const clerks = Array.from({ length: representatives }, (_, number) => people.clerk(story.purchaser, number));
  const before = drawOf(story, lot.no);
  const mayBe = STAGES.includes(lot.stage) && (before === undefined || isOver(before) || isWithoutWay(story, before));
  const place = { procurementId: story.id, lotNo: lot.no };
  await world.act(
    story,
    'open draw',
    mayBe && isLawful ? 'accepted' : 'refused',
    (tx) =>
      openDraw(tx, people.runs(story), place, {
        ...{ poolIds: [people.poolId], groups: [{ field: FIELD, seats }], regions: null, complex: false, direct: null },
        representativeIds: clerks.map(({ accountId }) => String(accountId)),
        evaluationAt: Math.max(civilNow, story.seen?.procurement.bidDeadline ?? 0) + 10 * DAY_MS,
        ...{ earlyReasonZh: '评审地点偏远', onePerUnit: true },
        ...{
          commitMinutes: 3 * DAY_MINUTES,
          revealMinutes: 3 * DAY_MINUTES,
          answerMinutes: random.percent(20) ? 60 : 4 * DAY_MINUTES,
        },
      }),
    ({ id }) => story.representatives.set(id, representatives),
  );
}

/** The centre hands its part in first. */
const IN_TURN = ['centre', 'purchaser', 'supervisor'] as const;

const partOf = ({ id }: Draw, party: DrawParty): string => createHash('sha256').update(`${id} ${party}`).digest('hex');

const partyOf = ({ people }: World, story: Story, party: DrawParty): Actor =>
  party === 'purchaser' ? people.runs(story) : party === 'centre' ? CENTRE : SUPERVISOR;

/** A party binds itself to its part of the seed, or hands it in; now and then another one, or twice. */
export async function givesPart(world: World, story: Story, draw: Draw): Promise<void> {
  const { random, civilNow } = world;
  const isCommitting = draw.state === 'committing';
  const left = IN_TURN.filter((each) =>
    isCommitting ? !story.bound.has(`${draw.id} ${each}`) : story.bound.has(`${draw.id} ${each}`),
  );
  const party =
    left.length > 0 && random.percent(85) ? (random.percent(60) ? left[0] : random.of(left)) : random.of(IN_TURN);
  if (party === undefined) return;
  const actor = partyOf(world, story, party);
  const place = `${draw.id} ${party}`;
  if (isCommitting || random.percent(10)) {
    const mayBe = isCommitting && civilNow <= draw.terms.commitUntil && !story.bound.has(place);
    const given = { drawId: draw.id, party, commitment: commitmentOf(draw.id, party, partOf(draw, party)) };
    await world.act(
      story,
      'commit to draw',
      mayBe ? 'accepted' : 'refused',
      (tx) => commitToDraw(tx, actor, given),
      () => story.bound.add(place),
    );
    return;
  }
  const isOther = random.percent(10);
  const part = isOther ? '0'.repeat(64) : partOf(draw, party);
  const mayBe = draw.state === 'revealing' && !isOther && story.bound.has(place) && civilNow <= draw.terms.revealUntil;
  await world.act(
    story,
    'reveal part',
    mayBe ? 'either' : 'refused',
    (tx) => revealPart(tx, actor, { drawId: draw.id, party, part }),
    () => story.bound.delete(place),
  );
}

/** Somebody who was called confirms or declines, in time or not. */
export async function answersCall(world: World, story: Story, draw: Draw): Promise<void> {
  const { random, civilNow } = world;
  const calls = story.seen?.calls.filter(({ drawId }) => drawId === draw.id) ?? [];
  if (calls.length === 0) return;
  const invited = calls.filter(({ state }) => state === 'invited');
  const call = invited.length > 0 && random.percent(75) ? random.of(invited) : random.of(calls);
  const answer = story.leadsOn || random.percent(75) ? 'confirm' : 'decline';
  const isSame = call.state === (answer === 'confirm' ? 'confirmed' : 'declined');
  const mayBe = call.state === 'invited' && civilNow <= call.answerUntil && draw.state === 'calling';
  await world.act(
    story,
    isSame ? 'answer a call again' : `${answer} a call`,
    isSame || mayBe ? 'accepted' : 'refused',
    (tx) => answerCall(tx, UNNAMED_EXPERT, call, { answer, reasonZh: null }),
  );
}

/** A member cannot go on. */
export async function replaces(world: World, story: Story, lot: Lot, draw: Draw): Promise<void> {
  const { random, people } = world;
  const calls = story.seen?.calls.filter(({ drawId }) => drawId === draw.id) ?? [];
  if (calls.length === 0) return;
  const confirmed = calls.filter(({ state }) => state === 'confirmed');
  const call = confirmed.length > 0 && random.percent(60) ? random.of(confirmed) : random.of(calls);
  const ground = { departure: random.of(REPLACEMENT_GROUNDS), reasonZh: '突发疾病' };
  const mayBe = call.state === 'confirmed' && STAGES.includes(lot.stage) && !isOver(draw);
  await world.act(story, 'replace member', mayBe ? 'accepted' : 'refused', (tx) =>
    replaceMember(tx, people.runs(story), call, ground),
  );
}
