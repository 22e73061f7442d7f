import * as z from 'zod';
import type { ExpertPool, ExpertRow } from '../../db/committees/experts.ts';
import { TIE_KINDS } from '../../domain/experts/expert.ts';
import { POOL_LEVELS } from '../../domain/experts/pool.ts';
import { civilDate, code, creditCode, id, identifier, instantOut, at, line, prose } from '../http/schemas.ts';

const tie = z.strictObject({
  kind: z.enum(TIE_KINDS).meta({
    description:
      '劳动关系、董事监事、控股股东或实际控制人、与负责人有亲属关系、其他 / Employment, office, holding, kin of its head, another interest',
  }),
  creditCode,
  name: line(200),
  until: civilDate
    .nullable()
    .default(null)
    .meta({ description: '最后一日；仍存在的为 null / Its last day; null: it lasts' }),
});

export const suspensionSchema = z.strictObject({
  from: civilDate,
  until: civilDate.nullable().default(null),
  reasonZh: prose(2000),
});

/** What an expert states of himself. */
export const declarationSchema = z.strictObject({
  employer: z.strictObject({ name: line(200), creditCode: creditCode.nullable().default(null) }),
  ties: z.array(tie).max(200).default([]),
});

/** An expert as a pool gives one; a file of the command line has the same. */
export const expertGiven = z.strictObject({
  number: identifier(100).meta({ description: '专家库自己的编号 / The pool’s own number' }),
  name: line(100),
  fields: z.array(code).min(1).max(50).meta({ description: '评审专业代码 / Codes of the fields' }),
  region: identifier(50).nullable().default(null),
  ...declarationSchema.shape,
  telephone: identifier(50).nullable().default(null),
  credentials: z
    .array(
      z.strictObject({
        title: line(200),
        number: identifier(100).nullable().default(null),
        validUntil: civilDate.nullable().default(null),
      }),
    )
    .min(1)
    .max(50)
    .meta({ description: '职称、执业资格 / Titles and licences' }),
  suspension: suspensionSchema.nullable().default(null),
});

export const poolGiven = z.strictObject({
  name: line(200),
  level: z.enum(POOL_LEVELS).meta({ description: '省级、市级、自有 / Of the province, of the city, own' }),
  elsewhere: z.boolean().default(false).meta({
    description: '由他处管理，以文件往来 / Kept elsewhere; files bring it here',
  }),
});

export const poolSchema = poolGiven.extend({ id, createdAt: instantOut }).meta({ id: 'ExpertPool' });

export const poolView = ({
  id: poolId,
  name,
  level,
  elsewhere,
  createdAt,
}: ExpertPool): z.infer<typeof poolSchema> => ({
  ...{ id: poolId, name, level, elsewhere },
  createdAt: at(createdAt),
});

export const expertSchema = z
  .object({
    ...expertGiven.shape,
    id,
    poolId: id,
    accountId: z.string().nullable().meta({ description: '本人的账号 / Whose account it is' }),
  })
  .meta({ id: 'Expert' });

export const expertView = (row: ExpertRow): z.infer<typeof expertSchema> => {
  const { employer, employerCode, importedAt: _at, removedAt: _removed, ...expert } = row;
  return { ...expert, employer: { name: employer, creditCode: employerCode } };
};
