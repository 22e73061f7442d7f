import { randomBytes } from 'node:crypto';
import type { Actor } from '../../db/audit.ts';
import type { Tx } from '../../db/access/database.ts';
import { callsOf, changeDraw, insertCalls, latestDraw, type CommitteeCall } from '../../db/committees/draws.ts';
import { expertById, expertOf, poolById } from '../../db/committees/experts.ts';
import { notFound } from '../../db/procurements.ts';
import { outOfState } from '../../domain/committees/out-of-state.ts';
import type { TenderPlace } from '../../db/tender/place.ts';
import { nextCalls, stands } from '../../domain/committees/calls.ts';
import type { DirectChoice } from '../../domain/draws/terms.ts';
import { DomainError } from '../../domain/errors.ts';
import { exclusionsOf } from '../../domain/experts/eligibility.ts';
import { badInput } from '../../domain/issues.ts';
import { getRule } from '../../domain/law/rulebook.ts';
import { breachOf, severityOf, type Violation } from '../../domain/law/violation.ts';
import { labelOf } from '../../proofs/draw.ts';
import { loadCase } from '../tender/case.ts';
import { newCall, noteCalled } from './calls.ts';
import { eligibilityFacts } from './eligible.ts';
import { checkDirect } from './open.ts';
import { openDrawSeal, sealDraw } from './sealed.ts';

const SALT_BYTES = 32;

export interface ChosenExpert extends Pick<DirectChoice, 'reasonZh' | 'approval'> {
  readonly expertId: string;
  readonly field: string;
}

/**
 * 自行选定、直接确定: the purchaser chooses an expert for a seat that a draw cannot fill, with what the law asks for. Whoever may
 * not be drawn may not be chosen either.
 * @throws DomainError `unlawful`, `bad-input`, `stage-conflict`, `not-found`
 */
export async function chooseExpert(
  tx: Tx,
  actor: Actor,
  place: TenderPlace,
  chosen: ChosenExpert,
): Promise<CommitteeCall> {
  const { expertId, field, ...direct } = chosen;
  const draw = await latestDraw(tx.q, place);
  if (!draw) throw notFound('draw', `${place.procurementId}/lot/${place.lotNo}`);
  if (draw.state !== 'calling' || draw.orders === null) throw outOfState('draw', draw.state, ['calling']);
  const c = await loadCase(tx, place.procurementId);
  refuse(checkDirect(c, direct));
  const calls = await callsOf(tx.q, draw.id);
  const group = draw.terms.groups.find((each) => each.field === field);
  const free = (group?.seats ?? 0) - calls.filter((call) => call.field === field && stands(call)).length;
  const drawable = nextCalls(draw.terms, draw.orders, calls).some((next) => next.field === field);
  if (free <= 0 || drawable) {
    throw badInput([
      {
        field: 'field',
        rule: 'cannot-be-drawn',
        messageZh: '该专业没有空缺，或者仍有可以抽取的人选，不能自行选定',
        messageEn: 'This field has no free seat, or somebody can still be drawn for it: nobody is chosen',
      },
    ]);
  }
  const row = await expertById(tx.q, expertId);
  const facts = await eligibilityFacts(c, place.lotNo, {
    fields: [field],
    regions: null,
    evaluationAt: draw.terms.evaluationAt,
  });
  const { committee } = c.definition;
  refuse(
    exclusionsOf(expertOf(row), facts, committee).map(({ code, rule }) => {
      const broken = getRule(rule ?? committee.direct.rule);
      return breachOf(broken, severityOf(broken), {
        field: 'expertId',
        given: code,
        messageZh: `该专家不能参加本项目评审（${code}）`,
        messageEn: `This expert may not serve here (${code})`,
      });
    }),
  );
  const sealed = openDrawSeal(tx.committees, draw);
  if (
    Object.entries(sealed.people).some(
      ([label, each]) => each.expertId === expertId && calls.some((call) => call.label === label),
    )
  ) {
    throw outOfState('draw', 'called', ['not-called']);
  }
  const salt = randomBytes(SALT_BYTES).toString('hex');
  const { number, name, employer } = row;
  const person = { pool: (await poolById(tx.q, row.poolId)).name, number, name, employer };
  const label = labelOf(draw.id, salt, person);
  await changeDraw(tx, draw.id, {
    sealed: sealDraw(tx.committees, draw.id, {
      ...sealed,
      people: { ...sealed.people, [label]: { salt, expertId, person } },
    }),
  });
  const { answerMinutes } = draw;
  const call = newCall(tx, draw, { no: calls.length + 1, field, label, expertId, chosen: true, answerMinutes });
  await insertCalls(tx, [call]);
  noteCalled(tx, draw, call, actor);
  return call;
}

function refuse(violations: readonly Violation[]): void {
  if (violations.length === 0) return;
  throw new DomainError('unlawful', {
    messageZh: violations.map(({ messageZh }) => messageZh).join('；'),
    messageEn: violations.map(({ messageEn }) => messageEn).join('; '),
    details: { violations },
  });
}
