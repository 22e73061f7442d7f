import * as z from 'zod';
import type { Organisation } from '../../db/organisations.ts';
import { LEVELS, NATURES } from '../../domain/organisations/separation.ts';
import { ROLES } from '../../domain/roles.ts';
import type { Judged } from '../http/route.ts';
import { at, id, instantOut, line } from '../http/schemas.ts';

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
  createdAt,
  identity,
  firstPersonAt: _,
  ...organisation
}: Organisation): z.infer<typeof organisationSchema> => ({
  ...organisation,
  identity: identity && { ...identity, plates: identity.plates.map((plate) => ({ ...plate })) },
  createdAt: at(createdAt),
});
