import * as z from 'zod';
import type { Queries } from '../../db/access/database.ts';
import { accountNames } from '../../db/accounts/accounts.ts';
import type { PreparedAct } from '../../db/tender/prepared-acts.ts';
import { procurementById } from '../../db/procurements.ts';
import { organisationsById } from '../../db/organisations.ts';
import { PREPARABLE_ACT_NAMES, PREPARABLE_ACTS, readAfterwardsBy } from '../../domain/prepared-acts/acts.ts';
import { PREPARED_STATES, preparedStateOf } from '../../domain/prepared-acts/settled.ts';
import { permission, type Role } from '../../domain/roles.ts';
import { peopleAround } from '../../services/prepared-acts/people.ts';
import { isAsSeen } from '../../services/prepared-acts/seen.ts';
import { at, atOrNull, id, instantOut } from '../http/schemas.ts';
import { violationSchema } from '../law/views.ts';

export const actName = z.enum(PREPARABLE_ACT_NAMES).meta({
  id: 'PreparableAct',
  description: PREPARABLE_ACT_NAMES.map((name) => `${name} ${PREPARABLE_ACTS[name].zh}`).join('，'),
});
export const stateName = z.enum(PREPARED_STATES).meta({
  description: '待复核、已复核生效、已撤回（退回）、逾期失效 / Only what waits can be confirmed',
});

const person = z.object({ accountId: id.nullable(), name: z.string().nullable() });
const organisation = z.object({ id, name: z.string() });

export const preparedActSchema = z
  .object({
    id,
    act: actName,
    procurementId: id,
    lotNo: z.int().meta({ description: '0：整个项目 / 0: the procurement as a whole' }),
    path: z.string().meta({ description: '经办时的地址 / Where it was sent to', example: '/api/procurements/…/award' }),
    state: stateName,
    organisation: organisation.meta({ description: '经办单位 / Whose people prepared it' }),
    preparedBy: person,
    preparedAt: instantOut,
    confirming: organisation.meta({ description: '复核单位 / Whose people confirm it' }),
    lapsesAt: instantOut.meta({ description: '届时仍未复核的失效 / It lapses then, unless it is confirmed' }),
    files: z
      .array(z.object({ id, name: z.string(), sha256: z.string() }))
      .meta({ description: '所涉文件及其 SHA-256 / The files that belong to it' }),
    settledBy: person.nullable(),
    settledAt: instantOut.nullable(),
    reasonZh: z.string().nullable().meta({ description: '撤回（退回）的理由 / Why it was withdrawn' }),
    decisionId: id.nullable(),
  })
  .meta({ id: 'PreparedAct' });

export const preparedActWithRequest = preparedActSchema
  .extend({
    request: z.unknown().meta({
      description:
        '经办的请求正文；无正文的、不再待复核而须保密的（评标委员会名单）为 null / The body as it was sent; null: none, or one that is confidential once it waits no more (names of a committee)',
    }),
    outdated: z.boolean().meta({
      description:
        '经办之后所依据的草稿、文件或决定已变，须重新经办 / What it was prepared against has changed: it cannot be confirmed',
    }),
    confirmers: z
      .array(z.object({ accountId: id, name: z.string() }))
      .meta({ description: '可以复核的人员；空的须先增加人员 / Who may confirm it; empty: nobody can yet' }),
    warnings: z.array(violationSchema).optional().meta({
      description: '不阻止执行的缺漏（待核实的规则） / What is lacking by rules that only warn',
    }),
    messageZh: z.string(),
    messageEn: z.string(),
  })
  .meta({ id: 'PreparedActWithRequest' });

export async function preparedActViews(
  q: Queries,
  rows: readonly PreparedAct[],
  now: number,
): Promise<z.infer<typeof preparedActSchema>[]> {
  const [names, organisations] = [
    await accountNames(
      q,
      rows.flatMap(({ preparedBy, settledBy }) => [preparedBy.accountId, settledBy?.accountId ?? null]),
    ),
    await organisationsById(
      q,
      rows.flatMap(({ organisationId, confirmingId }) => [organisationId, confirmingId]),
    ),
  ];
  const named = (organisationId: string) => ({
    id: organisationId,
    name: organisations.get(organisationId)?.name ?? '',
  });
  const personOf = ({ accountId }: { accountId: string | null }) => ({
    accountId,
    name: names.get(accountId ?? '') ?? null,
  });
  return rows.map((row) => ({
    ...{ id: row.id, act: row.act, procurementId: row.procurementId, lotNo: row.lotNo, path: row.path },
    state: preparedStateOf(row, now),
    organisation: named(row.organisationId),
    preparedBy: personOf(row.preparedBy),
    preparedAt: at(row.preparedAt),
    confirming: named(row.confirmingId),
    lapsesAt: at(row.lapsesAt),
    files: row.files,
    settledBy: row.settledBy && personOf(row.settledBy),
    settledAt: atOrNull(row.settledAt),
    reasonZh: row.reasonZh,
    decisionId: row.decisionId,
  }));
}

/** While it waits, and nobody is there who could confirm it. */
const NOBODY = [
  '已经办，但复核单位没有其他人员可以复核，请先增加人员（POST /api/accounts）',
  'Prepared, and nobody else acts for who is to confirm it: add a person first (POST /api/accounts)',
] as const;
const MESSAGES = {
  waiting: ['已经办，待他人复核后生效', 'Prepared; it takes effect once another person confirms it'],
  confirmed: ['已复核生效', 'Confirmed and done'],
  withdrawn: ['已撤回（退回），未生效', 'Withdrawn; nothing of it took effect'],
  lapsed: ['逾期未复核，已失效', 'It lapsed without being confirmed; nothing of it took effect'],
} as const;

export async function preparedActView(
  q: Queries,
  row: PreparedAct,
  { now, role, warnings = [] }: { now: number; role: Role; warnings?: z.infer<typeof violationSchema>[] },
): Promise<z.infer<typeof preparedActWithRequest>> {
  const [view] = await preparedActViews(q, [row], now);
  if (!view) throw new Error('a prepared act has a view');
  const waits = view.state === 'waiting';
  const { confirmers } = await peopleAround(q, row);
  const [messageZh, messageEn] = waits && confirmers.length === 0 ? NOBODY : MESSAGES[view.state];
  return {
    ...view,
    request: waits || (await mayRead(q, row, role)) ? (row.request ?? null) : null,
    outdated: waits && !(await isAsSeen(q, await procurementById(q, row.procurementId), row)),
    confirmers: waits ? confirmers.map(({ accountId, name }) => ({ accountId, name })) : [],
    ...(warnings.length > 0 ? { warnings } : {}),
    ...{ messageZh, messageEn },
  };
}

async function mayRead(q: Queries, { act, procurementId, lotNo }: PreparedAct, role: Role): Promise<boolean> {
  const action = readAfterwardsBy(act);
  // A draft that was deleted is not found any more.
  if (action === undefined) return true;
  const { stage, openedAt, lots } = await procurementById(q, procurementId);
  const lot = lots.find(({ no }) => no === lotNo);
  const awarded = lot !== undefined && lot.awardedAt !== null;
  const place = { stage, opened: openedAt !== null, ...(lot ? { lotStage: lot.stage } : {}), awarded };
  return 'scope' in permission(role, action, place);
}
