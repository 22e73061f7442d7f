import { formCommittee, poolOf, type Panel } from './committee.ts';
import {
  asJudged,
  decide,
  electLeader,
  markAll,
  recomputed,
  signReport,
  stateConflicts,
  type Judging,
  type Seen,
} from './evaluation.ts';
import type { Example } from './example.ts';
import type { Person } from './people.ts';

/** Who plays the lot that is evaluated on the platform. */
interface Evaluated {
  readonly panel: Panel;
  readonly example: Example;
  readonly suppliers: readonly Person[];
  readonly say: (line: string) => void;
}

const LOT = 1;
export const EVALUATION_AT = '2026-04-28T09:00:00+08:00';
/** Seats of experts; with the purchaser's representative the committee has seven. */
const EXPERT_SEATS = 6;

const judgedIn = ({ example }: Evaluated) => {
  const [judged, scheme] = [example.judged?.[LOT], example.schemes?.[LOT]];
  if (!judged || !scheme) throw new Error(`nobody says what is found in lot ${LOT}`);
  return { judged, scheme: scheme as Judging['scheme'] };
};

/** 抽取评标专家. @returns the draw's id */
export async function drawMembers({ panel, say }: Evaluated, lot: string): Promise<string> {
  const poolId = await poolOf(panel.centre, panel.experts);
  const drawId = await formCommittee(panel, lot, { poolId, seats: EXPERT_SEATS, evaluationAt: EVALUATION_AT });
  say('三方承诺并交出随机数，抽取评标专家 / three parties commit and reveal, the experts are drawn');
  return drawId;
}

/** 评标: seven members judge four bids; one of them withdraws and is replaced, one dissents; a price is too low, and two bids are equal. */
export async function playEvaluation(
  cast: Evaluated,
  { lot, drawId, bidIds }: { readonly lot: string; readonly drawId: string; readonly bidIds: readonly string[] },
): Promise<void> {
  const { say, example, panel, suppliers } = cast;
  const { judged, scheme } = judgedIn(cast);
  const conflict = { bidId: String(bidIds[2]), reasonZh: '三年内曾在该单位任职。' };
  const members = await stateConflicts(panel, drawId, lot, conflict);
  if (members.length !== EXPERT_SEATS + 1) throw new Error(`${members.length} members sit`);
  say('一名专家回避，依抽取次序补足；七人独立评审 / one expert withdraws, the next in order comes; seven judge alone');
  await markAll(members, { lot, scheme, bidIds, entry: asJudged(judged) });
  const leader = await electLeader(members, lot);
  const { bid, explanationZh, reasonZh } = judged.low;
  const lowBidId = String(bidIds[bid]);
  await leader.refused('POST', `${lot}/evaluation/report`, 'stage-conflict', { details: [] });
  await leader.ask('POST', `${lot}/evaluation/requests`, 200, { bidId: lowBidId, on: 'low-price', minutes: 60 });
  const bidder = suppliers[example.bids[LOT]?.[bid] ?? 0];
  await bidder?.ask('POST', `${lot}/bids/${lowBidId}/explanation`, 200, { textZh: explanationZh });
  await decide(members, lot, { on: 'low-price', bidId: lowBidId, reasonable: false, reasonZh });
  say('异常低价经书面说明，委员会表决否决 / an abnormally low price is explained in writing, and rejected by vote');
  const { outcome } = (await leader.ask('GET', `${lot}/evaluation`, 200)) as unknown as Seen;
  const totals = bidIds.map((bidId) => outcome?.valid.find((each) => each.bidId === bidId)?.total ?? null);
  if (totals.join() !== judged.totals.join()) throw new Error(`totals are ${totals.join()}`);
  say(
    '两家得分相同，依招标文件报价低者在先 / two bids have the same points; as the documents say, the lower price is first',
  );
  await signReport(members, lot, judged.dissentZh);
  const candidates = outcome?.valid.filter(({ candidate }) => candidate) ?? [];
  const details = candidates.map(({ bidId }) => ({ bidId, ...example.candidate }));
  await leader.ask('POST', `${lot}/evaluation/report`, 200, { details });
  say('一人保留意见；评标报告由评分生成 / one dissents; the report is made from the marks');
}

/** Each bidder recomputes its own score sheet. */
export async function recomputeAll(cast: Evaluated, lot: string): Promise<void> {
  for (const [place, index] of (cast.example.bids[LOT] ?? []).entries()) {
    const { faults, sheet } = await recomputed(cast.suppliers[index] as Person, lot);
    const total = sheet.rejected ? null : (sheet.score?.total ?? null);
    if (faults.length > 0 || total !== judgedIn(cast).judged.totals[place]) {
      throw new Error(`the score sheet of bid ${place} does not add up: ${faults.join()}; ${String(total)}`);
    }
  }
  cast.say('投标人各自核算得分说明，全部相符 / each bidder recomputes its score sheet, and all add up');
}
