import { asc, eq, isNull } from 'drizzle-orm';
import { v7 as newId } from 'uuid';
import { DomainError } from '../domain/errors.ts';
import { CUSTODIANS, SEAL_FORMAT, type Custodian, type SealingTerms } from '../domain/bids/sealing.ts';
import { recordAudit, type Actor } from './audit.ts';
import type { Queries, Tx } from './access/database.ts';
import { notFound } from './procurements.ts';
import { custodianKeys } from './schema/sqlite.ts';

export type CustodianKey = typeof custodianKeys.$inferSelect;

/** One key at most of each custodian, in the order of CUSTODIANS. */
export async function keysInForce(q: Queries): Promise<CustodianKey[]> {
  const rows = await q
    .select()
    .from(custodianKeys)
    .where(isNull(custodianKeys.retiredAt))
    .orderBy(asc(custodianKeys.registeredAt));
  return CUSTODIANS.flatMap((custodian) => rows.filter((row) => row.custodian === custodian).slice(-1));
}

/**
 * Registers the key that procurements announced from now on are sealed to; the one before it is retired. What was
 * sealed to that stays so.
 * @throws DomainError `already-exists`: a key is of one custodian, and does not come back once it is retired
 */
export async function registerKey(
  tx: Tx,
  actor: Actor,
  key: { readonly custodian: Custodian; readonly recipient: string },
): Promise<CustodianKey> {
  const { custodian, recipient } = key;
  const [same] = await tx.q.select().from(custodianKeys).where(eq(custodianKeys.recipient, recipient));
  if (same) {
    throw new DomainError('already-exists', {
      messageZh: `该公钥已登记过：${recipient}`,
      messageEn: `The key was registered before: ${recipient}`,
      details: { field: 'recipient', given: recipient, custodian: same.custodian },
    });
  }
  const replaced = (await keysInForce(tx.q)).find((each) => each.custodian === custodian);
  if (replaced) await retire(tx, replaced.id);
  const row = { id: newId(), custodian, recipient, registeredBy: actor, registeredAt: tx.now, retiredAt: null };
  await tx.q.insert(custodianKeys).values(row);
  recordAudit(tx, actor, {
    action: 'custodian.register-key',
    procurementId: null,
    subject: `custodian/${custodian}`,
    detail: { recipient, replaces: replaced?.recipient ?? null },
  });
  return row;
}

/**
 * Retires a key (lost, or known to others): nothing more is sealed to it.
 * @throws DomainError `not-found`
 */
export async function retireKey(tx: Tx, actor: Actor, id: string): Promise<CustodianKey> {
  const [row] = await tx.q.select().from(custodianKeys).where(eq(custodianKeys.id, id));
  if (!row) throw notFound('custodian-key', id);
  if (row.retiredAt !== null) return row;
  await retire(tx, id);
  recordAudit(tx, actor, {
    action: 'custodian.retire-key',
    procurementId: null,
    subject: `custodian/${row.custodian}`,
    detail: { recipient: row.recipient },
  });
  return { ...row, retiredAt: tx.now };
}

async function retire(tx: Tx, id: string): Promise<void> {
  await tx.q.update(custodianKeys).set({ retiredAt: tx.now }).where(eq(custodianKeys.id, id));
}

/** What bids of a procurement announced now are sealed with; null unless each custodian has a key in force. */
export async function sealingTerms(q: Queries, bidderWindowMinutes: number | null): Promise<SealingTerms | null> {
  const keys = await keysInForce(q);
  if (keys.length < CUSTODIANS.length) return null;
  return {
    format: SEAL_FORMAT,
    suite: 'age-x25519',
    custodians: keys.map(({ custodian, recipient }) => ({ custodian, recipient })),
    bidderWindowMinutes,
  };
}

const NAMES: Readonly<Record<Custodian, { zh: string; en: string }>> = {
  centre: { zh: '交易中心', en: 'the centre' },
  purchaser: { zh: '招标人（采购人）', en: 'the purchaser' },
  supervisor: { zh: '行政监督部门', en: 'the supervisor' },
};

/** @throws DomainError `custodians-missing`, naming who has no key in force */
export async function assertCustodians(q: Queries): Promise<void> {
  const keys = await keysInForce(q);
  const missing = CUSTODIANS.filter((custodian) => !keys.some((key) => key.custodian === custodian));
  if (missing.length === 0) return;
  throw new DomainError('custodians-missing', {
    messageZh: `保管人尚无有效公钥：${missing.map((each) => NAMES[each].zh).join('、')}；投标文件无法密封，不能发起`,
    messageEn: `No key in force of ${missing.map((each) => NAMES[each].en).join(', ')}: bids could not be sealed, so nothing is launched`,
    details: { missing },
  });
}
