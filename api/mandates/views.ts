import * as z from 'zod';
import type { Queries } from '../../db/access/database.ts';
import type { Mandate, UnderWay } from '../../db/parties/mandates.ts';
import { organisationsById } from '../../db/organisations.ts';
import { MANDATE_ACTS, MANDATE_ACT_NAMES } from '../../domain/mandates/acts.ts';
import { mandateActsFor, PREPARABLE_ACT_NAMES, PREPARABLE_ACTS } from '../../domain/prepared-acts/acts.ts';
import { PROCUREMENT_STAGES } from '../../domain/stages.ts';
import { at, atOrNull, code, id, instant, instantOut, line, prose } from '../http/schemas.ts';

const act = z.enum(MANDATE_ACT_NAMES).meta({
  id: 'MandateAct',
  description: `委托事项：${MANDATE_ACT_NAMES.map((name) => `${name} ${MANDATE_ACTS[name].zh}`).join('，')} / What the agency may do`,
});

const CONFIRMABLE = PREPARABLE_ACT_NAMES.filter((name) => mandateActsFor(name).length > 0);
const confirmable = z.enum(CONFIRMABLE).meta({
  id: 'ConfirmableAct',
  description: `${CONFIRMABLE.map((name) => `${name} ${PREPARABLE_ACTS[name].zh}`).join('，')} / What an agency prepares for its purchaser to confirm`,
});

export const mandateGiven = z.strictObject({
  withId: id.meta({ description: '对方：招标人（采购人）或代理机构 / The other party' }),
  subjectZh: prose(2000).meta({ description: '委托内容 / What it is about, in words' }),
  projectCodes: z.array(code).min(1).max(100).nullable().meta({
    description: '限于这些项目代码；null 为该单位全部项目 / For these projects; null: for all of the purchaser',
  }),
  acts: z
    .array(act)
    .min(1)
    .max(MANDATE_ACT_NAMES.length)
    .transform((given) => [...new Set(given)])
    .meta({
      description: '委托事项 / What the agency may do',
      override: {
        type: 'array',
        minItems: 1,
        maxItems: MANDATE_ACT_NAMES.length,
        items: { $ref: '#/components/schemas/MandateAct' },
      },
    }),
  purchaserConfirms: z
    .array(confirmable)
    .max(CONFIRMABLE.length)
    .default([])
    .transform((given) => [...new Set(given)])
    .meta({
      description:
        '代理机构不能单独办理、由招标人（采购人）逐次复核的事项 / What the agency does not do alone: it prepares, and the purchaser confirms each time',
      override: {
        type: 'array',
        maxItems: CONFIRMABLE.length,
        items: { $ref: '#/components/schemas/ConfirmableAct' },
        default: [],
      },
    }),
  untilAt: instant.meta({ description: '委托期限届满时间 / When it ends' }),
});

export const mandateEnd = z.strictObject({ reasonZh: prose(2000) });

const party = z.object({ id, name: z.string() });
const side = z.enum(['purchaser', 'agency']);

const mandateSchema = z
  .object({
    id,
    purchaser: party,
    agency: party,
    subjectZh: z.string(),
    projectCodes: z.array(z.string()).nullable(),
    acts: z.array(act),
    purchaserConfirms: z.array(confirmable).meta({
      description: '须由招标人（采购人）复核的 / What the purchaser confirms each time',
    }),
    untilAt: instantOut,
    state: z
      .enum(['offered', 'in-force', 'ended', 'expired'])
      .meta({ description: '待接受、有效、已终止、已届满 / Only one that is in force allows anything' }),
    offeredBy: side,
    offeredAt: instantOut,
    acceptedAt: instantOut.nullable(),
    endedBy: side.nullable(),
    endedAt: instantOut.nullable(),
    endReasonZh: z.string().nullable(),
  })
  .meta({ id: 'Mandate' });

const underWaySchema = z.array(
  z.object({ id, title: line(200), stage: z.enum(PROCUREMENT_STAGES), projectCode: z.string().nullable() }),
);

export const mandateWithUnderWay = mandateSchema
  .extend({
    underWay: underWaySchema.meta({
      description:
        '该代理机构为该单位在办的项目（终止委托后：不再有其他委托的） / What the agency has under way; after an end: what no other mandate covers',
    }),
  })
  .meta({ id: 'MandateWithUnderWay' });

export { mandateSchema };

function stateOf({ acceptedAt, endedAt, untilAt }: Mandate, now: number): z.infer<typeof mandateSchema>['state'] {
  if (endedAt !== null) return 'ended';
  if (now >= untilAt) return 'expired';
  return acceptedAt === null ? 'offered' : 'in-force';
}

export async function mandateViews(
  q: Queries,
  mandates: readonly Mandate[],
  now: number,
): Promise<z.infer<typeof mandateSchema>[]> {
  const known = await organisationsById(
    q,
    mandates.flatMap(({ purchaserId, agencyId }) => [purchaserId, agencyId]),
  );
  const named = (organisationId: string) => ({ id: organisationId, name: known.get(organisationId)?.name ?? '' });
  return mandates.map((mandate) => ({
    id: mandate.id,
    purchaser: named(mandate.purchaserId),
    agency: named(mandate.agencyId),
    subjectZh: mandate.subjectZh,
    projectCodes: mandate.projectCodes,
    acts: mandate.acts,
    purchaserConfirms: mandate.purchaserConfirms,
    untilAt: at(mandate.untilAt),
    state: stateOf(mandate, now),
    offeredBy: mandate.offeredBy,
    offeredAt: at(mandate.offeredAt),
    acceptedAt: atOrNull(mandate.acceptedAt),
    endedBy: mandate.endedBy,
    endedAt: atOrNull(mandate.endedAt),
    endReasonZh: mandate.endReasonZh,
  }));
}

export async function mandateView(q: Queries, mandate: Mandate, underWay: readonly UnderWay[], now: number) {
  const [view] = await mandateViews(q, [mandate], now);
  if (!view) throw new Error('a mandate has a view');
  return { ...view, underWay: underWay.map((each) => ({ ...each })) } satisfies z.infer<typeof mandateWithUnderWay>;
}
