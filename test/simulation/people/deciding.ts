import type { Tx } from '../../../db/access/database.ts';
import type { Actor } from '../../../db/audit.ts';
import type { StoredBlob } from '../../../db/files/blobs.ts';
import { addDocument } from '../../../services/documents/add.ts';
import { fileOf } from '../../setup/tenders/tender.ts';
import { decisionsOf } from './decided.ts';
import {
  DUTY_KEYS,
  TERMINATION_GROUNDS,
  type AwardGround,
  type DutyKey,
  type ReportPayload,
} from '../../../domain/decisions.ts';
import type { LotStage } from '../../../domain/stages.ts';
import { decideAward } from '../../../services/awards/award.ts';
import { performDuty, publishContract } from '../../../services/contracts/duties.ts';
import { signContract } from '../../../services/contracts/sign.ts';
import { deliverReport } from '../../../services/evaluation/report.ts';
import { draftRetender } from '../../../services/procurements/retender.ts';
import { terminateProcurement } from '../../../services/procurements/terminate.ts';
import { candidateTold } from '../../setup/tenders/particulars.ts';
import type { Expected, World } from '../world.ts';
import { holdsDeposits } from './deposits.ts';
import { drawOf, reportOfDrawn } from './drawing.ts';
import { isQuiet } from './quiet.ts';
import { made, type Story } from './story.ts';

type Lot = NonNullable<Story['seen']>['lots'][number];

/** What is expected of an act that belongs to a stage of a lot; while something is due by itself, nobody knows. */
function at(world: World, story: Story, lot: Lot, stages: readonly LotStage[], isLawful = true): Expected {
  if (!isQuiet(story, world.civilNow)) return 'either';
  return stages.includes(lot.stage) && isLawful ? 'accepted' : 'refused';
}

/** The document that an act names, uploaded with it. */
async function uploaded(
  tx: Tx,
  actor: Actor,
  procurementId: string,
  kind: 'report' | 'contract',
  file: StoredBlob,
): Promise<string> {
  const document = { procurementId, kind, name: `${kind}.pdf`, mediaType: 'application/pdf', file };
  return (await addDocument(tx, actor, document)).id;
}

const COMMITTEE = [
  ...[...'甲乙丙丁戊己'].map((n) => ({ name: `专家${n}`, kind: 'expert' as const })),
  { name: '采购人代表', kind: 'purchaser' as const },
];

/** Within the ceiling that the drafts name. */
const CEILING = 350_000_000;
const ABOVE_EVERYTHING = 9_999_999_999_99;
const asRejected = ({ bidId }: { readonly bidId: string }) => ({ bidId, ground: 1, reasonZh: '未实质性响应招标文件' });

/** What is wrong with a report. */
const DEFECTS: readonly ((report: ReportPayload) => Partial<ReportPayload>)[] = [
  ({ committee }) => ({ committee: committee.slice(0, 4) }),
  ({ committee }) => ({ committee: committee.map((each) => ({ ...each, kind: 'purchaser' as const })) }),
  ({ candidates }) => ({ candidates: candidates.map((each) => ({ ...each, rank: each.rank + 1 })) }),
  ({ candidates }) => ({ candidates: candidates.map((each) => ({ ...each, bidId: '0190-nobody' })) }),
  ({ candidates }) => ({ candidates: candidates.map((each) => ({ ...each, priceFen: ABOVE_EVERYTHING })) }),
  ({ candidates }) => ({ candidates: candidates.slice(1) }),
  ({ committee }) => ({ committee: committee.map((each) => ({ ...each, name: '张三' })) }),
  ({ rejected, candidates }) => ({ rejected: [...rejected, ...candidates.map(asRejected)] }),
  ({ evaluationEndedAt }) => ({ evaluationEndedAt: evaluationEndedAt - 400 * 86_400_000 }),
];

export async function reports(world: World, story: Story, lot: Lot): Promise<void> {
  const { people, random } = world;
  const opened = story.seen?.openings.find(({ lotNo }) => lotNo === lot.no)?.entries ?? [];
  const openedAt = story.seen?.procurement.openedAt ?? world.civilNow;
  const out =
    !story.leadsOn && random.percent(20) ? random.shuffled(opened).slice(0, random.between(1, opened.length || 1)) : [];
  const conforming = opened.filter((each) => !out.includes(each));
  // Of a committee that was drawn here nobody types the members.
  const draw = drawOf(story, lot.no);
  const isDrawn = draw !== undefined && draw.formedAt !== null;
  const mayReport = isDrawn ? reportOfDrawn(story, draw) : 'accepted';
  const isScored = story.definition.evaluation.methods.includes('comprehensive');
  const valued = conforming.map(({ bidId, unsealed }, index) => ({
    bidId,
    priceFen: unsealed?.priceFen ?? Math.min(Math.floor(lot.budgetFen * 0.9), CEILING) + index,
    score: isScored ? 90 - index : null,
  }));
  const report: ReportPayload = {
    evaluationEndedAt: random.between(Math.min(openedAt, world.civilNow), world.civilNow),
    committee: isDrawn ? [] : COMMITTEE.map((each) => ({ ...each })),
    candidates: valued.slice(0, 3).map((bid, index) => ({ ...candidateTold(), ...bid, rank: index + 1 })),
    others: valued.slice(3),
    rejected: out.map(asRejected),
    competition: random.percent(80) ? 'sufficient' : 'insufficient',
    documentId: null,
  };
  const isDefective = !isDrawn && !story.leadsOn && random.percent(25);
  // One that fails its lot need not be complete in every other respect.
  const defect = isDefective ? random.of(DEFECTS)(report) : {};
  const expected =
    mayReport !== 'refused' && ((out.length > 0 && !isDefective) || mayReport === 'either')
      ? 'either'
      : at(world, story, lot, ['evaluation'], !isDefective && opened.length > 0 && mayReport === 'accepted');
  const place = { procurementId: story.id, lotNo: lot.no };
  const file = await fileOf(world.db, '评标报告');
  await world.act(
    story,
    isDefective ? 'report with a defect' : 'report',
    isDefective && out.length > 0 ? 'either' : expected,
    async (tx) => {
      const documentId = await uploaded(tx, people.runs(story), story.id, 'report', file);
      return deliverReport(tx, people.runs(story), place, { ...report, documentId, ...defect });
    },
    ({ payload }) => {
      const few = payload.candidates.length + payload.others.length < 3;
      const isStopped =
        payload.candidates.length === 0 ||
        (few && story.definition.rules.minConforming !== undefined) ||
        (few && story.definition.rules.fewConforming !== undefined && payload.competition === 'insufficient');
      if (story.definition.rules.publicity && !isStopped) made(story, `candidates/${lot.no}`);
    },
  );
}

export async function awards(world: World, story: Story, lot: Lot): Promise<void> {
  const { people, random } = world;
  const report = await decisionsOf(world.db, story.id, lot.no, 'report');
  const candidates = report?.payload.candidates ?? [];
  const first = candidates.find(({ rank }) => rank === 1);
  const chosen = story.leadsOn || random.percent(70) || candidates.length === 0 ? first : random.of(candidates);
  const ground: AwardGround | null = chosen !== first && random.percent(50) ? 'declined' : null;
  // 依次: of the second nothing is said.
  const isNext = chosen?.rank === 2;
  const lawfulGround = isNext && ground !== null && story.definition.otherThanFirst.includes(ground);
  const isLawful = chosen !== undefined && (chosen.rank === 1 || lawfulGround);
  const choice = { bidId: chosen?.bidId ?? 'nobody', ground, reasonZh: ground === null ? null : '第一名放弃' };
  await world.act(story, isLawful ? 'award' : 'award of another', at(world, story, lot, ['award'], isLawful), (tx) =>
    decideAward(tx, people.runs(story), { procurementId: story.id, lotNo: lot.no }, choice),
  );
}

export async function signs(world: World, story: Story, lot: Lot): Promise<void> {
  const { people, random } = world;
  const report = await decisionsOf(world.db, story.id, lot.no, 'report');
  const price = report?.payload.candidates.find(({ bidId }) => bidId === lot.winnerBidId)?.priceFen ?? 1;
  const defect = story.leadsOn || random.percent(75) ? null : random.of(['price', 'early', 'later'] as const);
  const now = world.civilNow;
  const awardedAt = lot.awardedAt ?? now;
  const signedAt = defect === 'early' ? awardedAt - 1 : defect === 'later' ? now + 60_000 : now;
  const suspended = story.seen?.suspensions.some(
    ({ lotNo, milestone, until }) => lotNo === lot.no && milestone === 'contract' && until === null,
  );
  const contract = { amountFen: defect === 'price' ? price + 1 : price, signedAt, documentId: null };
  await world.act(
    story,
    defect ? `contract, ${defect}` : 'contract',
    at(world, story, lot, ['contract'], defect === null && !suspended),
    (tx) => signContract(tx, people.runs(story), { procurementId: story.id, lotNo: lot.no }, contract),
  );
}

const isDuty = (key: string): key is DutyKey => (DUTY_KEYS as readonly string[]).includes(key);

/** One of the duties of a lot, or (lot 0) of a terminated tender. */
export async function performs(world: World, story: Story, lotNo: number): Promise<void> {
  const { people, random } = world;
  const planned = (story.seen?.milestones ?? []).filter((each) => each.lotNo === lotNo && each.state === 'planned');
  const keys = planned.flatMap(({ key }) => (isDuty(key) ? [key] : []));
  const key = keys.length > 0 && (story.leadsOn || random.percent(85)) ? random.of(keys) : random.of(DUTY_KEYS);
  const isPlanned = keys.includes(key);
  const place = { procurementId: story.id, lotNo };
  const isStage =
    lotNo === 0
      ? story.seen?.procurement.stage === 'terminated'
      : ['contract', 'performance'].includes(story.seen?.lots.find(({ no }) => no === lotNo)?.stage ?? '');
  // Not while a deposit is held that it is about.
  const isUnsure = !isQuiet(story, world.civilNow) || (holdsDeposits(story) && key.startsWith('deposits'));
  const expected = isUnsure ? 'either' : isPlanned && isStage ? 'accepted' : 'refused';
  await world.act(story, `duty ${key}`, expected, (tx) =>
    performDuty(tx, people.runs(story), place, { key, noteZh: null }),
  );
}

export async function publishes(world: World, story: Story, lot: Lot): Promise<void> {
  const { people } = world;
  const due = story.seen?.milestones.find((each) => each.lotNo === lot.no && each.key === 'contract-publication');
  const file = await fileOf(world.db, '合同');
  await world.act(
    story,
    'publish contract',
    at(world, story, lot, ['performance'], due?.state === 'planned'),
    async (tx) => {
      const documentId = await uploaded(tx, people.runs(story), story.id, 'contract', file);
      const place = { procurementId: story.id, lotNo: lot.no };
      return publishContract(tx, people.runs(story), place, { textZh: '合同公告', documentId });
    },
    () => made(story, `contract/${lot.no}`),
  );
}

export async function terminates(world: World, story: Story): Promise<void> {
  const { people, random } = world;
  const ground = random.of(TERMINATION_GROUNDS);
  const stages = story.definition.acts.terminate.procurement ?? [];
  const { stage } = story.seen?.procurement ?? {};
  const isAwarded = story.seen?.lots.some((lot) => ['contract', 'performance', 'archived'].includes(lot.stage));
  const { grounds, disputed = [] } = story.definition.termination;
  const isLawful =
    stage !== undefined && stages.includes(stage) && [...grounds, ...disputed].includes(ground) && !isAwarded;
  await world.act(
    story,
    'terminate',
    !isQuiet(story, world.civilNow) ? 'either' : isLawful ? 'accepted' : 'refused',
    (tx) => terminateProcurement(tx, people.runs(story), story.id, { ground, reasonZh: '因不可抗力' }),
  );
}

export async function retenders(world: World, story: Story, lot: Lot): Promise<void> {
  const { people } = world;
  const noticeAt = world.civilNow + 86_400_000;
  await world.act(story, 'draft again', at(world, story, lot, ['failed']), (tx) =>
    draftRetender(tx, people.runs(story), { procurementId: story.id, lotNo: lot.no, noticeAt }),
  );
}
