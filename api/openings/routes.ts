import * as z from 'zod';
import type { Database } from '../../db/access/database.ts';
import { bidById, type Bid } from '../../db/bids.ts';
import { bidUnknown } from '../../domain/bids/refusals.ts';
import { organisationById } from '../../db/organisations.ts';
import { notFound, type Procurement } from '../../db/procurements.ts';
import { partsOf, unsealingOf } from '../../db/openings/unsealings.ts';
import { recordAttendance } from '../../services/openings/attend.ts';
import { answerObjection } from '../../services/openings/answer.ts';
import { fileObjection } from '../../services/openings/object.ts';
import { pauseOpening } from '../../services/openings/pause.ts';
import { recordFault } from '../../services/openings/record-fault.ts';
import { assertShareFits, releaseBidderShare } from '../../services/openings/release-share.ts';
import { resumeOpening } from '../../services/openings/resume.ts';
import { signRecord } from '../../services/openings/sign.ts';
import { formed } from '../http/fields/issues.ts';
import { reading } from '../../services/committees/members.ts';
import { readBeside } from '../../services/evaluation/read-beside.ts';
import type { SignedIn } from '../http/auth.ts';
import { ok, route } from '../http/route.ts';
import { at, civilDate, id, instantOut, lotNo, prose, sha256 } from '../http/schemas.ts';
import { endOfDay, parseDate, startOfDay } from '../../domain/civil-time.ts';
import { openingsBetween } from '../../db/openings/openings.ts';
import { PROCUREMENT_STAGES } from '../../domain/stages.ts';
import {
  attendanceSchema,
  attendanceView,
  attendeeSchema,
  faultSchema,
  faultView,
  objectionSchema,
  objectionView,
  openingStatus,
  openingStatusSchema,
  pauseSchema,
  pauseView,
} from './views.ts';

const tag = 'bids';
const params = z.object({ id });
const lotParams = z.object({ id, no: lotNo });
const bidParams = lotParams.extend({ bidId: id });

/** A standing bid of the lot; a supplier's request for another's bid is answered as not found. */
async function bidOf(
  db: Database,
  at: { procurement: Procurement; lotNo: number; bidId: string; supplierId?: string },
): Promise<Bid> {
  const bid = await bidById(db.read, at.bidId);
  const fits = bid.procurementId === at.procurement.id && bid.lotNo === at.lotNo && bid.state === 'standing';
  if (!fits || (at.supplierId !== undefined && bid.supplierId !== at.supplierId)) throw bidUnknown(at.bidId);
  return bid;
}

/** Of an opened bid only, as far as its evaluation lets somebody else read it. */
async function openedParts(db: Database, { id: bidId, procurementId, lotNo }: Bid, who: SignedIn | null) {
  if ((await unsealingOf(db.read, bidId))?.state !== 'opened') throw bidUnknown(bidId);
  const parts = await partsOf(db.read, bidId);
  return readBeside(reading(db), { procurementId, lotNo }, who?.account.id ?? null, parts, db.now());
}

/** The most of a day that are shown. */
const MOST_A_DAY = 200;

export const openingRoutes = [
  route({
    method: 'get',
    path: '/openings',
    action: 'opening.schedule',
    at: 'anywhere',
    tag,
    zh: '某日的开标：不含投标人数；招标人和代理机构只见自己组织的',
    en: 'The openings of a day, without how many bid; purchasers and agencies see their own',
    query: z.strictObject({ day: civilDate }),
    outcomes: [
      {
        status: 200,
        schema: z.object({
          items: z.array(
            z
              .object({ procurementId: id, title: z.string(), stage: z.enum(PROCUREMENT_STAGES), at: instantOut })
              .meta({ id: 'DueOpening' }),
          ),
        }),
        zh: '开标',
        en: 'Openings',
      },
    ],
    handle: async ({ services: { db }, query, scope, role, organisationId }) => {
      const day = parseDate(query.day);
      const found = await openingsBetween(db.read, startOfDay(day), endOfDay(day), MOST_A_DAY);
      const own = found.filter(
        ({ purchaserId, agencyId }) =>
          scope === 'any' || organisationId === (role === 'agency' ? agencyId : purchaserId),
      );
      return ok({
        items: own.map(({ procurementId, title, stage, at: when }) => ({ procurementId, title, stage, at: at(when) })),
      });
    },
  }),
  route({
    method: 'get',
    path: '/procurements/{id}/opening',
    action: 'opening.read',
    at: 'procurement',
    tag,
    zh: '开标情况和开标记录',
    en: 'The state of the opening, and its record for each lot',
    params,
    outcomes: [{ status: 200, schema: openingStatusSchema, zh: '情况与记录', en: 'Its state and its records' }],
    handle: async ({ services: { db }, procurement }) => ok(await openingStatus(db, procurement)),
  }),
  route({
    method: 'post',
    path: '/procurements/{id}/opening/pause',
    action: 'opening.pause',
    fresh: true,
    at: 'procurement',
    tag,
    zh: '暂停开标：解密和公布停止，截止时间不变',
    en: 'Pause the opening: nothing is unsealed or published; the deadline stays',
    params,
    body: z.strictObject({ reasonZh: prose(2000) }),
    outcomes: [{ status: 200, schema: pauseSchema, zh: '已暂停', en: 'Paused' }],
    errors: ['opening-paused', 'stage-conflict'],
    handle: async ({ procurement, body, commit, actor }) =>
      commit(async (tx) => ok(pauseView(await pauseOpening(tx, actor, procurement, body.reasonZh)))),
  }),
  route({
    method: 'post',
    path: '/procurements/{id}/opening/resume',
    action: 'opening.resume',
    fresh: true,
    at: 'procurement',
    tag,
    zh: '恢复开标',
    en: 'Resume the opening',
    params,
    outcomes: [{ status: 200, schema: pauseSchema, zh: '已恢复', en: 'Resumed' }],
    errors: ['stage-conflict'],
    handle: async ({ procurement, commit, actor }) =>
      commit(async (tx) => ok(pauseView(await resumeOpening(tx, actor, procurement)))),
  }),
  route({
    method: 'post',
    path: '/procurements/{id}/opening/faults',
    action: 'opening.fault',
    at: 'procurement',
    tag,
    zh: '登记投标人之外的原因：延长全部投标人的解密时限，或者退回所涉投标（视为撤回）',
    en: 'Record a fault that is not the bidders’: their window gets longer, or the bid it touched is returned',
    params,
    body: z.strictObject({
      bidId: id.nullable().default(null),
      minutes: z.int().min(0).max(10_080),
      reasonZh: prose(2000),
    }),
    outcomes: [{ status: 200, schema: faultSchema, zh: '已登记', en: 'Recorded' }],
    errors: ['bid-unknown', 'share-late', 'stage-conflict'],
    handle: async ({ procurement, body, commit, actor }) =>
      commit(async (tx) => ok(faultView(await recordFault(tx, actor, procurement, body)))),
  }),
  route({
    method: 'post',
    path: '/procurements/{id}/lots/{no}/bids/{bidId}/share',
    action: 'bid.release-share',
    at: 'lot',
    tag,
    zh: '解密：交出封装时自留的份额（解密时限内）',
    en: 'Release the share that was kept when the bid was sealed, within the window',
    params: bidParams,
    body: z.strictObject({
      share: formed(/^[A-Za-z0-9+/]+={0,2}$/, { zh: '应为 Base64', en: 'It must be Base64' })
        .max(1000)
        .meta({ description: 'Base64' }),
    }),
    outcomes: [{ status: 200, schema: z.object({ bidId: id, releasedAt: instantOut }), zh: '已收到', en: 'Taken' }],
    errors: ['bid-unknown', 'share-unfit', 'share-late', 'stage-conflict'],
    handle: async ({ services: { db }, procurement, lot, params: { bidId }, body, organisation, commit, actor }) => {
      const bid = await bidOf(db, { procurement, lotNo: lot.no, bidId, supplierId: organisation() });
      await assertShareFits(db.blobs, bid, body.share);
      return commit(async (tx) => {
        const { releasedAt } = await releaseBidderShare(tx, actor, bid, body.share);
        return ok({ bidId, releasedAt: at(releasedAt) });
      });
    },
  }),
  route({
    method: 'post',
    path: '/procurements/{id}/lots/{no}/opening/objections',
    action: 'opening.object',
    at: 'lot',
    tag,
    zh: '对开标提出异议（开标现场；招标投标法实施条例44、财政部令87号42）',
    en: 'Object to the opening, on the spot',
    params: lotParams,
    body: z.strictObject({ textZh: prose(5000) }),
    outcomes: [{ status: 201, schema: objectionSchema, zh: '已收到', en: 'Taken' }],
    errors: ['grievance-late'],
    handle: async ({ services: { db }, procurement, lot, body, organisation, commit, actor }) => {
      const { name } = await organisationById(db.read, organisation());
      return commit(async (tx) => {
        const filing = { lotNo: lot.no, filedBy: organisation(), textZh: body.textZh };
        return { status: 201, body: objectionView(await fileObjection(tx, actor, procurement, filing), name) };
      });
    },
  }),
  route({
    method: 'post',
    path: '/procurements/{id}/lots/{no}/opening/objections/{objectionId}/answer',
    action: 'opening.answer',
    at: 'lot',
    tag,
    zh: '当场答复对开标的异议',
    en: 'Answer an objection to the opening',
    params: lotParams.extend({ objectionId: id }),
    body: z.strictObject({ answerZh: prose(5000) }),
    outcomes: [{ status: 200, schema: objectionSchema, zh: '已答复', en: 'Answered' }],
    errors: ['grievance-settled'],
    handle: async ({ procurement, lot, params: { objectionId }, body, commit, actor }) =>
      commit(async (tx) => {
        const answer = { lotNo: lot.no, id: objectionId, answerZh: body.answerZh };
        const objection = await answerObjection(tx, actor, procurement.id, answer);
        const named = procurement.stage !== 'opening';
        return ok(objectionView(objection, named ? (await organisationById(tx.q, objection.filedBy)).name : null));
      }),
  }),
  route({
    method: 'put',
    path: '/procurements/{id}/opening/attendance',
    action: 'opening.attend',
    at: 'procurement',
    tag,
    zh: '登记参加开标的人；再次登记替换前次，开标记录随之重新公布',
    en: 'Record who was present; once more replaces it, and the records are published again',
    params,
    body: z.strictObject({ people: z.array(attendeeSchema).min(1).max(500) }),
    outcomes: [{ status: 200, schema: attendanceSchema, zh: '已登记', en: 'Recorded' }],
    errors: ['stage-conflict'],
    judged: [
      { field: 'people', rule: 'bidder', zh: '投标人须已投标', en: 'a bidder has bid' },
      { field: 'people', rule: 'own', zh: '招标人、代理机构须为本项目的', en: 'who runs the tender runs this one' },
      { field: 'people', rule: 'unknown', zh: '机构须已登记', en: 'the organisation exists' },
      { field: 'people', rule: 'unique', zh: '同一人不重复', en: 'nobody is named twice' },
    ],
    handle: async ({ procurement, body, commit, actor }) =>
      commit(async (tx) => ok(attendanceView(await recordAttendance(tx, actor, procurement.id, body.people)))),
  }),
  route({
    method: 'post',
    path: '/procurements/{id}/lots/{no}/opening/signatures',
    action: 'opening.sign',
    at: 'lot',
    tag,
    zh: '签署开标记录（可选）；已公布的记录随之重新公布',
    en: 'Sign the record of the opening; optional; a public one is published again with it',
    params: lotParams,
    body: z.strictObject({ recordHash: sha256 }),
    outcomes: [
      { status: 200, schema: z.object({ recordHash: z.string(), signedAt: instantOut }), zh: '已签署', en: 'Signed' },
    ],
    errors: ['hash-mismatch', 'bid-unknown'],
    handle: async ({ procurement, lot, body, role, organisation, commit, actor }) =>
      commit(async (tx) => {
        const signature = await signRecord(tx, actor, {
          procurementId: procurement.id,
          lotNo: lot.no,
          organisationId: organisation(),
          hash: body.recordHash,
          asBidder: role === 'supplier',
        });
        return ok({ recordHash: signature.recordHash, signedAt: at(signature.signedAt) });
      }),
  }),
  route({
    method: 'get',
    path: '/procurements/{id}/lots/{no}/bids/{bidId}/parts',
    action: 'bid.read',
    // That it is refused to somebody would tell who sits in a committee.
    ofBidders: true,
    at: 'lot',
    tag,
    zh: '已开启投标文件的各部分',
    en: 'The parts of an opened bid',
    params: bidParams,
    outcomes: [
      {
        status: 200,
        schema: z.object({
          items: z.array(z.object({ path: z.string(), mediaType: z.string(), size: z.int(), sha256: z.string() })),
        }),
        zh: '清单',
        en: 'In the order of the manifest',
      },
    ],
    errors: ['bid-unknown'],
    handle: async ({ services: { db }, procurement, lot, params: { bidId }, who }) => {
      const bid = await bidOf(db, { procurement, lotNo: lot.no, bidId });
      const parts = await openedParts(db, bid, who);
      return ok({
        items: parts.map(({ path, mediaType, size, sha256: hash }) => ({ path, mediaType, size, sha256: hash })),
      });
    },
  }),
  route({
    method: 'get',
    path: '/procurements/{id}/lots/{no}/bids/{bidId}/parts/{sha256}',
    action: 'bid.read',
    // That it is refused to somebody would tell who sits in a committee.
    ofBidders: true,
    at: 'lot',
    tag,
    zh: '下载已开启投标文件的一个部分',
    en: 'One part of an opened bid, by its hash',
    params: bidParams.extend({ sha256 }),
    outcomes: [{ status: 200, file: 'application/octet-stream', zh: '文件', en: 'The file' }],
    errors: ['bid-unknown'],
    handle: async ({ services: { db }, procurement, lot, params: { bidId, sha256: hash }, who }) => {
      const bid = await bidOf(db, { procurement, lotNo: lot.no, bidId });
      const part = (await openedParts(db, bid, who)).find((each) => each.sha256 === hash);
      if (!part || part.size === 0) throw notFound('document', hash);
      return {
        ...ok(undefined, { 'Content-SHA256': hash }),
        file: {
          stream: db.blobs.open(hash),
          // The type that a bidder declares is not trusted.
          name: part.path.split('/').at(-1) ?? hash,
          mediaType: 'application/octet-stream',
          size: part.size,
          sha256: hash,
        },
      };
    },
  }),
];
