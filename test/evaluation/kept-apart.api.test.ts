import { Readable } from 'node:stream';
import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { auditAfter } from '../../db/audit.ts';
import { bidParts, experts as expertRows, unsealings } from '../../db/schema/sqlite.ts';
import { replaceMember } from '../../services/committees/replace.ts';
import { startTestApi, type Answered, type Member, type TestApi } from '../setup/api.ts';
import { CENTRE } from '../setup/tenders/committees.ts';
import {
  clear,
  electLeader,
  evaluating,
  evaluationNow,
  markPart,
  seated,
  worksScheme,
  type Evaluated,
} from '../setup/tenders/evaluations.ts';
import { peopleOf } from '../setup/tenders/played.ts';
import { handClock } from '../setup/tenders/tender.ts';

// 暗标 and 报价: what nobody learns beside the evaluation before its turn.

const SCHEME = worksScheme();

let api: TestApi;
let of: Evaluated;
let base: string;
let purchaser: Member;
/** Of the centre, who runs the venue: neither a member nor one of those who drew. */
let colleague: Member;
let suppliers: Member[];
const experts = new Map<string, Member>();
const expert = (memberId: string): Member => experts.get(memberId) as Member;
const bidOf = (n: number): string => String(of.bids[n]?.id);
const get = (member: Member, path: string) => member.call('GET', `${base}${path}`);
const post = (member: Member, path: string, json: unknown): Promise<Answered> =>
  member.call('POST', `${base}${path}`, { json, key: null });
const paths = (answer: Answered): string[] => (answer.get('items') as { path: string }[]).map(({ path }) => path);
const numberOf = async (n: number): Promise<string> => {
  const { numbering } = await evaluationNow(api.db, of);
  return String(numbering?.bids.find(({ bidId }) => bidId === bidOf(n))?.blindId);
};

async function openedParts(bidId: string, n: number): Promise<void> {
  const files = [`资格文件.pdf`, `暗标/方案.pdf`, `报价/报价.pdf`];
  const parts = await Promise.all(
    files.map(async (path, no) => {
      const { sha256, size } = await api.db.blobs.store(Readable.from([Buffer.from(`${path} ${n}`)]), 1_000);
      return { bidId, no, path, mediaType: 'application/pdf', size, sha256 };
    }),
  );
  const outcome = { state: 'opened', manifest: null, reasonZh: null, reasonEn: null, custodians: [] } as const;
  await api.db.transaction(async (tx) => {
    await tx.q.insert(unsealings).values({ ...outcome, ...of.place, custodians: [], bidId, at: tx.now });
    await tx.q.insert(bidParts).values(parts);
  });
}

beforeAll(async () => {
  const clock = handClock('2026-03-01T09:00+08:00');
  api = await startTestApi({ database: { machineClock: clock.read }, deps: { realNow: clock.read } });
  purchaser = await api.member('purchaser');
  colleague = await api.member('centre');
  suppliers = [];
  for (let n = 0; n < 3; n += 1) suppliers.push(await api.member('supplier'));
  const who = await peopleOf(api, purchaser, suppliers);
  of = await evaluating(api.db, clock, who, { scheme: SCHEME, representativeId: purchaser.accountId });
  base = `/api/procurements/${of.place.procurementId}/lots/1`;
  for (const [n, { id }] of of.bids.entries()) await openedParts(id, n);
  for (const seat of await seated(api.db, of)) {
    if (seat.kind !== 'expert') continue;
    const member = await api.member('expert');
    experts.set(seat.memberId, member);
    await api.db.transaction((tx) =>
      tx.q
        .update(expertRows)
        .set({ accountId: member.accountId })
        .where(eq(expertRows.accountId, String(seat.accountId))),
    );
  }
  for (const seat of await seated(api.db, of)) await clear(api.db, of, seat);
  await markPart(api.db, of, SCHEME, 'review');
});
afterAll(() => api[Symbol.asyncDispose]());

it('a representative reads bids in the evaluation alone, and nobody the blind files beside it, before the technical marks are signed', async () => {
  const own = await get(purchaser, `/bids/${bidOf(0)}/parts`);
  expect([own.status, own.get('details.reason')]).toEqual([403, 'member']);
  const others = await get(colleague, `/bids/${bidOf(0)}/parts`);
  expect(paths(others)).toEqual(['资格文件.pdf', '报价/报价.pdf']);
  const blind = await expert('expert-1').call('GET', `${base}/evaluation/bids/${await numberOf(0)}/parts`);
  const sha256 = String(blind.get('items.0.sha256'));
  expect((await get(colleague, `/bids/${bidOf(0)}/parts/${sha256}`)).status).toBe(404);
  expect((await get(purchaser, `/bids/${bidOf(0)}/parts/${sha256}`)).status).toBe(403);
});

it('a question about a blind part is asked under its number; the bidder sees it as its own, and members know its answer by the number', async () => {
  const leader = await electLeader(api.db, of);
  const blindId = await numberOf(1);
  const question = { on: 'clarification', minutes: 30, ground: 1, textZh: '第三章的工期前后不一致，请说明' } as const;
  const lead = expert(leader.memberId);
  const wrong = await post(lead, '/evaluation/requests', { on: 'low-price', bidId: blindId, minutes: 30 });
  expect([wrong.status, wrong.get('violations.0.field')]).toEqual([422, 'bidId']);
  const asked = await post(lead, '/evaluation/requests', { ...question, bidId: blindId });
  expect([asked.status, asked.get('requests.0.bidId')], asked.text).toEqual([200, blindId]);
  const [bidder] = [suppliers[1] as Member];
  const shown = await get(bidder, `/bids/${bidOf(1)}/requests`);
  expect([shown.get('items.0.bidId'), shown.get('items.0.questionZh')]).toEqual([bidOf(1), question.textZh]);
  const { supplier } = (await evaluationNow(api.db, of)).bids.find(({ id }) => id === bidOf(1)) as { supplier: string };
  const named = { textZh: `${supplier}承诺以附表为准。`, confirmed: [], name: '张三' };
  const refused = await bidder.call('POST', `${base}/bids/${bidOf(1)}/explanation`, { json: named });
  expect([refused.status, refused.get('issues.0.rule')], refused.text).toEqual([422, 'blind']);
  const said = { textZh: '以附表为准。', confirmed: [], name: '张三' };
  const answer = await bidder.call('POST', `${base}/bids/${bidOf(1)}/explanation`, { json: said });
  expect(answer.status, answer.text).toBe(200);
  const seen = await get(expert('expert-2'), '/evaluation');
  expect([seen.get('requests.0.bidId'), seen.get('requests.0.answerZh'), seen.get('requests.0.name')]).toEqual([
    blindId,
    '以附表为准。',
    null,
  ]);
  const moved = await post(expert('expert-2'), '/evaluation/motions', { motion: { ...question, bidId: blindId } });
  expect(moved.get('motions.0.motion.bidId'), moved.text).toBe(blindId);
  const trail = await auditAfter(api.db.read, 0, 10_000);
  const asking = trail.filter(({ action }) => ['evaluation.ask', 'evaluation.motion'].includes(action));
  expect(asking.map(({ detail }) => detail['bidId'])).toEqual([blindId, blindId]);
});

it('after the signatures they go by the id of the bid, and who runs the tender reads all files', async () => {
  await markPart(api.db, of, SCHEME, 'technical');
  const seen = await get(expert('expert-2'), '/evaluation');
  expect([seen.get('requests.0.bidId'), seen.get('motions.0.motion.bidId')]).toEqual([bidOf(1), bidOf(1)]);
  expect(paths(await get(colleague, `/bids/${bidOf(0)}/parts`))).toHaveLength(3);
  expect((await get(purchaser, `/bids/${bidOf(0)}/parts`)).status).toBe(403);
});

it('who was replaced is refused the evaluation, with the article', async () => {
  const gone = (await seated(api.db, of)).find(({ memberId }) => memberId === 'expert-1')?.call;
  if (!gone) throw new Error('nobody sits');
  await api.db.transaction((tx) => replaceMember(tx, CENTRE, gone, { departure: 'recusal', reasonZh: '亲属任职' }));
  const refused = await get(expert('expert-1'), '/evaluation');
  expect([refused.status, refused.get('violations.0.rule')]).toEqual([422, 'works-replaced-member-void']);
});
