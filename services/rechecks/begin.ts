import type { Actor } from '../../db/audit.ts';
import { latestDraw } from '../../db/committees/draws.ts';
import { latestDecision, type Decision } from '../../db/decisions.ts';
import { schemeOf } from '../../db/evaluation/schemes.ts';
import { recordEvent } from '../../db/events.ts';
import { openedBids } from '../../db/openings/unsealings.ts';
import { v7 as newId } from 'uuid';
import type { Recheck } from '../../domain/decisions.ts';
import { itemsOf, type SheetPart } from '../../domain/evaluation/sheets/marks.ts';
import { isRuleId } from '../../domain/law/rulebook.ts';
import type { Procedure } from '../../domain/procedures/procedure.ts';
import type { Scheme } from '../../domain/evaluation/scheme/scheme.ts';
import { lotSubject } from '../../domain/subjects.ts';
import { record } from '../evaluation/proceedings.ts';
import type { TenderCase } from '../tender/case.ts';
import { instantZh, instantEn } from '../../domain/civil-time.ts';

const PARTS: readonly SheetPart[] = ['review', 'technical', 'commercial'];

/** The items that a ground is about; null: all of them. */
export function itemsAbout(
  definition: Procedure,
  scheme: Scheme,
  { ground, items }: Pick<Recheck, 'ground' | 'items'>,
): string[] | null {
  const about = definition.recheck.grounds[ground]?.about;
  const parts = PARTS.filter((part) => about === undefined || (part === 'review') === (about === 'review'));
  const all = parts.flatMap((part) => itemsOf(definition, scheme, part).map(({ item }) => item.key));
  if (items !== null) return items;
  return about === undefined ? null : all;
}

/**
 * Begins a recheck: it has a clock of its own, what it was referred for is reopened on the sheets of a committee that evaluates here, and
 * the supervisor is notified, in writing as far as the law asks (政府采购法实施条例 44).
 */
export async function beginRecheck(
  c: TenderCase,
  actor: Actor,
  lotNo: number,
  recheck: Recheck,
): Promise<Decision<'recheck'>> {
  const { tx, timeline, definition } = c;
  const { dueAt, dueRule = null, ground, bidIds } = recheck;
  const decision = c.decide('recheck', actor, lotNo, recheck, recheck.grievanceId);
  timeline.planAt(lotNo, 'recheck', dueAt, dueRule !== null && isRuleId(dueRule) ? [dueRule] : [], {
    ifNobodyActs: {
      zh: `${dueRule === null ? '期限由提交复核者确定；' : ''}逾期未完成的，记入审计记录并通知监督部门；完成之前不确定${definition.words.winner}、不签订合同`,
      en: `${dueRule === null ? 'Set by who referred it; ' : ''}What is not finished in time is on record and the supervisor is notified; until then nothing is awarded or signed`,
    },
  });
  if (definition.recheck.report) {
    timeline.planAt(lotNo, 'recheck-report', null, [definition.recheck.report], {
      ifNobodyActs: {
        zh: `重新${definition.words.evaluation}应当书面报告；法律未规定日数，登记之前不能归档（自 ${instantZh(tx.now)} 起）`,
        en: `It is reported in writing; the law sets no number of days, and nothing is archived before it is recorded (since ${instantEn(tx.now)})`,
      },
    });
  }
  const suspended = definition.recheck.suspends[c.lot(lotNo).stage];
  if (suspended && c.milestone(lotNo, suspended)?.state === 'planned') {
    timeline.suspend(newId(), lotNo, suspended, decision.id);
  }
  await reopen(c, actor, lotNo, decision);
  recordEvent(tx, {
    kind: 'recheck.referred',
    procurementId: c.id,
    lotNo,
    subject: lotSubject(c.id, lotNo),
    detail: { recheckId: decision.id, ground, bidIds, dueAt },
  });
  return decision;
}

/** On the sheets of a committee that was drawn here and has reported. */
async function reopen(c: TenderCase, actor: Actor, lotNo: number, { id, payload }: Decision<'recheck'>): Promise<void> {
  const place = { procurementId: c.id, lotNo };
  const [draw, stated, report] = await Promise.all([
    latestDraw(c.tx.q, place),
    schemeOf(c.tx.q, place),
    latestDecision(c.tx.q, place, 'report'),
  ]);
  if (!draw || draw.formedAt === null || !stated || report?.payload.made !== 'here') return;
  const { definition } = c;
  const items = itemsAbout(definition, stated.scheme, payload);
  const from = PARTS.find((part) =>
    itemsOf(definition, stated.scheme, part).some(({ item }) => items === null || items.includes(item.key)),
  );
  await record(c.tx, draw, {
    ...{ by: 'purchaser', actor },
    act: {
      ...{ kind: 'reopen', recheckId: id, from: from ?? 'review', bidIds: payload.bidIds, items },
      found: definition.recheck.grounds[payload.ground]?.found ?? false,
    },
    detail: { recheckId: id, bidIds: payload.bidIds },
  });
}

/** All opened bids of a lot. */
export const allBids = async ({ tx, id }: TenderCase, lotNo: number): Promise<string[]> =>
  (await openedBids(tx.q, id, lotNo)).map((bid) => bid.id);
