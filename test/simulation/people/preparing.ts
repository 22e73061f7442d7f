import type { Tx } from '../../../db/access/database.ts';
import type { Actor } from '../../../db/audit.ts';
import { preparedActById } from '../../../db/tender/prepared-acts.ts';
import { decideAward } from '../../../services/awards/award.ts';
import { confirmAct, withPreparer } from '../../../services/prepared-acts/confirm.ts';
import { prepareAct, type Preparation } from '../../../services/prepared-acts/prepare.ts';
import { withdrawPreparedAct } from '../../../services/prepared-acts/withdraw.ts';
import { amendDocuments } from '../../../services/procurements/amend.ts';
import type { World } from '../world.ts';
import { isOpen } from './bidding.ts';
import { decisionsOf } from './decided.ts';
import { CLERKS } from './people.ts';
import { made, type Prepared, type Story } from './story.ts';

const AMENDMENT = {
  textZh: '采购人的联系电话有误，请以招标公告为准。',
  affectsBids: false,
  bidDeadline: null,
  documentIds: [],
};

const waits = ({ state, lapsesAt }: Prepared, at: number): boolean => state === 'waiting' && at < lapsesAt;

/** One of the people of a tender prepares an act: an amendment while bids are taken, else an award. */
export async function prepares(world: World, story: Story, lotNo: number): Promise<void> {
  const { people, random } = world;
  const act = isOpen(story, world.civilNow) ? 'amendment' : 'award';
  const by = random.between(0, CLERKS.length - 1);
  const actor = people.clerk(story.purchaser, by);
  const address = `/api/procurements/${story.id}`;
  const path = act === 'amendment' ? `${address}/amendments` : `${address}/lots/${lotNo}/award`;
  const params = { id: story.id, ...(act === 'award' && { no: String(lotNo) }) };
  const preparation: Preparation = {
    ...{ act, procurementId: story.id, path, params },
    request: act === 'amendment' ? AMENDMENT : await firstOf(world, story, lotNo),
    confirmingId: actor.organisationId ?? '',
  };
  const isWaiting = story.prepared.some((each) => each.path === path && waits(each, world.civilNow));
  await world.act(
    story,
    `prepare ${act}`,
    isWaiting ? 'refused' : 'accepted',
    (tx) => prepareAct(tx, actor, preparation),
    ({ id, lapsesAt }) => story.prepared.push({ ...{ id, act, by, path, lapsesAt }, lotNo, state: 'waiting' }),
  );
}

async function firstOf({ db }: World, story: Story, lotNo: number) {
  const report = await decisionsOf(db, story.id, lotNo, 'report');
  const first = report?.payload.candidates.find(({ rank }) => rank === 1);
  return { bidId: first?.bidId ?? 'nobody', ground: null, reasonZh: null };
}

const chosen = ({ random, civilNow }: World, { prepared }: Story): Prepared | undefined => {
  const waiting = prepared.filter((each) => waits(each, civilNow));
  if (prepared.length === 0) return undefined;
  return waiting.length > 0 && random.percent(85) ? random.of(waiting) : random.of(prepared);
};

const ACTION_OF = { amendment: 'procurement.amend', award: 'award.decide' } as const;

/** Somebody confirms what was prepared: a second person, or somebody who is none. */
export async function confirms(world: World, story: Story): Promise<void> {
  const { people, random } = world;
  const prepared = chosen(world, story);
  if (!prepared) return;
  const isElsewhere = random.percent(8);
  const number = random.between(0, CLERKS.length - 1);
  const actor = people.clerk(isElsewhere ? (story.purchaser + 1) % people.purchasers.length : story.purchaser, number);
  const isSecond = !isElsewhere && CLERKS[number] !== CLERKS[prepared.by];
  const mayBe = isSecond && waits(prepared, world.civilNow);
  await world.act(
    story,
    `confirm ${prepared.act}`,
    // Whether the act itself is lawful now is judged where nobody prepares it.
    mayBe ? 'either' : 'refused',
    (tx) =>
      confirmAct(tx, actor, prepared.id, ACTION_OF[prepared.act], () => carriedOut(tx, actor, prepared, story.id)),
    () => {
      prepared.state = 'confirmed';
      if (prepared.act === 'amendment') made(story, 'amendment');
    },
  );
}

async function carriedOut(tx: Tx, actor: Actor, { id, act, lotNo }: Prepared, procurementId: string) {
  const stored = await preparedActById(tx.q, id);
  const both = withPreparer(actor, stored);
  const decision =
    act === 'amendment'
      ? await amendDocuments(tx, both, procurementId, stored.request as typeof AMENDMENT)
      : await decideAward(tx, both, { procurementId, lotNo }, stored.request as Parameters<typeof decideAward>[3]);
  return { decisionId: decision.id };
}

export async function sendsBack(world: World, story: Story): Promise<void> {
  const { people, random } = world;
  const prepared = chosen(world, story);
  if (!prepared) return;
  const actor = people.clerk(story.purchaser, random.between(0, CLERKS.length - 1));
  await world.act(
    story,
    'send back',
    waits(prepared, world.civilNow) ? 'accepted' : 'refused',
    (tx) => withdrawPreparedAct(tx, actor, prepared.id, '金额有误。'),
    () => {
      prepared.state = 'withdrawn';
    },
  );
}
