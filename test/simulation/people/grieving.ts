import { GRIEVANCE_EFFECTS } from '../../../domain/decisions.ts';
import { fileGrievance } from '../../../services/grievances/file.ts';
import { replyToGrievance } from '../../../services/grievances/reply.ts';
import type { Expected, World } from '../world.ts';
import { bidderOf, isOpen } from './bidding.ts';
import { isQuiet } from './quiet.ts';
import type { Story } from './story.ts';

const TEXT = '招标文件第三章的资质要求与项目不相适应。';

export async function objectsToDocuments(world: World, story: Story): Promise<void> {
  const { people, random } = world;
  const supplier =
    random.percent(80) && story.obtained.size > 0 ? random.of([...story.obtained]) : bidderOf(world, story);
  const mayFile = story.obtained.has(supplier) && (story.invited?.includes(supplier) ?? true);
  const { stages } = story.definition.grievances.documents;
  const stage = story.seen?.procurement.stage ?? 'draft';
  const until = story.seen?.milestones.find(({ key }) => key === 'objection-documents-end')?.dueAt ?? 0;
  const inTime = isOpen(story, world.civilNow) && world.civilNow <= until;
  let expected: Expected = 'either';
  if (!mayFile || (isQuiet(story, world.civilNow) && !stages.includes(stage))) expected = 'refused';
  else if (inTime) expected = 'accepted';
  await world.act(story, 'object to the documents', expected, (tx) =>
    fileGrievance(tx, people.supplies(supplier), {
      ...{ procurementId: story.id, lotNo: 0, target: 'documents', textZh: TEXT },
      organisationId: people.suppliers[supplier]?.id ?? '',
    }),
  );
}

export async function objectsToResult(world: World, story: Story, lotNo: number): Promise<void> {
  const { people, random } = world;
  const bidders = [...story.receipts.values()].filter((each) => each.lotNo === lotNo).map(({ supplier }) => supplier);
  const supplier = random.percent(85) && bidders.length > 0 ? random.of(bidders) : bidderOf(world, story);
  const key = story.definition.grievances.result.window;
  const window = story.seen?.milestones.find((each) => each.lotNo === lotNo && each.key === key);
  const isOver = window === undefined || window.state === 'cancelled';
  const expected = !bidders.includes(supplier) || (isOver && isQuiet(story, world.civilNow)) ? 'refused' : 'either';
  await world.act(story, 'object to the result', expected, (tx) =>
    fileGrievance(tx, people.supplies(supplier), {
      ...{ procurementId: story.id, lotNo, target: 'result', textZh: TEXT },
      organisationId: people.suppliers[supplier]?.id ?? '',
    }),
  );
}

export async function replies(world: World, story: Story): Promise<void> {
  const { people, random } = world;
  const filed = story.seen?.grievances ?? [];
  if (filed.length === 0) return;
  const open = filed.filter(({ state }) => state !== 'replied');
  const grievance = open.length > 0 && (story.leadsOn || random.percent(90)) ? random.of(open) : random.of(filed);
  const outcome = story.leadsOn
    ? 'rejected'
    : random.weighed([
        [6, 'rejected'],
        [4, 'upheld'],
      ] as const);
  const effect = story.leadsOn || random.percent(60) ? 'none' : random.of(GRIEVANCE_EFFECTS);
  const isPossible = effect === 'none' || (outcome === 'upheld' && grievance.lotNo !== 0);
  const isOpenYet = grievance.state !== 'replied';
  const expected = !isOpenYet || !isPossible ? 'refused' : effect === 'none' ? 'accepted' : 'either';
  await world.act(story, `reply ${outcome} ${effect}`, expected, (tx) =>
    replyToGrievance(tx, people.runs(story), grievance.id, {
      ...{ outcome, effect, textZh: '答复如下。' },
      ...{ factsZh: '评审记录', lawZh: '采购文件' },
    }),
  );
}
