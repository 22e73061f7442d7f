import * as z from 'zod';
import type { Queries } from '../../db/access/database.ts';
import type { Correction } from '../../db/parties/corrections.ts';
import { namesakesOf, type Organisation } from '../../db/organisations.ts';
import { LEVELS, NATURES } from '../../domain/organisations/separation.ts';
import { ROLES } from '../../domain/roles.ts';
import type { Judged } from '../http/route.ts';
import { at, atOrNull, id, instantOut, line } from '../http/schemas.ts';

/** Who may be the purchaser and the agency. */
export const PARTIES: readonly Judged[] = [
  { field: 'purchaserId', rule: 'duty', zh: '职责含招标人（采购人）', en: 'has the duty of a purchaser' },
  { field: 'agencyId', rule: 'duty', zh: '职责含代理机构', en: 'has the duty of an agency' },
  { field: 'agencyId', rule: 'other-than-purchaser', zh: '不是招标人（采购人）自己', en: 'not the purchaser itself' },
];

const nature = z.enum(NATURES).meta({
  id: 'Nature',
  description: '行政机关、交易场所、集中采购机构、社会代理机构、其他 / What it is by its founding document',
});

/** Three things recorded separately, since higher law regulates each. */
export const standing = {
  identity: z
    .strictObject({
      nature,
      level: z.enum(LEVELS).meta({ description: '国家、省、设区的市、县（区） / The level of government' }),
      plates: z
        .array(z.strictObject({ nameZh: line(200), nature }))
        .max(10)
        .default([])
        .meta({ description: '加挂的牌子 / Its other names' }),
    })
    .nullable()
    .meta({ description: '身份 / What it is' }),
  duties: z
    .array(z.enum(ROLES).exclude(['public']))
    .max(ROLES.length)
    .transform((given) => [...new Set(given)])
    .nullable()
    .meta({
      description: '职责：其人员只能承担这些角色；null 为不限 / What its people may be here; null: not limited',
      override: {
        type: ['array', 'null'],
        maxItems: ROLES.length,
        items: { type: 'string', enum: ROLES.filter((role) => role !== 'public') },
      },
    }),
  reportsTo: id.nullable().meta({ description: '隶属：其上级机构 / The organisation it belongs to' }),
};

export const organisationSchema = z
  .object({
    ...{ id, name: z.string(), creditCode: z.string(), createdAt: instantOut },
    identity: standing.identity,
    duties: z.array(z.enum(ROLES)).nullable(),
    reportsTo: standing.reportsTo,
  })
  .meta({ id: 'Organisation' });

export const collisionSchema = z
  .object({
    rule: z.string(),
    law: z.string(),
    article: z.string(),
    quote: z.string().nullable(),
    bodies: z.array(id),
    messageZh: z.string(),
    messageEn: z.string(),
  })
  .meta({ id: 'Collision' });

export const organisationView = ({
  id: own,
  createdAt,
  identity,
  name,
  creditCode,
  duties,
  reportsTo,
}: Organisation): z.infer<typeof organisationSchema> => ({
  id: own,
  ...{ name, creditCode, duties, reportsTo },
  identity: identity && { ...identity, plates: identity.plates.map((plate) => ({ ...plate })) },
  createdAt: at(createdAt),
});

/** What whoever names another organisation needs of it. */
export const foundSchema = z
  .object({
    ...{ id, name: z.string(), creditCode: z.string() },
    duties: organisationSchema.shape.duties,
  })
  .meta({ id: 'FoundOrganisation' });

export const foundView = ({ id: found, name, creditCode, duties }: Organisation): z.infer<typeof foundSchema> => ({
  id: found,
  ...{ name, creditCode, duties },
});

export const correctionSchema = z
  .object({
    ...{ id, organisationId: id, name: z.string(), creditCode: z.string() },
    formerName: z.string().meta({ description: '更正前的名称 / The name before' }),
    formerCode: z.string().meta({ description: '更正前的代码 / The code before' }),
    reasonZh: z.string(),
    requestedAt: instantOut,
    state: z
      .enum(['pending', 'done', 'refused'])
      .meta({ description: '待本单位确认、已更正、未更正 / Waits to be confirmed; done; refused' }),
    decidedAt: instantOut.nullable(),
  })
  .meta({ id: 'OrganisationCorrection', description: '机构名称、代码的更正 / A correction of a name or a code' });

export const correctionView = ({
  requestedBy: _,
  requestedAt,
  decidedAt,
  ...correction
}: Correction): z.infer<typeof correctionSchema> => ({
  ...correction,
  requestedAt: at(requestedAt),
  decidedAt: atOrNull(decidedAt),
});

/** What whoever registers or renames an organisation is warned of. */
export const namesakes = {
  sameName: z.array(foundSchema).meta({
    description:
      '同名（含曾用名）而代码不同的机构，请核对证件 / Organisations of that name, now or before, under another code: look at its papers',
  }),
};

export const namesakesView = async (
  q: Queries,
  named: Pick<Organisation, 'name' | 'creditCode'>,
): Promise<{ sameName: z.infer<typeof foundSchema>[] }> => ({
  sameName: (await namesakesOf(q, [named])).flat().map(foundView),
});
