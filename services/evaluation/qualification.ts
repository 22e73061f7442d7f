import type { Actor } from '../../db/audit.ts';
import type { Tx } from '../../db/access/database.ts';
import { outOfState } from '../../domain/committees/out-of-state.ts';
import type { TenderPlace } from '../../db/tender/place.ts';
import { checkBidderCount } from '../../domain/law/limits.ts';
import { failLot, tooFewBidders } from '../lots/fail.ts';
import { loadCase, saveCases } from '../tender/case.ts';
import { assertBids, assertEvaluating, evaluationOf, record, refusedBy, violation } from './proceedings.ts';

export interface Unqualified {
  readonly bidId: string;
  readonly item: string;
  readonly ground: number;
  readonly reasonZh: string;
}

/**
 * 资格审查: the purchaser, or its agency, records a bid that does not qualify, where the law gives the examination to them (财政部令87号 44),
 * before any member has signed the review. Where too few qualify, the lot
 * fails at once.
 * @throws DomainError `unlawful`, `bad-input`, `stage-conflict`, `not-found`
 */
export async function rejectUnqualified(tx: Tx, actor: Actor, place: TenderPlace, given: Unqualified): Promise<void> {
  const evaluation = await evaluationOf(tx, place, tx.now);
  const { draw, proceedings } = evaluation;
  const { definition, scheme } = proceedings.of;
  const { scheme: own, rejection } = definition.evaluation;
  const { bidId, item, ground } = given;
  if (own.qualificationBy.who !== 'purchaser') {
    throw refusedBy([
      violation(own.qualificationBy.rule, {
        field: 'bidId',
        given: bidId,
        messageZh: `资格审查由${definition.words.committee}进行`,
        messageEn: 'The committee examines the qualification',
      }),
    ]);
  }
  assertEvaluating(evaluation, 'incomplete');
  assertBids(proceedings, [bidId], 'bidId');
  if (proceedings.reopened !== null || proceedings.parts.some(({ signedBy }) => signedBy.length > 0)) {
    throw outOfState('lot', 'reviewing', ['evaluation']);
  }
  const stated = scheme.qualification.find(({ key }) => key === item);
  if (stated?.ground !== ground) {
    throw refusedBy([
      violation(rejection.rule, {
        field: stated ? 'ground' : 'item',
        given: stated ? ground : item,
        lawfulChoices: stated ? [String(stated.ground)] : scheme.qualification.map(({ key }) => key),
        messageZh: stated ? `该资格审查项的法定情形为第 ${stated.ground} 项` : '不合格的，应当写明文件规定的资格审查项',
        messageEn: stated
          ? `The ground of this item is no. ${stated.ground} of the article`
          : 'What does not qualify names an item of the qualification in the documents',
      }),
    ]);
  }
  await record(tx, draw, {
    ...{ by: 'purchaser', actor, act: { kind: 'unqualified', ...given } },
    detail: { bidId, item, ground },
  });
  await endWithTooFew(tx, actor, place);
}

/** 合格投标人不足 3 家的，不得评标 (财政部令87号 44): what follows by the procedure follows at once. */
async function endWithTooFew(tx: Tx, actor: Actor, place: TenderPlace): Promise<void> {
  const { proceedings } = await evaluationOf(tx, place, tx.now);
  if (proceedings.ended?.point !== 'qualified') return;
  const c = await loadCase(tx, place.procurementId);
  const [few] = checkBidderCount(c.definition, proceedings.ended.count, { stage: 'qualified' });
  if (few?.severity !== 'block') return;
  await failLot(c, actor, place.lotNo, tooFewBidders(c, few));
  await saveCases(tx, [c]);
}
