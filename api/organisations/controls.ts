import * as z from 'zod';
import { controlsDeclaredBy, type Control } from '../../db/parties/controls.ts';
import { RELATIONS, RELATIONS_ZH } from '../../domain/organisations/control.ts';
import { declareControl, endDeclaredControl } from '../../services/organisations/declare-control.ts';
import { created, ok, route } from '../http/route.ts';
import { at, atOrNull, checkDigitOf, civilDate, creditCode, id, instantOut, line } from '../http/schemas.ts';

const tag = 'organisations';

const controlGiven = z.strictObject({
  relation: z.enum(RELATIONS).meta({
    description: `本单位与对方的关系：${RELATIONS.map((each) => `${each} ${RELATIONS_ZH[each]}`).join('，')} / What your organisation is to the other`,
  }),
  otherName: line(200),
  otherCode: creditCode.meta({ description: '对方，不必已在平台登记 / The other, registered here or not' }),
  since: civilDate.meta({ description: '自何日起 / Since when' }),
});

const controlSchema = controlGiven
  .extend({ id, declaredAt: instantOut, endedAt: instantOut.nullable() })
  .meta({ id: 'DeclaredControl', description: '控股、管理关系声明 / A declared relation of control' });

const controlView = ({
  organisationId: _own,
  declaredAt,
  endedAt,
  ...control
}: Control): z.infer<typeof controlSchema> => ({
  ...control,
  declaredAt: at(declaredAt),
  endedAt: atOrNull(endedAt),
});

export const controlRoutes = [
  route({
    method: 'post',
    path: '/controls',
    action: 'control.declare',
    at: 'anywhere',
    tag,
    zh: '声明本单位的控股、管理关系，或单位负责人为同一人',
    en: 'Declare who controls your organisation, whom it controls, or who has the same head',
    body: controlGiven,
    outcomes: [{ status: 201, schema: controlSchema, zh: '已声明', en: 'Declared' }],
    errors: ['already-exists'],
    judged: [
      checkDigitOf('otherCode'),
      { field: 'otherCode', rule: 'other', zh: '不是本单位', en: 'not your own' },
      { field: 'since', rule: 'past', zh: '不晚于今天', en: 'not after today' },
    ],
    handle: async ({ body, commit, actor, organisation }) =>
      commit(async (tx) =>
        created(controlView(await declareControl(tx, actor, organisation(), body)), '/api/controls'),
      ),
  }),
  route({
    method: 'get',
    path: '/controls',
    action: 'control.declare',
    at: 'anywhere',
    tag,
    zh: '本单位的声明',
    en: 'What your organisation has declared',
    outcomes: [{ status: 200, schema: z.object({ items: z.array(controlSchema) }), zh: '声明', en: 'Declarations' }],
    handle: async ({ services: { db }, organisation }) =>
      ok({ items: (await controlsDeclaredBy(db.read, organisation())).map(controlView) }),
  }),
  route({
    method: 'post',
    path: '/controls/{controlId}/end',
    action: 'control.declare',
    at: 'anywhere',
    tag,
    zh: '该关系已终止（声明仍留存）',
    en: 'The relation is over; the declaration stays on record',
    params: z.object({ controlId: id }),
    outcomes: [{ status: 200, schema: controlSchema, zh: '已终止', en: 'Ended' }],
    errors: ['not-found'],
    handle: async ({ params: { controlId }, commit, actor, organisation }) =>
      commit(async (tx) => ok(controlView(await endDeclaredControl(tx, actor, organisation(), controlId)))),
  }),
];
