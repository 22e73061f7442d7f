import * as z from 'zod';
import { accountNames } from '../../db/accounts/accounts.ts';
import type { Queries } from '../../db/access/database.ts';
import type { AuditRow } from '../../db/audit.ts';
import { organisationsById } from '../../db/organisations.ts';
import { titlesOf } from '../../db/procurements.ts';
import { at, id, instantOut } from '../http/schemas.ts';

const name = z.string().nullable();
const person = { accountId: id.nullable(), name, organisationId: id.nullable(), organisation: name, role: z.string() };

export const auditSchema = z
  .object({
    hash: z.string(),
    at: instantOut,
    actor: z.object({
      ...person,
      address: z.string().nullable(),
      requestId: z.string().nullable(),
      preparedBy: z
        .object(person)
        .optional()
        .meta({ description: '经办人；actor 为复核人 / Who prepared it; the actor is who confirmed it' }),
    }),
    action: z.string(),
    procurementId: id.nullable(),
    procurement: name.meta({ description: '项目名称 / Title of the procurement' }),
    subject: z.string(),
    detail: z.record(z.string(), z.unknown()),
  })
  .meta({ id: 'AuditEntry', description: '姓名、名称为现在的 / Names are those of today' });

export type AuditView = z.infer<typeof auditSchema>;
type Acting = Pick<AuditRow['actor'], 'accountId' | 'organisationId' | 'role'>;

const present = (ids: readonly (string | null | undefined)[]): string[] => [
  ...new Set(ids.filter((each) => each !== null && each !== undefined)),
];

/** Without its number and the previous hash: a gap between two would show how much is still confidential. */
export async function auditViews(q: Queries, rows: readonly AuditRow[]): Promise<AuditView[]> {
  const acting: Acting[] = rows.flatMap(({ actor }) => [actor, ...(actor.preparedBy ? [actor.preparedBy] : [])]);
  const names = await accountNames(
    q,
    acting.map(({ accountId }) => accountId),
  );
  const organisations = await organisationsById(q, present(acting.map(({ organisationId }) => organisationId)));
  const titles = await titlesOf(q, present(rows.map(({ procurementId }) => procurementId)));
  const personOf = ({ accountId, organisationId, role }: Acting) => ({
    ...{ accountId, name: names.get(accountId ?? '') ?? null },
    ...{ organisationId, organisation: organisations.get(organisationId ?? '')?.name ?? null },
    role,
  });
  return rows.map(({ hash, at: instant, actor, action, procurementId, subject, detail }) => ({
    ...{ hash, at: at(instant) },
    actor: {
      ...personOf(actor),
      ...{ address: actor.address, requestId: actor.requestId },
      ...(actor.preparedBy ? { preparedBy: personOf(actor.preparedBy) } : {}),
    },
    ...{ action, procurementId, procurement: titles.get(procurementId ?? '') ?? null, subject, detail },
  }));
}
