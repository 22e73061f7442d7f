import * as z from 'zod';
import type { Tx } from '../../db/access/database.ts';
import type { TenderPlace } from '../../db/tender/place.ts';
import { bidUnknown } from '../../domain/bids/refusals.ts';
import { answerFinding, move, stateConflict, vote, voteForLeader } from '../../services/evaluation/deliberate.ts';
import { enterMarks, signPart } from '../../services/evaluation/marks.ts';
import { assertServes, evaluationOf, ownSeat } from '../../services/evaluation/proceedings.ts';
import { assertPresent } from '../../services/evaluation/presence.ts';
import { askForTime } from '../../services/evaluation/more-time.ts';
import { askBidder } from '../../services/evaluation/requests.ts';
import { readBid, type ShownPart } from '../../services/evaluation/read-bid.ts';
import { closeSigning, signReport } from '../../services/evaluation/sign.ts';
import { ok, route, type Answer, type RouteContext } from '../http/route.ts';
import { id, lotNo, prose, whole } from '../http/schemas.ts';
import { CONFIRMED, confirmation } from '../http/sign-in/confirmation.ts';
import {
  EVALUATION_ERRORS,
  evaluationPlace,
  entriesOf,
  entryGiven,
  evaluationSchema,
  evaluationView,
  memberId,
  minutes,
  motionGiven,
  motionOf,
  requestGiven,
  requestOf,
  SHEET_PARTS,
  sheetSchema,
  sheetView,
} from './proceedings-views.ts';

const params = z.object({ id, no: lotNo });
const bidParams = params.extend({ bidId: id });
const BASE = '/procurements/{id}/lots/{no}/evaluation';
// Who sits in a committee is secret until the award: no key with an account is stored, and the trail has the member's number.
const common = { at: 'lot', tag: 'evaluation', action: 'evaluation.serve', withoutKey: true, params } as const;
const STATE = [{ status: 200, schema: evaluationSchema, zh: '评审情况', en: 'How it stands' }] as const;
const BID_OF_LOT = { rule: 'bid-of-lot', zh: '本标段的投标文件', en: 'a bid of the lot' } as const;

type Work = (tx: Tx, place: TenderPlace, accountId: string) => Promise<unknown>;
type Serving = Pick<RouteContext<'lot', unknown, unknown, unknown>, 'services' | 'lot' | 'person' | 'commit'>;

/** An act of a member in one transaction; where the installation asks for it, of one whom the centre has checked in and who is in. */
const acts = (
  { services: { settings }, lot, person, commit }: Serving,
  work: (tx: Tx, place: TenderPlace, accountId: string) => Promise<Answer>,
) =>
  commit(async (tx) => {
    const place = evaluationPlace(lot);
    const { id: accountId } = person().account;
    if (settings.presence === 'required') await assertPresent(tx, place, accountId);
    return work(tx, place, accountId);
  });

/** The same, answered with what the member sees afterwards. */
const decides = (serving: Serving, work: Work) =>
  acts(serving, async (tx, place, accountId) => {
    await work(tx, place, accountId);
    const evaluation = await evaluationOf(tx, place, tx.now);
    return ok(evaluationView(evaluation, ownSeat(evaluation, accountId)));
  });

export const proceedingsRoutes = [
  route({
    ...common,
    method: 'get',
    path: BASE,
    zh: '本标段的评审：本人所见',
    en: 'The evaluation of the lot, as far as you may see it',
    outcomes: STATE,
    errors: EVALUATION_ERRORS,
    handle: async ({ services: { db }, lot, person }) => {
      const evaluation = await evaluationOf({ q: db.read, committees: db.committees }, evaluationPlace(lot), db.now());
      const seat = ownSeat(evaluation, person().account.id);
      assertServes(evaluation, seat);
      return ok(evaluationView(evaluation, seat));
    },
  }),
  route({
    ...common,
    method: 'post',
    path: `${BASE}/conflicts`,
    zh: '查看投标文件之前，对照投标人名称声明利害关系：没有的，不选任何投标；专家有的，回避并由下一名补足',
    en: 'Before a bid is read: state conflicts with the bidders, or none; an expert who has one is replaced by the next',
    body: z.strictObject({ bidIds: z.array(id).max(1000), reasonZh: prose(2000).nullable().default(null) }),
    outcomes: [{ status: 200, schema: z.object({ recused: z.boolean() }), zh: '已声明', en: 'Stated' }],
    errors: EVALUATION_ERRORS,
    judged: [
      { field: 'bidIds', ...BID_OF_LOT },
      { field: 'bidIds.*', ...BID_OF_LOT },
    ],
    handle: async ({ lot, body, person, commit }) =>
      commit(async (tx) => ok({ recused: await stateConflict(tx, evaluationPlace(lot), person().account.id, body) })),
  }),
  route({
    ...common,
    method: 'get',
    path: `${BASE}/bids/{bidId}/parts`,
    params: bidParams,
    zh: '投标文件的组成；bidId 为暗标编号（blindId）的，只有暗标部分，文件名不显示',
    en: 'The files of an opened bid; of its blind part alone, under neutral names, where bidId is a blindId',
    outcomes: [
      {
        status: 200,
        schema: z.object({
          items: z.array(
            z.object({ no: z.int(), path: z.string(), mediaType: z.string(), size: z.int(), sha256: z.string() }),
          ),
        }),
        zh: '文件',
        en: 'Files',
      },
    ],
    errors: [...EVALUATION_ERRORS, 'bid-unknown'],
    handle: async ({ lot, params: { bidId }, person, commit }) =>
      commit(async (tx) => {
        const parts = await readBid(tx, evaluationPlace(lot), person().account.id, bidId);
        return ok({
          items: parts.map(({ no, path, mediaType, size, sha256 }) => ({ no, path, mediaType, size, sha256 })),
        });
      }),
  }),
  route({
    ...common,
    method: 'get',
    path: `${BASE}/bids/{bidId}/parts/{file}`,
    params: bidParams.extend({ file: whole(0, 9999) }),
    zh: '查看投标文件（bidId 可为暗标编号 blindId）；每次查看均记录',
    en: 'Read a file of an opened bid, or of a blind part by its blindId; each time is on record',
    outcomes: [{ status: 200, file: '*/*', zh: '文件', en: 'The file' }],
    errors: [...EVALUATION_ERRORS, 'bid-unknown'],
    handle: async ({ services: { db }, lot, params: { bidId, file: no }, person, commit }) => {
      let file: ShownPart | undefined;
      await commit(async (tx) => {
        [file] = await readBid(tx, evaluationPlace(lot), person().account.id, bidId, no);
        if (!file) throw bidUnknown(bidId);
        return ok(null);
      });
      if (!file) throw bidUnknown(bidId);
      const { path, mediaType, size, sha256 } = file;
      return {
        ...ok(undefined, { 'Content-SHA256': sha256 }),
        file: { stream: db.blobs.open(sha256), name: path.split('/').at(-1) ?? path, mediaType, size, sha256 },
      };
    },
  }),
  route({
    ...common,
    method: 'put',
    path: '/procurements/{id}/lots/{no}/sheets/{bidId}',
    params: bidParams,
    zh: '填写评分表：逐项即时保存，未列的项不变；暗标各项以 blindId 填写',
    en: 'Enter marks: kept item by item; items that are not named stay as they are; blind items are entered under the blindId',
    body: z.strictObject({ entries: z.array(entryGiven).min(1).max(600) }),
    outcomes: [
      { status: 200, schema: sheetSchema, zh: '本人该投标的全部评分', en: 'All that you have entered of the bid' },
    ],
    errors: EVALUATION_ERRORS,
    handle: ({ params: { bidId }, body, ...serving }) =>
      acts(serving, async (tx, place, by) =>
        ok(sheetView(await enterMarks(tx, place, by, { bidId, entries: entriesOf(body.entries) }))),
      ),
  }),
  route({
    ...common,
    method: 'post',
    path: `${BASE}/parts/{part}/signature`,
    params: params.extend({ part: z.enum(SHEET_PARTS) }),
    zh: '签署本人一部分的评分表，以本人密码确认',
    en: 'Sign your own sheets of a part, confirmed by your password',
    body: z.strictObject({ ...confirmation }),
    outcomes: STATE,
    errors: [...EVALUATION_ERRORS, 'unauthenticated', 'code-locked'],
    judged: [CONFIRMED],
    handle: async ({ caller, params: { part }, body, ...serving }) => {
      await serving.services.auth.confirm(caller, serving.person(), body);
      return decides(serving, (tx, place, by) => signPart(tx, place, by, part));
    },
  }),
  route({
    ...common,
    method: 'post',
    path: `${BASE}/leader`,
    zh: '推选组长',
    en: 'Vote for the leader',
    body: z.strictObject({ memberId }),
    outcomes: STATE,
    errors: EVALUATION_ERRORS,
    handle: ({ body, ...serving }) => decides(serving, (tx, place, by) => voteForLeader(tx, place, by, body.memberId)),
  }),
  route({
    ...common,
    method: 'post',
    path: `${BASE}/answers`,
    zh: '对签署前核对所见说明理由',
    en: 'Confirm with a reason what the check before signing found',
    body: z.strictObject({ key: z.string().min(1).max(300), reasonZh: prose(2000) }),
    outcomes: STATE,
    errors: EVALUATION_ERRORS,
    handle: ({ body, ...serving }) => decides(serving, (tx, place, by) => answerFinding(tx, place, by, body)),
  }),
  route({
    ...common,
    method: 'post',
    path: `${BASE}/motions`,
    zh: '提请表决：报价修正、政策扣除、低价是否合理等，由全体成员过半数决定',
    en: 'Put something to the vote: corrections, preferences, low prices and the like are decided by more than half of all',
    body: z.strictObject({ motion: motionGiven }),
    outcomes: STATE,
    errors: EVALUATION_ERRORS,
    judged: [{ field: 'motion.bidId', ...BID_OF_LOT }],
    handle: ({ body, ...serving }) => decides(serving, (tx, place, by) => move(tx, place, by, motionOf(body.motion))),
  }),
  route({
    ...common,
    method: 'post',
    path: `${BASE}/motions/{motionId}/vote`,
    params: params.extend({ motionId: id }),
    zh: '表决',
    en: 'Vote',
    body: z.strictObject({ yes: z.boolean() }),
    outcomes: STATE,
    errors: EVALUATION_ERRORS,
    handle: ({ params: { motionId }, body, ...serving }) =>
      decides(serving, (tx, place, by) => vote(tx, place, by, { motionId, yes: body.yes })),
  }),
  route({
    ...common,
    method: 'post',
    path: `${BASE}/requests`,
    zh: '书面要求一个投标人说明报价，或者就法定情形澄清（组长），限期答复',
    en: 'Ask one bidder, in writing and until an instant, to explain its price, or to clarify on a ground of the law (the leader)',
    body: requestGiven,
    outcomes: STATE,
    errors: EVALUATION_ERRORS,
    judged: [{ field: 'bidId', ...BID_OF_LOT }],
    handle: ({ body, ...serving }) => decides(serving, (tx, place, by) => askBidder(tx, place, by, requestOf(body))),
  }),
  route({
    ...common,
    method: 'post',
    path: `${BASE}/time-requests`,
    zh: '认为评标时间不够：各成员自行提出，超过三分之一的，招标人应当适当延长',
    en: 'Ask for more time, each member alone: the purchaser extends it where more than a third do',
    body: z.strictObject({ reasonZh: prose(2000) }),
    outcomes: STATE,
    errors: EVALUATION_ERRORS,
    handle: ({ body, ...serving }) => decides(serving, (tx, place, by) => askForTime(tx, place, by, body.reasonZh)),
  }),
  route({
    ...common,
    method: 'post',
    path: `${BASE}/signature`,
    zh: '签署评标报告，以本人密码确认：签署、保留意见并说明理由，或者拒绝签署；拒绝而不说明理由的，视为同意',
    en: 'Sign the report, confirmed by your password; a dissent has reasons, and a refusal without reasons is agreement',
    body: z.discriminatedUnion('as', [
      z.strictObject({ as: z.literal('signed'), ...confirmation }),
      z.strictObject({ as: z.literal('dissent'), reasonsZh: prose(5000), ...confirmation }),
      z.strictObject({
        as: z.literal('refused'),
        reasonsZh: prose(5000).nullable().default(null),
        ...confirmation,
      }),
    ]),
    outcomes: STATE,
    errors: [...EVALUATION_ERRORS, 'unauthenticated', 'code-locked'],
    judged: [CONFIRMED],
    handle: async ({ caller, body, ...serving }) => {
      await serving.services.auth.confirm(caller, serving.person(), body);
      const reasonsZh = body.as === 'signed' ? null : body.reasonsZh;
      return decides(serving, (tx, place, by) => signReport(tx, place, by, { as: body.as, reasonsZh }));
    },
  }),
  route({
    ...common,
    method: 'post',
    path: `${BASE}/closing`,
    zh: '限期结束签署（组长）：到期未签署又未说明理由的，视为同意',
    en: 'End the signing at an instant (the leader): who has not signed by then and gave no reasons is deemed to agree',
    body: z.strictObject({
      minutes: minutes.meta({ description: '其他成员还可签署的时间 / How long the others may sign' }),
    }),
    outcomes: STATE,
    errors: EVALUATION_ERRORS,
    handle: ({ body, ...serving }) => decides(serving, (tx, place, by) => closeSigning(tx, place, by, body.minutes)),
  }),
];
