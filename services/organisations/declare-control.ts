import { v7 as newId } from 'uuid';
import type { Tx } from '../../db/access/database.ts';
import { recordAudit, type Actor } from '../../db/audit.ts';
import { controlById, controlsDeclaredBy, endControl, insertControl, type Control } from '../../db/parties/controls.ts';
import { organisationById } from '../../db/organisations.ts';
import { notFound } from '../../db/procurements.ts';
import { civilDayOf, formatDay } from '../../domain/civil-time.ts';
import { DomainError } from '../../domain/errors.ts';
import { badInput, type Issue } from '../../domain/issues.ts';

export type DeclaredRelation = Pick<Control, 'relation' | 'otherName' | 'otherCode' | 'since'>;

/**
 * 控股、管理关系: an organisation declares who controls it or whom it controls.
 * @throws DomainError `bad-input`, `already-exists`
 */
export async function declareControl(
  tx: Tx,
  actor: Actor,
  organisationId: string,
  declared: DeclaredRelation,
): Promise<Control> {
  const own = await organisationById(tx.q, organisationId);
  const issues = issuesOf(declared, own.creditCode, formatDay(civilDayOf(tx.now)));
  if (issues.length > 0) throw badInput(issues);
  const standing = (await controlsDeclaredBy(tx.q, organisationId)).find(
    ({ endedAt, relation, otherCode }) =>
      endedAt === null && relation === declared.relation && otherCode === declared.otherCode,
  );
  if (standing) {
    throw new DomainError('already-exists', {
      messageZh: `该关系已声明：${standing.otherName}`,
      messageEn: `That relation is declared already: ${standing.otherName}`,
      details: { field: 'otherCode', given: declared.otherCode, controlId: standing.id },
    });
  }
  const control: Control = { id: newId(), organisationId, ...declared, declaredAt: tx.now, endedAt: null };
  await insertControl(tx, control);
  recordAudit(tx, actor, {
    action: 'control.declare',
    procurementId: null,
    subject: `organisation/${organisationId}`,
    detail: { controlId: control.id, ...declared },
  });
  return control;
}

function issuesOf({ otherCode, since }: DeclaredRelation, ownCode: string, today: string): Issue[] {
  const issues: Issue[] = [];
  if (otherCode === ownCode) {
    issues.push({
      field: 'otherCode',
      rule: 'other',
      messageZh: '应为其他单位的统一社会信用代码',
      messageEn: 'It must be the credit code of another organisation',
    });
  }
  if (since > today) {
    issues.push({
      field: 'since',
      rule: 'past',
      messageZh: `起始日晚于今天（${today}）`,
      messageEn: `The first day is after today (${today})`,
    });
  }
  return issues;
}

/**
 * The relation is over, or was declared by mistake. The declaration stays on record.
 * @throws DomainError `not-found` for another's, or one that is over
 */
export async function endDeclaredControl(tx: Tx, actor: Actor, organisationId: string, id: string): Promise<Control> {
  const control = await controlById(tx.q, id);
  if (control.organisationId !== organisationId || control.endedAt !== null) throw notFound('control', id);
  await endControl(tx, id);
  recordAudit(tx, actor, {
    action: 'control.end',
    procurementId: null,
    subject: `organisation/${organisationId}`,
    detail: { controlId: id },
  });
  return { ...control, endedAt: tx.now };
}
