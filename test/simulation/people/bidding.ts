import type { Bid } from '../../../db/bids.ts';
import { DAY_MS } from '../../../domain/civil-time.ts';
import { submitBid } from '../../../services/bids/submit.ts';
import { withdrawBid } from '../../../services/bids/withdraw.ts';
import { recordObtained } from '../../../services/documents/obtain.ts';
import { amendDocuments } from '../../../services/procurements/amend.ts';
import { answerQuestion } from '../../../services/questions/answer.ts';
import { askQuestion } from '../../../services/questions/ask.ts';
import { Broken } from '../invariants/judge.ts';
import type { Expected, Outcome, World } from '../world.ts';
import { fileOf } from './files.ts';
import { made, placeOf, type Story } from './story.ts';

/** The deadline's own clock does not run. */
export const isSuspended = ({ seen }: Story): boolean =>
  seen?.suspensions.some((each) => each.lotNo === 0 && each.milestone === 'bid-deadline' && each.until === null) ??
  false;

/** Whether bids are taken at an instant: the first invariant of all. */
export function isOpen(story: Story, at: number): boolean {
  const { procurement } = story.seen ?? {};
  if (procurement?.stage !== 'bidding' || procurement.bidDeadline === null) return false;
  return isSuspended(story) || at < procurement.bidDeadline;
}

const lawful = (is: boolean): Expected => (is ? 'accepted' : 'refused');
const isInvited = ({ invited }: Story, supplier: number): boolean => invited === null || invited.includes(supplier);

/** Anybody who bids; mostly those who may. */
export function bidderOf(world: World, story: Story): number {
  const { random, people } = world;
  const anybody = random.between(0, people.suppliers.length - 1);
  return story.invited && !random.percent(10) ? random.of(story.invited) : anybody;
}

const lotOf = (world: World, story: Story): number => world.random.of(story.seen?.lots ?? []).no;

export async function bids(world: World, story: Story, lotNo = lotOf(world, story), supplier = bidderOf(world, story)) {
  const { db, people, clocks } = world;
  const file = await fileOf(db, `bid of ${supplier} for ${story.id}/${lotNo} at ${clocks.now}`);
  const place = placeOf(lotNo, supplier);
  const again = story.offered.has(place) && !story.definition.offers.replaceable;
  const at = world.civilNow;
  const expected = lawful(isOpen(story, at) && isInvited(story, supplier) && !again);
  const bidder = { procurementId: story.id, lotNo, supplierId: people.suppliers[supplier]?.id ?? '' };
  const outcome = await world.act(
    story,
    'bid',
    expected,
    (tx) => submitBid(tx, people.supplies(supplier), { ...bidder, file }),
    ({ id, sha256, size, receivedAt }) => {
      story.receipts.set(id, { bidId: id, lotNo, supplier, sha256, size, receivedAt });
      story.standing.set(place, id);
      story.offered.add(place);
    },
  );
  assertInTime(story, outcome, at);
}

/** Whatever else is wrong, lateness is told where it is late and only there. */
function assertInTime(story: Story, outcome: Outcome<unknown>, at: number): void {
  if (outcome.accepted || outcome.refusal.code !== 'bid-late') return;
  const { bidDeadline } = story.seen?.procurement ?? {};
  if (typeof bidDeadline === 'number' && at >= bidDeadline) return;
  throw new Broken('no bid on time is lost, none that is late is in', `${story.name}: refused as late at ${at}`);
}

/** Several at once, as over a deadline: they are committed together. */
export async function bidsAtOnce(world: World, story: Story): Promise<void> {
  const { db, people, random } = world;
  const lotNo = lotOf(world, story);
  const suppliers = random.shuffled([...people.suppliers.keys()]).slice(0, random.between(2, 5));
  const at = world.civilNow;
  const together = [];
  for (const supplier of suppliers) {
    const file = await fileOf(db, `bid at once of ${supplier} for ${story.id}/${lotNo} at ${at}`);
    together.push({ supplier, file, place: placeOf(lotNo, supplier) });
  }
  await world.actTogether<Bid>(
    story,
    'bid at once',
    together.map(({ supplier, file, place }) => ({
      expected: lawful(
        isOpen(story, at) &&
          isInvited(story, supplier) &&
          !(story.offered.has(place) && !story.definition.offers.replaceable),
      ),
      work: (tx) => {
        const supplierId = people.suppliers[supplier]?.id ?? '';
        return submitBid(tx, people.supplies(supplier), { procurementId: story.id, lotNo, supplierId, file });
      },
      accepted: ({ id, sha256, size, receivedAt }) => {
        story.receipts.set(id, { bidId: id, lotNo, supplier, sha256, size, receivedAt });
        story.standing.set(place, id);
        story.offered.add(place);
      },
    })),
  );
}

export async function withdraws(world: World, story: Story): Promise<void> {
  const { people, random } = world;
  const [place] = random.shuffled([...story.standing.keys()]);
  const [lotNo, supplier] = place?.split('/').map(Number) ?? [1, 0];
  const at = { procurementId: story.id, lotNo: lotNo ?? 1, supplierId: people.suppliers[supplier ?? 0]?.id ?? '' };
  await world.act(
    story,
    'withdraw',
    lawful(isOpen(story, world.civilNow) && place !== undefined),
    (tx) => withdrawBid(tx, people.supplies(supplier ?? 0), at),
    () => story.standing.delete(String(place)),
  );
}

export async function obtains(world: World, story: Story): Promise<void> {
  const supplier = bidderOf(world, story);
  if (!isInvited(story, supplier) || !isOpen(story, world.civilNow)) return;
  const { people } = world;
  await world.act(
    story,
    'obtain',
    'accepted',
    (tx) => recordObtained(tx, people.supplies(supplier), story.id, people.suppliers[supplier]?.id ?? ''),
    () => story.obtained.add(supplier),
  );
}

export async function asks(world: World, story: Story): Promise<void> {
  const { people } = world;
  const supplier = bidderOf(world, story);
  await world.act(
    story,
    'ask',
    lawful(isOpen(story, world.civilNow) && isInvited(story, supplier)),
    (tx) =>
      askQuestion(tx, people.supplies(supplier), {
        procurementId: story.id,
        organisationId: people.suppliers[supplier]?.id ?? '',
        textZh: '请问工期如何计算？',
      }),
    ({ id }) => story.questions.push({ id, answered: false }),
  );
}

export async function answers(world: World, story: Story): Promise<void> {
  const { people, random } = world;
  if (story.questions.length === 0) return;
  const question = random.of(story.questions);
  await world.act(
    story,
    'answer',
    lawful(isOpen(story, world.civilNow) && !question.answered),
    (tx) =>
      answerQuestion(tx, people.runs(story), {
        procurementId: story.id,
        questionId: question.id,
        answerZh: '自合同生效之日起计算。',
        affectsBids: false,
      }),
    () => {
      question.answered = true;
      made(story, 'clarification');
    },
  );
}

export async function amends(world: World, story: Story): Promise<void> {
  const { people, random } = world;
  const deadline = story.seen?.procurement.bidDeadline ?? world.civilNow;
  const moved = random.weighed<number | null>([
    [4, null],
    [3, deadline + random.between(1, 30) * DAY_MS],
    [1, deadline - random.between(1, 5 * DAY_MS)],
    [1, deadline + random.between(1, 1000)],
  ]);
  const affectsBids = random.percent(40);
  // While its clock is suspended, the deadline that was stated may have passed.
  const isLater = moved === null || (moved >= deadline && moved > world.civilNow);
  const isLawful = isOpen(story, world.civilNow) && isLater;
  // What affects the bids needs so much time as the rulebook says.
  const expected = isLawful && affectsBids ? 'either' : lawful(isLawful);
  await world.act(
    story,
    'amend',
    expected,
    (tx) =>
      amendDocuments(tx, people.runs(story), story.id, {
        textZh: '工程量清单第三项修改。',
        affectsBids,
        bidDeadline: moved,
        documentIds: [],
      }),
    () => made(story, 'amendment'),
  );
}
