import * as z from 'zod';
import type { TenderPlace } from '../../db/tender/place.ts';
import type { Blinded } from '../../services/evaluation/numbering.ts';
import { blindedFor, type Evaluation, type NamedSeat } from '../../services/evaluation/proceedings.ts';
import type { GivenRequest } from '../../services/evaluation/requests.ts';
import { MOTIONS, type Motion } from '../../domain/evaluation/acts.ts';
import type { MotionState } from '../../domain/evaluation/proceedings.ts';
import type { RequestState } from '../../domain/evaluation/requested.ts';
import { mayKnow } from '../../domain/evaluation/sheets/secrecy.ts';
import { CORRECTION_STEPS } from '../../domain/decisions.ts';
import { PREFERENCES } from '../../domain/evaluation/scheme/scheme.ts';
import type { Entry, MarkSheet, SheetPart } from '../../domain/evaluation/sheets/marks.ts';
import { itemsOf } from '../../domain/evaluation/sheets/marks.ts';
import { at, atOrNull, code, fen, id, instantOut, line, prose } from '../http/schemas.ts';
import { exact } from './scheme-views.ts';

export const EVALUATION_ERRORS = ['unlawful', 'stage-conflict', 'not-found'] as const;

export const evaluationPlace = (lot: { readonly procurementId: string; readonly no: number }): TenderPlace => ({
  procurementId: lot.procurementId,
  lotNo: lot.no,
});

export const SHEET_PARTS = ['review', 'technical', 'commercial'] as const satisfies readonly SheetPart[];
export const memberId = z
  .string()
  .regex(/^(expert|purchaser)-[1-9][0-9]{0,3}$/)
  .meta({ description: '成员编号，不含姓名 / Number of a member, without a name', example: 'expert-1' });
const item = z.string().regex(/^[a-z][a-z0-9-]{0,39}$/);
const reasonZh = prose(2000).optional();

export const entryGiven = z.union([
  z.strictObject({ item, passes: z.boolean(), ground: z.int().min(1).max(20).optional(), reasonZh }),
  z.strictObject({ item, points: exact, reasonZh }),
  z.strictObject({ item, value: line(100), reasonZh }),
]);
export const entriesOf = (given: readonly z.infer<typeof entryGiven>[]): readonly Entry[] => given;

const claim = z.strictObject({ key: z.enum(PREFERENCES), granted: z.boolean(), share: exact.optional() });
const correction = z.strictObject({ step: z.enum(CORRECTION_STEPS), toFen: fen, noteZh: prose(2000) });

export const minutes = z.int().min(1).max(10_080);
const clarification = {
  ground: z.int().min(1).max(20).meta({
    description: '要求澄清的法定情形的序号 / The item of the article by which it is asked',
  }),
  textZh: prose(5000),
  confirm: z.array(prose(2000)).max(50).default([]).meta({
    description: '请投标人逐项确认的事项 / What the bidder confirms, or does not, one by one',
  }),
};

export const requestGiven = z.discriminatedUnion('on', [
  z.strictObject({ on: z.literal('low-price'), bidId: id, minutes }),
  z.strictObject({ on: z.literal('clarification'), bidId: id, minutes, ...clarification }),
]);
export const requestOf = (given: z.infer<typeof requestGiven>): GivenRequest => {
  const { bidId, minutes: time } = given;
  if (given.on === 'low-price') return { bidId, minutes: time, about: { on: 'low-price' } };
  const { ground, textZh, confirm } = given;
  return { bidId, minutes: time, about: { on: 'clarification', ground, textZh, confirm } };
};

export const motionGiven = z.discriminatedUnion('on', [
  z.strictObject({ on: z.literal('price'), bidId: id, priceFen: fen }),
  z.strictObject({ on: z.literal('correction'), bidId: id, minutes, corrections: z.array(correction).min(1).max(10) }),
  z.strictObject({ on: z.literal('brand'), bidId: id, brand: line(200) }),
  z.strictObject({ on: z.literal('claims'), bidId: id, claims: z.array(claim).min(1).max(PREFERENCES.length) }),
  z.strictObject({ on: z.literal('deviations'), bidId: id, deviations: z.record(code, exact) }),
  z.strictObject({ on: z.literal('low-price'), bidId: id, reasonable: z.boolean(), reasonZh: prose(5000) }),
  z.strictObject({ on: z.literal('clarification'), bidId: id, minutes, ...clarification }),
  z.strictObject({ on: z.literal('outlier'), bidId: id, item, memberId, reasonZh: prose(5000) }),
  z.strictObject({
    on: z.literal('competition'),
    left: z.enum(['sufficient', 'insufficient']),
    reasonZh: prose(5000),
  }),
]);
export const motionOf = (given: z.infer<typeof motionGiven>): Motion => given;

const content = z.record(z.string(), z.unknown());
export const sheetSchema = z.object({ memberId, bidId: id, entries: z.array(content) });
export const sheetView = ({ memberId: of, bidId, entries }: MarkSheet): z.infer<typeof sheetSchema> => ({
  ...{ memberId: of, bidId },
  entries: entries.map((entry) => ({ ...entry })),
});
const finding = z.object({
  key: z.string(),
  kind: z.string(),
  rule: z.string(),
  must: z.enum(['correct', 'reason']),
  bidId: id.nullable(),
  item: z.string().nullable(),
  memberId: memberId.nullable(),
  open: z.boolean(),
  zh: z.string(),
  en: z.string(),
});

export const requestSchema = z.object({
  id,
  bidId: id,
  on: z.enum(['low-price', 'clarification', 'correction']),
  until: instantOut,
  ground: z.int().nullable(),
  questionZh: z.string().nullable(),
  confirm: z.array(z.string()),
  answerZh: z.string().nullable(),
  confirmed: z.array(z.boolean()),
  name: z.string().nullable(),
  lapsed: z.boolean().meta({ description: '期限届满未答复 / The time is over, and nobody answered' }),
});

export const askedCorrectionSchema = z.object({
  steps: z.array(correction),
  until: instantOut.nullable().meta({
    description: '答复的最后时间，逾期视为不确认 / The last instant to answer; who is silent does not confirm',
  }),
  yes: z
    .boolean()
    .nullable()
    .meta({ description: '投标人是否确认；null：尚未答复 / Whether it was confirmed; null: not answered' }),
  name: z.string().nullable(),
});

export const requestView = ({ id: of, bidId, until, about, answer, lapsed }: RequestState) => ({
  ...{ id: of, bidId, on: about.on, until: at(until), lapsed },
  ground: about.on === 'clarification' ? about.ground : null,
  questionZh: about.on === 'clarification' ? about.textZh : null,
  confirm: about.on === 'clarification' ? [...about.confirm] : [],
  ...{ answerZh: answer?.textZh ?? null, confirmed: [...(answer?.confirmed ?? [])], name: answer?.name ?? null },
});

export const evaluationSchema = z
  .object({
    memberId: memberId.meta({ description: '本人 / Yourself' }),
    leader: memberId.nullable(),
    members: z.array(
      z.object({
        memberId,
        kind: z.enum(['expert', 'purchaser']),
        name: z.string(),
        replaced: z.boolean(),
        cleared: z.boolean(),
        signed: z.boolean(),
      }),
    ),
    bids: z.array(
      z.object({
        bidId: id,
        supplier: z
          .string()
          .nullable()
          .meta({ description: '暗标评审签署前为 null / Null until a blind part is signed' }),
        priceFen: fen.nullable().meta({
          description:
            '按评标办法技术评分签署前不显示 / Null until the technical marks are signed, where the scheme says so',
        }),
      }),
    ),
    blind: z
      .object({
        commitment: z.string().meta({
          description:
            'secret 的 SHA-256，查看投标文件之前记入审计记录 / SHA-256 of the secret, on record before a bid is read',
        }),
        secret: z.string().nullable().meta({
          description:
            '技术评分签署后公开：blindId 为 HMAC-SHA256(secret, bidId) 的前 16 字节（UUID 第 8 版），编号依 blindId 的次序 / Shown after the technical marks are signed: a blindId is the first 16 bytes of HMAC-SHA256(secret, bidId) as a UUID of version 8; numbers follow their order',
        }),
        bids: z.array(z.object({ number: z.int(), blindId: id, bidId: id.nullable() })),
      })
      .nullable()
      .meta({
        description:
          '暗标编号：技术评分签署之前 bidId 为 null；没有暗标的为 null / The numbers of the blind parts: whose they are is null until the technical marks are signed. Null where nothing is blind',
      }),
    parts: z.array(
      z.object({
        part: z.enum(SHEET_PARTS),
        bidIds: z
          .array(id)
          .nullable()
          .meta({ description: '技术部分有暗标的，签署之前为 blindId / blindIds, of a technical part that is blind' }),
        signedBy: z.array(memberId),
        isIn: z.boolean(),
        closed: z.boolean(),
        findings: z.array(finding),
      }),
    ),
    findings: z.array(finding).meta({
      description:
        '各部分之外的核对所见：写法相近的品牌（87令31） / What is checked beside the parts: brands that are much alike',
    }),
    sheets: z.array(sheetSchema).meta({
      description:
        '本人的评分，以及全部签署后的其他成员评分 / Your own, and the others’ of a part that all have signed',
    }),
    motions: z.array(
      z.object({
        id,
        on: z.enum(MOTIONS),
        motion: content,
        yes: z.array(memberId),
        no: z.array(memberId),
        adopted: z.boolean().nullable(),
      }),
    ),
    requests: z.array(requestSchema),
    moreTime: z.object({ own: z.boolean(), asking: z.int(), of: z.int(), until: instantOut.nullable() }).meta({
      description:
        '认为时间不够的成员人数；最近一次延长至 / How many ask for more time; until when it was last extended',
    }),
    recheck: z
      .object({ recheckId: id, bidIds: z.array(id), items: z.array(item).nullable(), found: z.boolean() })
      .nullable()
      .meta({
        description:
          '复核：只有所列投标的所列项可以改变；found 为须先由多数认定评分畸高、畸低的 / What a recheck has reopened; `found`: the majority finds a mark wrong before it is changed',
      }),
    signingUntil: instantOut.nullable().meta({
      description:
        '组长限期结束签署的时间，到期未签署的视为同意 / Until when members sign, where the leader has set it; then silence is agreement',
    }),
    outcome: content.nullable().meta({ description: '评审结果及各步计算 / What comes out, with each step' }),
  })
  .meta({ id: 'Evaluation' });

/** What a member sees; nobody's marks before all have signed theirs, no price and no name before its time. */
export function evaluationView(evaluation: Evaluation, seat: NamedSeat): z.infer<typeof evaluationSchema> {
  const { seats, bids, proceedings } = evaluation;
  const blinded = blindedFor(evaluation, seat.memberId);
  const shown = proceedings.shown(seat.memberId);
  const prices = new Map(proceedings.of.bids.map(({ bidId, priceFen }) => [bidId, priceFen]));
  return {
    ...{ memberId: seat.memberId, leader: proceedings.leader },
    members: seats.map(({ memberId: of, kind, name, replaced, cleared }) => ({
      ...{ memberId: of, kind, name, replaced, cleared },
      signed: proceedings.acts('signature').some(({ by }) => by === of),
    })),
    bids: bids.map(({ id: bidId, supplier }) => ({
      ...{ bidId, supplier: shown.names || !seat.cleared ? supplier : null },
      priceFen: seat.cleared && shown.prices ? (prices.get(bidId) ?? null) : null,
    })),
    blind: blindView(evaluation, seat, blinded !== null),
    parts: proceedings.parts.map(({ part, bidIds, signedBy, isIn, closed, findings, open }) => ({
      ...{ part, signedBy: [...signedBy], isIn, closed },
      bidIds: bidIds && (blinded && part === 'technical' ? blinded.bidIds(bidIds) : [...bidIds]),
      findings: findings
        .map((each) => ({ ...(blinded ? blinded.finding(each) : each), open: open.includes(each) }))
        // The order of the bids would tell which is which.
        .sort((a, b) => (blinded ? (a.key < b.key ? -1 : 1) : 0)),
    })),
    findings:
      seat.cleared && mayKnow(shown, 'brand')
        ? proceedings.brands.findings.map((each) => ({ ...each, open: proceedings.brands.open.includes(each) }))
        : [],
    sheets: sheetsFor(proceedings, seat, blinded),
    motions: proceedings.motions
      .filter(({ motion: { on } }) => seat.cleared && mayKnow(shown, on))
      .map((each) => motionView(each, blinded)),
    requests: proceedings.requests
      .filter(({ about: { on } }) => seat.cleared && mayKnow(shown, on))
      .map((each) => requestView(asKnown(each, blinded))),
    moreTime: {
      own: proceedings.timeAsked.by.includes(seat.memberId),
      ...{ asking: proceedings.timeAsked.by.length, of: proceedings.timeAsked.of },
      until: atOrNull(proceedings.acts('extended').at(-1)?.act.until ?? null),
    },
    recheck: reopenedOf(proceedings),
    signingUntil: atOrNull(proceedings.signingUntil),
    outcome: seat.cleared && shown.prices && proceedings.outcome ? { ...proceedings.outcome } : null,
  };
}

/** A bid of whose blind part something is moved or asked, as the member knows it. */
function motionView({ id: motionId, motion, yes, no, adopted }: MotionState, blinded: Blinded | null) {
  const isBlind =
    (motion.on === 'clarification' && motion.blind === true) ||
    (motion.on === 'outlier' && blinded?.hides(motion.item));
  const of = blinded && isBlind ? { bidId: blinded.blindIdOf(motion.bidId) } : {};
  return { id: motionId, on: motion.on, motion: { ...motion, ...of }, adopted, yes: [...yes], no: [...no] };
}

function asKnown(request: RequestState, blinded: Blinded | null): RequestState {
  const { about, bidId } = request;
  if (!blinded || about.on !== 'clarification' || about.blind !== true) return request;
  return { ...request, bidId: blinded.blindIdOf(bidId), answer: request.answer && { ...request.answer, name: null } };
}

/** Numbers as soon as there is something to mark under them; of all bids once it is known whose they are. */
function blindView(
  { numbering, proceedings }: Evaluation,
  { cleared }: NamedSeat,
  hidden: boolean,
): z.infer<typeof evaluationSchema>['blind'] {
  if (!numbering) return null;
  const { commitment, secret, bids } = numbering;
  const judged = proceedings.parts.find(({ part }) => part === 'technical')?.bidIds ?? [];
  const shown = !cleared ? [] : hidden ? bids.filter(({ bidId }) => judged.includes(bidId)) : bids;
  return {
    ...{ commitment, secret: hidden || !cleared ? null : secret },
    bids: shown.map(({ number, blindId, bidId }) => ({ number, blindId, bidId: hidden ? null : bidId })),
  };
}

function reopenedOf({ isReopened, reopened }: Evaluation['proceedings']) {
  if (!isReopened || !reopened) return null;
  const { recheckId, bidIds, items, found } = reopened;
  return { recheckId, bidIds: [...bidIds], items: items && [...items], found };
}

function sheetsFor(
  { of: { sheets, definition, scheme }, parts }: Evaluation['proceedings'],
  seat: NamedSeat,
  blinded: Blinded | null,
): z.infer<typeof sheetSchema>[] {
  const seen = new Set(
    parts.flatMap(({ part, isIn }) => (isIn ? itemsOf(definition, scheme, part).map((each) => each.item.key) : [])),
  );
  const own = sheets.flatMap(({ memberId: by, bidId, entries }): MarkSheet[] => {
    const kept = by === seat.memberId ? entries : entries.filter((entry) => seen.has(entry.item));
    return kept.length === 0 ? [] : [{ memberId: by, bidId, entries: kept }];
  });
  return (blinded ? blinded.sheets(own) : own).map(sheetView);
}
