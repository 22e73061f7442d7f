import type { Actor } from '../../db/audit.ts';
import type { Tx } from '../../db/access/database.ts';
import type { TenderPlace } from '../../db/tender/place.ts';
import { outOfState } from '../../domain/committees/out-of-state.ts';
import { badInput } from '../../domain/issues.ts';
import type { RuleId } from '../../domain/law/rulebook.ts';
import { note } from '../committees/events.ts';
import { loadCase, saveCases } from '../tender/case.ts';
import { assertEvaluating, evaluationFor, evaluationOf, record, refusedBy, unnamed, violation } from './proceedings.ts';

// 招标投标法实施条例 48: more than a third of the members find the time too short, and the purchaser extends it.

/**
 * A member, alone, asks for more time; with more than a third of those who sit the purchaser is told, and not by whom.
 * @throws DomainError `unlawful` where the law of the procedure does not provide for it, `stage-conflict`
 */
export async function askForTime(tx: Tx, place: TenderPlace, accountId: string, reasonZh: string): Promise<void> {
  const { draw, proceedings, seat } = await evaluationFor(tx, place, accountId, 'incomplete');
  ruleOf(proceedings.of.definition);
  if (proceedings.isBeingSigned) throw outOfState('lot', 'signing', ['evaluation']);
  const before = proceedings.timeAsked;
  // Sent twice, it is one request.
  if (before.by.includes(seat.memberId)) return;
  await record(tx, draw, {
    ...{ by: seat.memberId, actor: unnamed(seat), act: { kind: 'more-time', reasonZh } },
  });
  const { isOwed } = (await evaluationOf(tx, place, tx.now)).proceedings.timeAsked;
  if (!isOwed || before.isOwed) return;
  note(tx, draw, { actor: unnamed(seat), action: 'evaluation.time-owed', event: 'evaluation.time-owed' });
}

/**
 * 延长评标时间: the purchaser sets until when the evaluation may last, where more than a third ask for it.
 * @param until civil epoch ms
 * @throws DomainError `unlawful`, `stage-conflict`, `bad-input`, `not-found`
 */
export async function extendEvaluation(tx: Tx, actor: Actor, place: TenderPlace, until: number): Promise<void> {
  const evaluation = await evaluationOf(tx, place, tx.now);
  const { draw, proceedings } = evaluation;
  const { definition } = proceedings.of;
  assertEvaluating(evaluation, 'incomplete');
  const rule = ruleOf(definition);
  const { by, of, isOwed } = proceedings.timeAsked;
  if (!isOwed) {
    throw refusedBy([
      violation(rule, {
        field: 'until',
        given: `${by.length}/${of}`,
        messageZh: `超过三分之一的成员认为时间不够的，才延长：现有 ${by.length} 人，共 ${of} 人`,
        messageEn: `It is extended where more than a third of the members ask: ${by.length} of ${of} do`,
      }),
    ]);
  }
  const c = await loadCase(tx, place.procurementId);
  const former = c.milestone(place.lotNo, 'evaluation-report')?.dueAt ?? null;
  if (until <= tx.now || (former !== null && until <= former)) {
    throw badInput([
      {
        field: 'until',
        rule: 'later',
        messageZh: '应晚于现在，也晚于原定的时间',
        messageEn: 'It must be later than now, and than what was set before',
      },
    ]);
  }
  c.timeline.planAt(place.lotNo, 'evaluation-report', until, [rule]);
  await saveCases(tx, [c]);
  const act = { kind: 'extended', until, asking: by.length, of } as const;
  await record(tx, draw, { by: 'purchaser', actor, act, detail: { until, asking: by.length, of, former } });
}

function ruleOf({
  committee,
  evaluation,
}: Awaited<ReturnType<typeof evaluationOf>>['proceedings']['of']['definition']): RuleId {
  if (committee.moreTime !== undefined) return committee.moreTime;
  throw refusedBy([
    violation(evaluation.rule, {
      field: 'until',
      given: null,
      messageZh: '该采购方式的法律没有规定由成员要求延长评审时间',
      messageEn: 'The law of this procedure does not provide that members ask for more time',
    }),
  ]);
}
