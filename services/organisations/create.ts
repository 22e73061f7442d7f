import { v7 as newId } from 'uuid';
import type { Tx } from '../../db/access/database.ts';
import { recordAudit, type Actor } from '../../db/audit.ts';
import {
  insertOrganisation,
  namesakesOf,
  organisationByCreditCode,
  organisationById,
  type Organisation,
  type Standing,
} from '../../db/organisations.ts';
import { DomainError } from '../../domain/errors.ts';
import { assertSeen } from '../../domain/issues.ts';

const NO_STANDING: Standing = { identity: null, duties: null, reportsTo: null };

/**
 * Registers an organisation (机构).
 * @throws DomainError `bad-input`, `already-exists` when the credit code (统一社会信用代码) is taken, `not-found`
 */
export async function createOrganisation(
  tx: Tx,
  actor: Actor,
  { name, creditCode, ...given }: { name: string; creditCode: string } & Partial<Standing>,
): Promise<Organisation> {
  assertSeen('name', name);
  if (await organisationByCreditCode(tx.q, creditCode)) throw codeTaken(creditCode);
  const organisation = {
    id: newId(),
    name,
    creditCode,
    createdAt: tx.now,
    firstPersonAt: null,
    ...NO_STANDING,
    ...given,
  };
  if (organisation.reportsTo !== null) await organisationById(tx.q, organisation.reportsTo);
  const sameName = (await namesakesOf(tx.q, [organisation])).flat().map(({ id }) => id);
  await insertOrganisation(tx, organisation);
  recordAudit(tx, actor, {
    action: 'organisation.create',
    procurementId: null,
    subject: `organisation/${organisation.id}`,
    detail: { name, creditCode, ...given, ...(sameName.length > 0 ? { sameName } : {}) },
  });
  return organisation;
}

export const codeTaken = (creditCode: string): DomainError =>
  new DomainError('already-exists', {
    messageZh: `统一社会信用代码已登记：${creditCode}`,
    messageEn: `The credit code is registered already: ${creditCode}`,
    details: { field: 'creditCode', given: creditCode },
  });
