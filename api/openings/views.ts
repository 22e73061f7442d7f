import * as z from 'zod';
import type { Database } from '../../db/access/database.ts';
import {
  attendanceOf,
  custodiansOf,
  faultsOf,
  objectionsOf,
  openingBeganAt,
  openingsOf,
  signaturesOf,
  type Attendance,
  type Opening,
  type OpeningFault,
  type OpeningObjection,
} from '../../db/openings/openings.ts';
import { organisationsById } from '../../db/organisations.ts';
import type { Procurement } from '../../db/procurements.ts';
import { pausesOf, type OpeningPause } from '../../db/tender/timeline.ts';
import { CUSTODIANS, UNSEALED_STATES } from '../../domain/bids/sealing.ts';
import { CAPACITIES } from '../../domain/openings/attendance.ts';
import { OPENING_STATES, openingStateOf } from '../../domain/openings/state.ts';
import { objectionsTakenUntil } from '../../services/openings/object.ts';
import { outagesOf } from '../../services/openings/outages.ts';
import { recordHash } from '../../services/openings/sign.ts';
import { bidderWindowOf } from '../../services/openings/window.ts';
import { suspendedIn } from '../../services/tender/suspended.ts';
import { at, atOrNull, bilingual, id, instantOut, line } from '../http/schemas.ts';
import { suspendedSchema, suspendedView } from '../procurements/suspended.ts';

const entrySchema = z.object({
  bidId: id,
  supplierId: id,
  supplier: z.string(),
  sha256: z.string(),
  size: z.int(),
  receivedAt: instantOut,
  state: z.enum(UNSEALED_STATES).nullable().meta({
    description:
      '开标结果：已开启、文件有误、撤销（投标人原因未解密）、撤回（投标人之外的原因）；不经平台密封的为 null / What became of a sealed bid (电子招标投标办法 31); null where bids are not sealed to custodians',
  }),
  priceFen: z.int().nullable().meta({ description: '投标报价，分' }),
  periodDays: z.int().nullable().meta({ description: '工期（交货期），日' }),
  quality: z.string().nullable().meta({ description: '质量承诺' }),
  reason: bilingual.nullable(),
  sameAs: z.array(id).meta({
    description:
      '文件或内容完全相同的其他投标，由评标委员会判断 / Other bids with an identical file or parts (条例 40)',
  }),
  deposit: z.object({ held: z.boolean(), amountFen: z.int(), form: z.string().nullable() }).nullable(),
});

const objectionSchema = z
  .object({
    id,
    lotNo: z.int(),
    supplier: z.string().nullable().meta({ description: '开标记录公布前为 null / null until the record is out' }),
    textZh: z.string(),
    filedAt: instantOut,
    answerZh: z.string().nullable(),
    answeredAt: instantOut.nullable(),
  })
  .meta({ id: 'OpeningObjection', description: '对开标的异议及答复' });

const recordSchema = z
  .object({
    lotNo: z.int(),
    legalAt: instantOut,
    actualAt: instantOut,
    bidders: z.int(),
    opened: z.boolean().meta({ description: '投标人不足法定数时不予开启 / Not opened where too few have bid' }),
    projectNumber: z.string().nullable().meta({ description: '项目编号' }),
    lotTitle: z.string().nullable().meta({ description: '标段名称' }),
    place: z.string().nullable().meta({ description: '开标地点' }),
    budgetFen: z.int().nullable(),
    ceilingPriceFen: z.int().nullable().meta({ description: '最高投标限价，分' }),
    recordHash: z.string().meta({ description: '到场人员所签的哈希 / What those present sign' }),
    objectionsUntil: instantOut.nullable(),
    entries: z.array(entrySchema),
    signatures: z.array(z.object({ organisation: z.string(), role: z.string(), signedAt: instantOut })),
  })
  .meta({ id: 'Opening', description: '开标记录' });

export const attendeeSchema = z
  .strictObject({
    capacity: z.enum(CAPACITIES).meta({
      description:
        '身份：投标人、招标人（采购人）、代理机构、交易中心、监督部门、公证机构、其他 / In what capacity they are present',
    }),
    name: line(100).meta({ description: '姓名 / Name of the person' }),
    organisationId: id
      .nullable()
      .default(null)
      .meta({ description: '所代表的机构；投标人必填 / Whom they are present for; wanted of a bidder' }),
    organisation: line(200)
      .nullable()
      .default(null)
      .meta({ description: '未登记机构的名称 / Name of one that is not registered' }),
  })
  .meta({ id: 'Attendee', description: '参加开标的人 / Who was present at an opening' });

export const attendanceSchema = z
  .object({
    version: z.int(),
    recordedAt: instantOut,
    people: z.array(
      z.object({
        capacity: z.enum(CAPACITIES),
        name: z.string(),
        organisationId: id.nullable(),
        organisation: z.string().nullable(),
      }),
    ),
  })
  .meta({ id: 'Attendance', description: '参加开标的情况 / Who was present, as recorded last' });

export const attendanceView = ({ version, recordedAt, people }: Attendance): z.infer<typeof attendanceSchema> => ({
  ...{ version, people },
  recordedAt: at(recordedAt),
});

export const pauseSchema = z
  .object({ id, reasonZh: z.string(), from: instantOut, until: instantOut.nullable() })
  .meta({ id: 'OpeningPause', description: '暂停开标' });

export const faultSchema = z
  .object({ id, bidId: id.nullable(), minutes: z.int(), reasonZh: z.string(), at: instantOut })
  .meta({ id: 'OpeningFault', description: '投标人之外的原因（电子招标投标办法 31）' });

export const openingStatusSchema = z.object({
  state: z.enum(OPENING_STATES),
  since: instantOut.nullable().meta({ description: '该状态开始的时间 / Since when it has been in this state' }),
  suspensions: z
    .array(suspendedSchema)
    .meta({ description: '因何暂停、依据、接下来如何；没有则为空 / Why it is suspended; empty: it is not' }),
  beganAt: instantOut.nullable(),
  custodians: z.array(
    z.object({
      custodian: z.enum(CUSTODIANS),
      state: z.enum(['waiting', 'released', 'refused', 'missing']),
      reason: z.string().nullable(),
      at: instantOut.nullable(),
    }),
  ),
  bidderWindow: z
    .object({ from: instantOut, until: instantOut.nullable() })
    .nullable()
    .meta({ description: '解密时限；暂停或平台中断时 until 为 null / Until when bidders release their shares' }),
  pauses: z.array(pauseSchema),
  outages: z.array(z.object({ from: instantOut, until: instantOut.nullable() })).meta({
    description:
      '平台自行发现的中断：截止前一小时至开标结束；解密时限相应延长 / When no API served, as the platform found: from an hour before the deadline',
  }),
  faults: z.array(faultSchema),
  attendance: attendanceSchema
    .nullable()
    .meta({ description: '参加开标的人；未登记的为 null / null: nobody recorded it' }),
  objections: z.array(objectionSchema),
  items: z.array(recordSchema),
});

type Status = z.infer<typeof openingStatusSchema>;

/** An opening in its public form: no figure before the record of its lot is published. */
export async function openingStatus(db: Pick<Database, 'read' | 'now'>, tender: Procurement): Promise<Status> {
  const q = db.read;
  const sealed = tender.sealing !== null;
  const [records, custodians, pauses, faults, objections, window, beganAt, signatures, outages, attendance] =
    await Promise.all([
      openingsOf(q, tender.id),
      custodiansOf(q, tender.id),
      pausesOf(q, tender.id),
      faultsOf(q, tender.id),
      objectionsOf(q, tender.id),
      bidderWindowOf(q, tender, db.now()),
      openingBeganAt(q, tender.id),
      signaturesOf(q, tender.id),
      outagesOf(q, tender, db.now()),
      attendanceOf(q, tender.id),
    ]);
  const suspended = await suspendedIn(q, tender, db.now());
  const waits = suspended.find(({ lotNo, by }) => lotNo === 0 && by !== 'supervisor');
  // One that is not closed yet is shown because it is suspended.
  const concluded = tender.stage !== 'opening' && tender.stage !== 'bidding';
  const windowFrom = window?.from ?? null;
  const { state, since } = openingStateOf({
    ...{ concluded, custodians, pauses, windowFrom, beganAt },
    openedAt: tender.openedAt,
    suspendedSince: waits?.since ?? null,
  });
  // The objector is named once the record is published: before that nobody may know who has bid.
  const named = [
    ...signatures.map(({ organisationId }) => organisationId),
    ...objections.map(({ filedBy }) => filedBy),
  ];
  const organisations = await organisationsById(q, named);
  const nameOf = (organisationId: string): string => organisations.get(organisationId)?.name ?? '';
  return {
    state,
    since: atOrNull(since),
    suspensions: suspended.filter(({ lotNo }) => lotNo === 0).map(suspendedView),
    beganAt: atOrNull(beganAt),
    custodians: sealed
      ? CUSTODIANS.map((custodian) => {
          const row = custodians.find((each) => each.custodian === custodian);
          return {
            custodian,
            state: row === undefined || row.state === 'asked' ? ('waiting' as const) : row.state,
            reason: row?.reason ?? null,
            at: atOrNull(row?.at ?? null),
          };
        })
      : [],
    bidderWindow: window && { from: at(window.from), until: atOrNull(window.until) },
    pauses: pauses.map(pauseView),
    outages: outages.map(({ from, until }) => ({ from: at(from), until: atOrNull(until) })),
    attendance: attendance ? attendanceView(attendance) : null,
    faults: faults.map(faultView).map((fault) => (concluded ? fault : { ...fault, bidId: null })),
    objections: objections.map((each) => objectionView(each, concluded ? nameOf(each.filedBy) : null)),
    items: await Promise.all(
      records.map(async (record) => ({
        ...recordView(record),
        objectionsUntil: atOrNull(await objectionsTakenUntil(q, tender, record.lotNo)),
        signatures: signatures
          .filter(({ lotNo }) => lotNo === record.lotNo)
          .map(({ organisationId, actor, signedAt }) => ({
            organisation: nameOf(organisationId),
            role: actor.role,
            signedAt: at(signedAt),
          })),
      })),
    ),
  };
}

const recordView = (opening: Opening): Omit<z.infer<typeof recordSchema>, 'objectionsUntil' | 'signatures'> => ({
  lotNo: opening.lotNo,
  legalAt: at(opening.legalAt),
  actualAt: at(opening.actualAt),
  bidders: opening.bidders,
  opened: opening.opened,
  projectNumber: opening.heading?.projectNumber ?? null,
  lotTitle: opening.heading?.lotTitle ?? null,
  place: opening.heading?.place ?? null,
  budgetFen: opening.heading?.budgetFen ?? null,
  ceilingPriceFen: opening.heading?.ceilingFen ?? null,
  recordHash: recordHash(opening),
  entries: opening.entries.map(({ unsealed, deposit, receivedAt, ...entry }) => ({
    ...entry,
    receivedAt: at(receivedAt),
    state: unsealed?.state ?? null,
    priceFen: unsealed?.priceFen ?? null,
    periodDays: unsealed?.periodDays ?? null,
    quality: unsealed?.quality ?? null,
    reason:
      unsealed && unsealed.reasonZh !== null
        ? { zh: unsealed.reasonZh, en: unsealed.reasonEn ?? unsealed.reasonZh }
        : null,
    sameAs: unsealed?.sameAs ?? [],
    deposit: deposit ?? null,
  })),
});

export const pauseView = (pause: OpeningPause): z.infer<typeof pauseSchema> => ({
  id: pause.id,
  reasonZh: pause.reasonZh,
  from: at(pause.from),
  until: atOrNull(pause.until),
});

export const faultView = (fault: OpeningFault): z.infer<typeof faultSchema> => ({
  id: fault.id,
  bidId: fault.bidId,
  minutes: fault.minutes,
  reasonZh: fault.reasonZh,
  at: at(fault.at),
});

export { objectionSchema };
export const objectionView = (
  objection: OpeningObjection,
  supplier: string | null,
): z.infer<typeof objectionSchema> => ({
  id: objection.id,
  lotNo: objection.lotNo,
  supplier,
  textZh: objection.textZh,
  filedAt: at(objection.filedAt),
  answerZh: objection.answerZh,
  answeredAt: atOrNull(objection.answeredAt),
});
