import * as z from 'zod';
import type { Queries } from '../../db/access/database.ts';
import { organisationsById } from '../../db/organisations.ts';
import { suspendedByGrievances, type dutiesEverywhere, type grievancesEverywhere } from '../../db/tender/everywhere.ts';
import { milestoneName, MILESTONES } from '../../domain/law/milestones.ts';
import { owersOf } from '../../domain/notifications/duties.ts';
import { findProcedure } from '../../domain/procedures/index.ts';
import { ANY_TENDER_WORDS } from '../../domain/procedures/words.ts';
import { at, atOrNull, bilingual, id, instantOut } from '../http/schemas.ts';
import { suspendedSchema } from './suspended.ts';

const party = z.object({ id, name: z.string() });

const tenderOut = {
  procurementId: id,
  title: z.string(),
  regime: z.string(),
  purchaser: party,
  agency: party.nullable(),
};

export const openDutySchema = z
  .object({
    ...tenderOut,
    lotNo: z.int().meta({ description: '0：整个项目 / 0: the procurement as a whole' }),
    key: z.enum(MILESTONES),
    ...{ nameZh: z.string(), nameEn: z.string(), dueAt: instantOut },
    overdue: z.boolean(),
    provisional: z.boolean(),
    owedBy: z.array(z.enum(['runners', 'centre', 'party'])).meta({
      description:
        '谁应办理：招标人（采购人）及其代理机构、交易中心、中标人（成交供应商） / Who owes it: those who run the tender, the centre, the winner',
    }),
    ifNobodyActs: bilingual.nullable(),
  })
  .meta({ id: 'OpenDuty', description: '尚未办理的法定事项 / A duty that is not done' });

export const openGrievanceSchema = z
  .object({
    grievanceId: id,
    ...tenderOut,
    lotNo: z.int().meta({ description: '0：整个项目 / 0: the procurement as a whole' }),
    kind: z.enum(['objection', 'query']),
    target: z.enum(['documents', 'result']),
    state: z.enum(['filed', 'overdue', 'replied']),
    ...{ filedAt: instantOut, replyDueAt: instantOut },
    overdue: z.boolean(),
    repliedAt: instantOut.nullable(),
    outcome: z.enum(['rejected', 'upheld']).nullable(),
    suspended: z
      .array(z.object({ milestone: z.enum(MILESTONES), nameZh: z.string(), nameEn: z.string(), since: instantOut }))
      .meta({ description: '因此暂停计算的期限 / The clocks that do not run because of it' }),
  })
  .meta({
    id: 'OpenGrievance',
    description: '异议或质疑及其期限；提出者见其本身 / An objection or query with its clock; who filed it, in itself',
  });

export const suspendedTenderSchema = z
  .object({ ...tenderOut, suspensions: z.array(suspendedSchema) })
  .meta({ id: 'SuspendedTender', description: '有期限暂停计算的项目 / A tender with a clock that does not run' });

interface Tender {
  readonly procurementId: string;
  readonly title: string;
  readonly regime: string;
  readonly purchaserId: string;
  readonly agencyId: string | null;
}

/** What tells a tender from others, with the names of who runs it. */
export async function tenderViews(q: Queries, tenders: readonly Tender[]) {
  const names = await organisationsById(
    q,
    tenders.flatMap(({ purchaserId, agencyId }) => (agencyId === null ? [purchaserId] : [purchaserId, agencyId])),
  );
  const named = (organisationId: string) => ({ id: organisationId, name: names.get(organisationId)?.name ?? '' });
  return tenders.map(({ procurementId, title, regime, purchaserId, agencyId }) => ({
    ...{ procurementId, title, regime },
    purchaser: named(purchaserId),
    agency: agencyId === null ? null : named(agencyId),
  }));
}

type Duties = Awaited<ReturnType<typeof dutiesEverywhere>>;
type Grievances = Awaited<ReturnType<typeof grievancesEverywhere>>;

const wordsOf = (tender: Pick<Duties[number], 'regime' | 'procedure'>) =>
  findProcedure(tender)?.words ?? ANY_TENDER_WORDS;

/** @param now civil epoch ms */
export async function dutyViews(q: Queries, rows: Duties, now: number): Promise<z.infer<typeof openDutySchema>[]> {
  const tenders = await tenderViews(q, rows);
  return rows.map((row, index) => {
    const name = milestoneName(row.key, wordsOf(row));
    return {
      ...(tenders[index] as (typeof tenders)[number]),
      ...{ lotNo: row.lotNo, key: row.key, nameZh: name.zh, nameEn: name.en, dueAt: at(row.dueAt) },
      ...{ overdue: row.dueAt < now, provisional: row.provisional },
      owedBy: owersOf(row.key).filter((each) => each === 'runners' || each === 'centre' || each === 'party'),
      ifNobodyActs: row.ifNobodyActs && { ...row.ifNobodyActs },
    };
  });
}

/** @param now civil epoch ms */
export async function openGrievanceViews(
  q: Queries,
  rows: Grievances,
  now: number,
): Promise<z.infer<typeof openGrievanceSchema>[]> {
  const [tenders, suspended] = await Promise.all([
    tenderViews(q, rows),
    suspendedByGrievances(
      q,
      rows.map(({ grievance }) => grievance.id),
    ),
  ]);
  return rows.map((row, index) => {
    const { grievance } = row;
    const { kind, target, state, outcome, lotNo } = grievance;
    return {
      grievanceId: grievance.id,
      ...(tenders[index] as (typeof tenders)[number]),
      ...{ lotNo, kind, target, state, outcome },
      ...{ filedAt: at(grievance.filedAt), replyDueAt: at(grievance.replyDueAt) },
      overdue: state !== 'replied' && grievance.replyDueAt < now,
      repliedAt: atOrNull(grievance.repliedAt),
      suspended: suspended
        .filter(({ grievanceId }) => grievanceId === grievance.id)
        .map(({ milestone, from }) => {
          const name = milestoneName(milestone, wordsOf(row));
          return { milestone, nameZh: name.zh, nameEn: name.en, since: at(from) };
        }),
    };
  });
}
