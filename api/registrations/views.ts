import * as z from 'zod';
import type { Queries } from '../../db/access/database.ts';
import { othersWith, type Registration } from '../../db/accounts/registrations.ts';
import { namesakesOf, organisationsByCreditCode } from '../../db/organisations.ts';
import { foundSchema, foundView, namesakes } from '../organisations/views.ts';
import { at, atOrNull, creditCode, id, instantOut, line } from '../http/schemas.ts';

export const registrationGiven = z.strictObject({
  name: line(200).meta({ description: '单位名称 / Name of the organisation' }),
  creditCode,
  contact: line(100).meta({ description: '联系人，账号归其使用 / The contact, whose account it becomes' }),
  telephone: line(50).meta({ description: '联系电话 / Telephone' }),
});

export const registrationSchema = z
  .object({
    ...{ id, name: z.string(), creditCode: z.string(), contact: z.string(), telephone: z.string() },
    state: z
      .enum(['pending', 'confirmed', 'refused', 'completed'])
      .meta({ description: '待确认、已确认、未获确认、已开立账号 / Waits; confirmed; refused; its account is open' }),
    requestedAt: instantOut,
    expiresAt: instantOut,
    decidedAt: instantOut.nullable(),
    reasonZh: z.string().nullable(),
    organisation: foundSchema.nullable().meta({
      description:
        '已登记的同代码机构：其已有人员的，账号须经其人员确认 / The organisation that has this code already: its own people confirm the account',
    }),
    sameCode: z
      .array(id)
      .meta({ description: '同代码、待确认的其他注册 / Other registrations with the same code that wait' }),
    ...namesakes,
  })
  .meta({ id: 'Registration', description: '供应商自行注册 / A supplier that registered itself' });

export async function registrationViews(
  q: Queries,
  rows: readonly Registration[],
  realNowMs: number,
): Promise<z.infer<typeof registrationSchema>[]> {
  const codes = rows.map((row) => row.creditCode);
  const [others, registered, sameNames] = await Promise.all([
    othersWith(q, codes, realNowMs),
    organisationsByCreditCode(q, codes),
    namesakesOf(q, rows),
  ]);
  return rows.map((row, index) => {
    const known = registered.get(row.creditCode);
    return {
      ...{ id: row.id, name: row.name, creditCode: row.creditCode, contact: row.contact, telephone: row.telephone },
      ...{ state: row.state, requestedAt: at(row.requestedAt), expiresAt: at(row.expiresAt) },
      ...{ decidedAt: atOrNull(row.decidedAt), reasonZh: row.reasonZh },
      organisation: known ? foundView(known) : null,
      sameCode: others
        .filter((each) => each.creditCode === row.creditCode && each.id !== row.id)
        .map((each) => each.id),
      sameName: (sameNames[index] ?? []).map(foundView),
    };
  });
}
