import { DAY_MS } from '../../../domain/civil-time.ts';
import { FINAL_LOT_STAGES } from '../../../domain/stages.ts';
import type { World } from '../world.ts';
import { amends, answers, asks, bids, bidsAtOnce, isOpen, obtains, withdraws } from './bidding.ts';
import { corrects } from './correcting.ts';
import { awards, performs, publishes, reports, retenders, signs, terminates } from './deciding.ts';
import { holdsDeposits, pays, refunds } from './deposits.ts';
import { objectsToDocuments, objectsToResult, replies } from './grieving.ts';
import { confirms, prepares, sendsBack } from './preparing.ts';
import { answersCall, drawOf, givesPart, isWithoutWay, opensDraw, replaces } from './drawing.ts';
import type { Story } from './story.ts';

type Act = (world: World, story: Story) => Promise<void>;
type Lot = NonNullable<Story['seen']>['lots'][number];
type Draw = NonNullable<Story['seen']>['draws'][number];
type Weighed = readonly [weight: number, act: Act];

const HOUR = 3_600_000;
/** Nobody waits for the end of an archive. */
const SOON = 60 * DAY_MS;

const ofLot =
  (act: (world: World, story: Story, lot: Lot) => Promise<void>, lot: Lot): Act =>
  (world, story) =>
    act(world, story, lot);

/** What the people of a tender may think of, whether it is the time for it or not. */
function everything(world: World, story: Story): Weighed[] {
  const lot = world.random.of(story.seen?.lots ?? []);
  return [
    [3, (w, s) => bids(w, s)],
    [1, withdraws],
    [1, amends],
    [1, asks],
    [1, answers],
    [1, terminates],
    [1, objectsToDocuments],
    [1, (w, s) => objectsToResult(w, s, lot.no)],
    [1, replies],
    [1, ofLot(reports, lot)],
    [1, ofLot(awards, lot)],
    [1, ofLot(signs, lot)],
    [1, ofLot(publishes, lot)],
    [1, ofLot(retenders, lot)],
    [1, (w, s) => performs(w, s, w.random.percent(20) ? 0 : lot.no)],
    [1, refunds],
    [1, corrects],
    [1, (w, s) => prepares(w, s, lot.no)],
    [1, confirms],
    [1, sendsBack],
    [1, ofLot(opensDraw, lot)],
    [2, ofDraw(lot)],
  ];
}

/** Of the draw of a lot’s committee, whatever its state. */
const ofDraw =
  (lot: Lot): Act =>
  async (world, story) => {
    const draw = drawOf(story, lot.no);
    if (!draw) return;
    const acts: Weighed[] = [
      [draw.state === 'calling' ? 12 : 1, (w, s) => answersCall(w, s, draw)],
      [draw.state === 'committing' || draw.state === 'revealing' ? 12 : 1, (w, s) => givesPart(w, s, draw)],
      [4, (w, s) => replaces(w, s, lot, draw)],
    ];
    await world.random.weighed(acts)(world, story);
  };

/** Somebody of a draw is waited for. */
const isUnderWay = ({ seen }: Story, { id, state }: Draw): boolean =>
  state === 'committing' ||
  state === 'revealing' ||
  (state === 'calling' && (seen?.calls ?? []).some((call) => call.drawId === id && call.state === 'invited'));

/** What is done where a tender is. */
function fitting(story: Story): Weighed[] {
  const { procurement, lots, grievances } = story.seen ?? { lots: [], grievances: [] };
  const open = grievances.some(({ state }) => state !== 'replied');
  const acts: Weighed[] = open ? [[6, replies]] : [];
  if (holdsDeposits(story) && procurement?.stage !== 'bidding') acts.push([4, refunds]);
  if (procurement?.stage === 'bidding') {
    acts.push([10, (w, s) => bids(w, s)], [2, bidsAtOnce], [2, withdraws], [3, obtains], [1, asks], [2, answers]);
    acts.push([1, amends], [0.3, terminates], [1.5, objectsToDocuments], [2, pays]);
    acts.push([1, (w, s) => prepares(w, s, 0)], [0.5, corrects]);
  }
  if (story.prepared.some(({ state }) => state === 'waiting')) acts.push([2, confirms], [0.3, sendsBack]);
  if (procurement?.stage === 'terminated') acts.push([5, (w, s) => performs(w, s, 0)]);
  for (const lot of lots) {
    acts.push(...fittingLot(lot));
    const draw = drawOf(story, lot.no);
    if (draw && isUnderWay(story, draw)) acts.push([30, ofDraw(lot)]);
    else if (procurement?.stage === 'bidding') acts.push([0.5, ofLot(opensDraw, lot)]);
    else if (draw && isWithoutWay(story, draw)) acts.push([8, ofLot(opensDraw, lot)]);
  }
  return acts;
}

function fittingLot(lot: Lot): Weighed[] {
  const objects: Act = (world, story) => objectsToResult(world, story, lot.no);
  switch (lot.stage) {
    case 'evaluation':
      return [
        [8, ofLot(reports, lot)],
        [0.2, terminates],
      ];
    case 'publicity':
      return [
        [2, objects],
        [2, ofLot(awards, lot)],
        [0.5, corrects],
      ];
    case 'award':
      return [
        [5, ofLot(awards, lot)],
        [2, (world, story) => prepares(world, story, lot.no)],
        [1, objects],
        [0.3, corrects],
      ];
    case 'contract':
      return [
        [5, ofLot(signs, lot)],
        [2, objects],
        [1, (w, s) => performs(w, s, lot.no)],
      ];
    case 'performance':
      return [
        [6, (w, s) => performs(w, s, lot.no)],
        [4, ofLot(publishes, lot)],
        [0.5, corrects],
        [0.5, objects],
      ];
    case 'failed':
      return [[0.3, ofLot(retenders, lot)]];
    default:
      return [];
  }
}

/** Nothing can happen to it any more. */
export function hasEnded({ seen }: Story): boolean {
  if (!seen) return false;
  const { stage } = seen.procurement;
  if (stage === 'terminated') return !seen.milestones.some(({ lotNo, state }) => lotNo === 0 && state === 'planned');
  return stage === 'concluded' && seen.lots.every((lot) => FINAL_LOT_STAGES.includes(lot.stage));
}

/** When its people act next: at any time, but often just before, at, or just after an instant of the law. */
function pause(world: World, story: Story): number {
  const { random } = world;
  const now = world.clocks.now;
  // A draw has its people’s attention.
  if (story.seen?.draws.some((draw) => isUnderWay(story, draw)) && random.percent(85))
    return random.between(1, 8 * HOUR);
  const bidding = isOpen(story, world.civilNow);
  const coming = (story.seen?.milestones ?? []).flatMap(({ dueAt, state }) =>
    dueAt !== null && dueAt > now && dueAt < now + SOON && (state === 'planned' || state === 'window') ? [dueAt] : [],
  );
  if (coming.length > 0 && random.percent(bidding ? 35 : 20)) {
    const soonest = Math.min(...coming);
    const instant = random.percent(60) ? soonest : random.of(coming);
    const near = random.of([-1000, -2, -1, 0, 1, 2, 1000, 60_000]) - world.clocks.ahead.database;
    return Math.max(1, instant + near - now);
  }
  if (random.percent(6)) return random.between(5, 40) * DAY_MS;
  return random.between(1, bidding ? 5 * DAY_MS : 2 * DAY_MS) + random.between(0, HOUR);
}

/** The people of a tender go on, one act after the other, until it has ended. */
export function goesOn(world: World, story: Story): void {
  if (story.isOver) return;
  const { random } = world;
  world.after(pause(world, story), story.name, async () => {
    if (hasEnded(story)) {
      story.isOver = true;
      // Whoever still tries is refused.
      await random.weighed(everything(world, story))(world, story);
      return;
    }
    const fit = fitting(story);
    const anything = fit.length === 0 || (!story.leadsOn && random.percent(12));
    if (!anything || !story.leadsOn) await random.weighed(anything ? everything(world, story) : fit)(world, story);
    goesOn(world, story);
  });
}
