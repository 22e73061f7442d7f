import { Readable } from 'node:stream';
import type { Bid } from '../../../db/bids.ts';
import { submitBid } from '../../../services/bids/submit.ts';
import type { StoredBlob } from '../../../db/files/blobs.ts';
import type { Database, Tx } from '../../../db/access/database.ts';
import type { Decision } from '../../../db/decisions.ts';
import type { BankAccount } from '../../../domain/deposits/terms.ts';
import { addDocument } from '../../../services/documents/add.ts';
import { recordObtained } from '../../../services/documents/obtain.ts';
import { launchProcurement } from '../../../services/procurements/launch.ts';
import type { Notice } from '../../../db/notices.ts';
import type { Organisation } from '../../../db/organisations.ts';
import { createOrganisation } from '../../../services/organisations/create.ts';
import { procurementById, type Draft, type Procurement } from '../../../db/procurements.ts';
import { createDraft } from '../../../services/procurements/draft.ts';
import { UNATTENDED, type Actor } from '../../../db/audit.ts';
import { importCatalogue } from '../../../services/catalogue/import.ts';
import type { TenderPlace } from '../../../db/tender/place.ts';
import { findMilestone } from '../../../db/tender/timeline.ts';
import { formatInstant, parseInstantOrDate } from '../../../domain/civil-time.ts';
import type { MilestoneKey } from '../../../domain/law/milestones.ts';
import type { Violation } from '../../../domain/law/violation.ts';
import type { DecisionKind, DecisionPayloads, ReportPayload } from '../../../domain/decisions.ts';
import { DomainError } from '../../../domain/errors.ts';
import { lotSubject, procurementSubject } from '../../../domain/subjects.ts';
import { decideAward } from '../../../services/awards/award.ts';
import { acceptPerformance } from '../../../services/contracts/accept.ts';
import { recordBond } from '../../../services/contracts/bond.ts';
import { changeContract } from '../../../services/contracts/change.ts';
import { recordDelivery } from '../../../services/contracts/deliver.ts';
import { performDuty, publishContract } from '../../../services/contracts/duties.ts';
import { payContract } from '../../../services/contracts/pay.ts';
import { refuseAward } from '../../../services/awards/refuse.ts';
import { replaceWinner } from '../../../services/awards/replace.ts';
import { referRecheck } from '../../../services/rechecks/refer.ts';
import { signContract } from '../../../services/contracts/sign.ts';
import { deliverReport } from '../../../services/evaluation/report.ts';
import { replyToGrievance } from '../../../services/grievances/reply.ts';
import { correctNotice } from '../../../services/notices/correct.ts';
import { amendDocuments } from '../../../services/procurements/amend.ts';
import { terminateProcurement } from '../../../services/procurements/terminate.ts';
import { publishAsMade, type NewNotice } from '../../../services/notices/publish.ts';
import { createAdvance } from '../../../services/tender/advance.ts';
import { loadCase, saveCases, type TenderCase } from '../../../services/tender/case.ts';
import type { Turn } from '../../../services/tender/turn.ts';
import type { Invitee, InviteeSource } from '../../../domain/procedures/invitees.ts';
import type { Role } from '../../../domain/roles.ts';
import { mandated } from './mandates.ts';
import { unreadable } from '../checks/prose.ts';
import { candidateTold, INQUIRY_TOLD, PARTICULARS_TOLD } from './particulars.ts';

/** Epoch ms of a date or an instant with offset, as the law writes it. */
export const at = parseInstantOrDate;

export const actorOf = (organisation: Organisation, role: Role): Actor => ({
  accountId: `account-${organisation.creditCode}`,
  organisationId: organisation.id,
  role,
  address: '127.0.0.1',
  requestId: null,
});

/** A purchaser, an agency and as many suppliers as asked for. */
export interface People {
  readonly purchaser: Organisation;
  readonly suppliers: readonly Organisation[];
  readonly asPurchaser: Actor;
  readonly asSupplier: (index: number) => Actor;
}

export async function people(db: Database, suppliers = 3): Promise<People> {
  const admin: Actor = {
    accountId: 'admin',
    organisationId: null,
    role: 'administrator',
    address: null,
    requestId: null,
  };
  const organisation = (name: string, creditCode: string) =>
    db.transaction((tx) => createOrganisation(tx, admin, { name, creditCode }));
  const purchaser = await organisation('万安县工业园区管委会', '91360000000009999P');
  const bidders: Organisation[] = [];
  for (let n = 1; n <= suppliers; n += 1)
    bidders.push(await organisation(`投标人${n}`, `9136000000000${n.toString().padStart(4, '0')}S`));
  return {
    purchaser,
    suppliers: bidders,
    asPurchaser: actorOf(purchaser, 'purchaser'),
    asSupplier: (index) => actorOf(bidders[index] as Organisation, 'supplier'),
  };
}

/** A lawful draft: B005 (works) or A003 (goods), with one lot. */
export function draftOf(regime: 'tendering' | 'government', purchaserId: string, change: Partial<Draft> = {}): Draft {
  const works = regime === 'tendering';
  const { ceilingPriceFen, ...others } = change.procedure === 'inquiry' ? INQUIRY_TOLD : PARTICULARS_TOLD;
  const isWithin = change.budgetFen === undefined || ceilingPriceFen <= change.budgetFen;
  return {
    title: works ? '工业园区尾水提升达标处理厂工程（二期）' : '教育智慧终端设备采购项目',
    regime,
    procedure: 'open-tender',
    kind: works ? 'works' : 'goods',
    mandatory: true,
    purchaserId,
    agencyId: null,
    budgetFen: works ? 1_624_699_149 : 383_640_000,
    contentZh: '详见招标文件',
    particulars: isWithin ? { ...others, ceilingPriceFen } : others,
    intentionAt: works ? null : at('2026-02-10'),
    noticeAt: works ? at('2026-03-27T09:00+08:00') : at('2026-03-17T09:00+08:00'),
    documentsFrom: works ? at('2026-03-30T09:00+08:00') : at('2026-03-18T00:00+08:00'),
    documentsUntil: works ? at('2026-04-07T17:00+08:00') : at('2026-03-24T23:30+08:00'),
    bidDeadline: works ? at('2026-04-20T09:00+08:00') : at('2026-04-08T09:30+08:00'),
    bidValidityDays: 90,
    lots: [{ no: 1, title: '一标段', budgetFen: works ? 1_624_699_149 : 383_640_000, bidBondFen: null }],
    ...change,
  };
}

/** The first suppliers of the people, each chosen in the same way. */
export const inviteesOf = (
  { suppliers }: Pick<People, 'suppliers'>,
  source: InviteeSource,
  count = suppliers.length,
): Invitee[] => suppliers.slice(0, count).map(({ id }) => ({ organisationId: id, source, reasonZh: null }));

/** Figures made up for a test, that no province has set; without them nobody can tell which procedure is lawful. */
export const MADE_UP_OPEN_FEN = 5_000_000_00;
export const setFigures = (db: Database): Promise<unknown> =>
  db.transaction((tx) =>
    importCatalogue(tx, UNATTENDED, {
      entries: [],
      thresholds: [
        {
          ...{ kind: 'goods', level: null, openFen: MADE_UP_OPEN_FEN, limitFen: 1_000_00 },
          ...{ from: '2026-01-01', until: null, source: '测试虚构〔0000〕0号' },
        },
      ],
    }),
  );

/** Stored once for each database: many tenders may be launched in one. */
const tenderFiles = new WeakMap<object, Promise<StoredBlob>>();

async function withDocument(tx: Tx, actor: Actor, procurementId: string, file: StoredBlob): Promise<void> {
  const named = { kind: 'tender-documents', name: '招标文件.pdf', mediaType: 'application/pdf' } as const;
  await addDocument(tx, actor, { procurementId, ...named, file });
}

function tenderFileOf(db: Database): Promise<StoredBlob> {
  const stored = tenderFiles.get(db.blobs) ?? fileOf(db, '招标文件');
  tenderFiles.set(db.blobs, stored);
  return stored;
}

/** 招标文件: nothing is launched without them. */
export async function addTenderDocument(db: Database, actor: Actor, procurementId: string): Promise<void> {
  const file = await tenderFileOf(db);
  await db.transaction((tx) => withDocument(tx, actor, procurementId, file));
}

export async function launch(db: Database, actor: Actor, draft: Draft): Promise<{ procurement: Procurement }> {
  await mandated(db, draft);
  const file = await tenderFileOf(db);
  const { id } = await db.transaction(async (tx) => {
    const created = await createDraft(tx, actor, draft);
    await withDocument(tx, actor, created.id, file);
    return created;
  });
  return db.transaction((tx) => launchProcurement(tx, actor, id));
}

export async function bid(db: Database, who: People, index: number, procurementId: string, lotNo = 1): Promise<Bid> {
  const file = await db.blobs.store(
    Readable.from([Buffer.from(`sealed ${procurementId} ${lotNo} ${index}`)]),
    1_000_000,
  );
  const supplierId = (who.suppliers[index] as Organisation).id;
  return db.transaction((tx) => submitBid(tx, who.asSupplier(index), { procurementId, lotNo, supplierId, file }));
}

export const obtainDocuments = (db: Database, who: People, index: number, procurementId: string) =>
  db.transaction((tx) =>
    recordObtained(tx, who.asSupplier(index), procurementId, (who.suppliers[index] as Organisation).id),
  );

/** A lawful report: five members, four of them experts; the bids ranked as given. */
export function reportOn(
  bids: readonly Bid[],
  evaluationEndedAt: number,
  change: Partial<ReportPayload> = {},
): ReportPayload {
  return {
    evaluationEndedAt,
    committee: [
      ...['甲', '乙', '丙', '丁'].map((n) => ({ name: `专家${n}`, kind: 'expert' as const })),
      { name: '招标人代表', kind: 'purchaser' as const },
    ],
    candidates: bids.slice(0, 3).map(({ id }, index) => ({
      ...candidateTold(),
      bidId: id,
      rank: index + 1,
      priceFen: 380_000_000 + index,
      score: 90 - index,
    })),
    others: bids.slice(3).map(({ id }, index) => ({ bidId: id, priceFen: 380_000_003 + index, score: 87 - index })),
    rejected: [],
    competition: 'sufficient',
    documentId: null,
    ...change,
  };
}

/** What a reply rests on. */
export const REPLY_BASIS = { factsZh: '投标文件第12页', lawZh: '财政部令87号第51条' } as const;

/** What each kind of decision is done by, as its route does it. */
const ACTS: {
  readonly [K in DecisionKind]: (
    tx: Tx,
    actor: Actor,
    place: TenderPlace & { readonly grievanceId?: string },
    payload: DecisionPayloads[K],
  ) => Promise<Decision<K>>;
} = {
  amend: (tx, actor, { procurementId }, payload) => amendDocuments(tx, actor, procurementId, payload),
  terminate: (tx, actor, { procurementId }, payload) => terminateProcurement(tx, actor, procurementId, payload),
  report: deliverReport,
  award: decideAward,
  recheck: referRecheck,
  'refuse-award': (tx, actor, place, { reasonZh }) =>
    refuseAward(tx, actor, place, { supplierId: actor.organisationId ?? '', reasonZh }),
  'replace-winner': replaceWinner,
  contract: signContract,
  'publish-contract': publishContract,
  'performance-bond': recordBond,
  'change-contract': changeContract,
  deliver: recordDelivery,
  accept: acceptPerformance,
  pay: payContract,
  duty: performDuty,
  reply: (tx, actor, { grievanceId = '' }, payload) =>
    replyToGrievance(tx, actor, grievanceId, { ...REPLY_BASIS, ...payload }),
  correct: (tx, actor, _place, payload) => correctNotice(tx, actor, payload),
};

/** A file of a tender, uploaded for an act. */
export async function addFile(
  db: Database,
  procurementId: string,
  kind: 'report' | 'contract' | 'acceptance' | 'performance',
  actor: Actor = UNATTENDED,
): Promise<string> {
  const file = await fileOf(db, `${kind} ${procurementId}`);
  const document = { procurementId, kind, name: `${kind}.pdf`, mediaType: 'application/pdf', file };
  return (await db.transaction((tx) => addDocument(tx, actor, document), { procurementId })).id;
}

/** The document that the law wants an act to name. */
const WANTED: Partial<Record<DecisionKind, 'report' | 'contract'>> = {
  report: 'report',
  'publish-contract': 'contract',
};

/**
 * A person's decision, judged in its own transaction and final. What it must name and does not is uploaded in the same
 * transaction, so that a refusal leaves nothing behind; null is sent as it is where a test says so.
 */
export async function decide<K extends DecisionKind>(
  db: Database,
  actor: Actor,
  decision: TenderPlace & { kind: K; grievanceId?: string; payload: DecisionPayloads[K] },
  files: 'added' | 'as given' = 'added',
): Promise<Decision<K>> {
  const { procurementId, kind, payload } = decision;
  const wanted = files === 'added' ? WANTED[kind] : undefined;
  const lacks = wanted !== undefined && (payload as { documentId: string | null }).documentId === null;
  const file = lacks ? await fileOf(db, wanted) : null;
  const act = async (tx: Tx): Promise<Decision<K>> => {
    if (file === null || wanted === undefined) return ACTS[kind](tx, actor, decision, payload);
    const named = { procurementId, kind: wanted, name: `${wanted}.pdf`, mediaType: 'application/pdf', file };
    const { id: documentId } = await addDocument(tx, actor, named);
    return ACTS[kind](tx, actor, decision, { ...payload, documentId });
  };
  return db.transaction(act, { procurementId });
}

/** The platform does what is due by now in a tender, as its workflow asks; lot 0 is the procurement as a whole. */
export const advance = (
  db: Database,
  procurementId: string,
  lotNo = 0,
  depositAccount: BankAccount | null = null,
): Promise<Turn> =>
  createAdvance(db, { depositAccount })(
    lotNo === 0 ? procurementSubject(procurementId) : lotSubject(procurementId, lotNo),
  );

/** Changes a tender as an act does, in a transaction of its own: for what no act would do, or none by itself. */
export const onCase = <T>(db: Database, procurementId: string, change: (c: TenderCase) => T | Promise<T>): Promise<T> =>
  db.transaction(
    async (tx) => {
      const c = await loadCase(tx, procurementId);
      const result = await change(c);
      await saveCases(tx, [c]);
      return result;
    },
    { procurementId },
  );

/** A notice by itself, published in a transaction of its own. */
export const publish = (
  db: Database,
  actor: Actor,
  { procurementId, ...notice }: Omit<NewNotice, 'legalAt'> & { procurementId: string; legalAt?: number },
): Promise<Notice> => onCase(db, procurementId, (c) => publishAsMade(c, actor, { legalAt: c.tx.now, ...notice }));

/** A machine's clock that moves only when the test says so. */
export function handClock(start: string): {
  readonly read: () => number;
  set(instant: number | string): void;
  step(ms: number): void;
} {
  let ms = at(start);
  return {
    read: () => ms,
    set: (instant) => {
      ms = typeof instant === 'string' ? at(instant) : instant;
    },
    step: (by) => {
      ms += by;
    },
  };
}

/** A tender that was launched the day before its notice and published on time, and takes bids. */
export async function publishedTender(
  db: Database,
  clock: ReturnType<typeof handClock>,
  who: People,
  regime: 'tendering' | 'government',
  change: Partial<Draft> = {},
  depositAccount: BankAccount | null = null,
): Promise<Procurement> {
  const draft = draftOf(regime, who.purchaser.id, change);
  clock.set(draft.noticeAt - 86_400_000);
  const { procurement } = await launch(db, who.asPurchaser, draft);
  clock.set(draft.noticeAt);
  await advance(db, procurement.id, 0, depositAccount);
  return procurementById(db.read, procurement.id);
}

/** The error with which a promise is refused. */
export async function refusalOf(promise: Promise<unknown>): Promise<DomainError> {
  try {
    await promise;
  } catch (error) {
    if (!(error instanceof DomainError)) throw error;
    const [forMachines] = unreadable(error);
    if (forMachines !== undefined)
      throw new Error(`people read what is for machines: ${forMachines}`, { cause: error });
    return error;
  }
  throw new Error('it was not refused');
}

/** Rule, law, article and field of each violation that blocks, of a refusal's details. */
export const blockingOf = (details: DomainError['details']) =>
  (details?.['violations'] as Violation[])
    .filter(({ severity }) => severity === 'block')
    .map(({ rule, law, article, field }) => [rule, law, article, field]);

/** When a milestone of a tender is due, as a date; null where it is not planned. */
export async function dueOf(db: Database, place: TenderPlace, key: MilestoneKey): Promise<string | null> {
  const dueAt = (await findMilestone(db.read, place, key))?.dueAt;
  return typeof dueAt === 'number' ? formatInstant(dueAt) : null;
}

/** A file on the disk, as an upload leaves it. */
export const fileOf = (db: Database, text: string): Promise<StoredBlob> =>
  db.blobs.store(Readable.from([Buffer.from(text)]), 1_000_000);
