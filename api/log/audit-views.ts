import * as z from 'zod';
import type { Queries } from '../../db/access/database.ts';
import type { AuditRow } from '../../db/audit.ts';
import { idsIn, subjectsOf } from '../../db/parties/names.ts';
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
    names: z.record(z.string(), z.string()).meta({
      description:
        '其中编号所指的机构、人员、项目的名称（现名）；不属于记录本身，不计入 hash / What the ids in it name at present; no part of the entry or of its hash',
    }),
  })
  .meta({ id: 'AuditEntry', description: '姓名、名称为现在的 / Names are those of today' });

export type AuditView = z.infer<typeof auditSchema>;
type Acting = Pick<AuditRow['actor'], 'accountId' | 'organisationId' | 'role'>;

/** Without its number and the previous hash: a gap between two would show how much is still confidential. */
export async function auditViews(q: Queries, rows: readonly AuditRow[]): Promise<AuditView[]> {
  const ids = rows.map(({ actor, procurementId, subject, detail }) => idsIn([actor, procurementId, subject, detail]));
  const names = await subjectsOf(q, ids.flat());
  const nameOf = (named: string | null): string | null => names.get(named ?? '') ?? null;
  const personOf = ({ accountId, organisationId, role }: Acting) => ({
    ...{ accountId, name: nameOf(accountId), organisationId, organisation: nameOf(organisationId) },
    role,
  });
  return rows.map(({ hash, at: instant, actor, action, procurementId, subject, detail }, index) => ({
    ...{ hash, at: at(instant) },
    actor: {
      ...personOf(actor),
      ...{ address: actor.address, requestId: actor.requestId },
      ...(actor.preparedBy ? { preparedBy: personOf(actor.preparedBy) } : {}),
    },
    ...{ action, procurementId, procurement: nameOf(procurementId), subject, detail },
    names: Object.fromEntries(
      (ids[index] ?? []).flatMap((named) => {
        const name = nameOf(named);
        return name === null ? [] : [[named, name]];
      }),
    ),
  }));
}
