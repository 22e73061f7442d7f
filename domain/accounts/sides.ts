import { DomainError } from '../errors.ts';
import { wordFor } from '../fields/field.ts';
import type { Role } from '../roles.ts';

/**
 * What one person may be at the same time: roles of one side only (管办分离, 回避). Who bids does so for one supplier
 * only: one person who handles the bids of two is deemed collusion (招标投标法实施条例 40, 财政部令87号 37).
 */
export const SIDES = [
  { side: 'buying', zh: '采购方', roles: ['purchaser', 'agency'] },
  { side: 'bidding', zh: '供应商', roles: ['supplier'], organisations: 1 },
  { side: 'venue', zh: '交易中心', roles: ['centre'] },
  { side: 'supervision', zh: '监督方', roles: ['office', 'supervisor', 'discipline', 'auditor'] },
  { side: 'evaluation', zh: '评标专家', roles: ['expert'] },
  { side: 'accounts', zh: '系统管理', roles: ['administrator'] },
] as const satisfies readonly {
  readonly side: string;
  readonly zh: string;
  readonly roles: readonly Role[];
  /** For how many organisations at most. */
  readonly organisations?: number;
}[];

export interface HeldRole {
  readonly organisationId: string;
  readonly role: Role;
}

/** @throws DomainError `bad-input` for a role that a person who has the others may not have */
export function assertOneSide(held: readonly HeldRole[], added: HeldRole): void {
  const own = SIDES.find(({ roles }) => (roles as readonly Role[]).includes(added.role));
  if (!own) return;
  const allowed: readonly Role[] = own.roles;
  const other = held.find(({ role }) => !allowed.includes(role));
  if (other) {
    const [otherZh, addedZh, ...allowedZh] = [other.role, added.role, ...allowed].map((each) => wordFor('role', each));
    throw conflict(added, {
      messageZh: `一人不能同时为“${otherZh}”与“${addedZh}”：“${addedZh}”之外只能另有：${allowedZh.join('、')}`,
      messageEn: `One person cannot be ${other.role} and ${added.role}: beside ${added.role} only ${allowed.join(', ')} is allowed`,
    });
  }
  const organisations = new Set([...held, added].map(({ organisationId }) => organisationId));
  if (!('organisations' in own) || organisations.size <= own.organisations) return;
  throw conflict(added, {
    messageZh: '一人只能代表一家供应商（招标投标法实施条例第40条、财政部令87号第37条）',
    messageEn: 'One person acts for one supplier only (招标投标法实施条例 40, 财政部令87号 37)',
  });
}

const conflict = ({ role, organisationId }: HeldRole, words: { messageZh: string; messageEn: string }): DomainError =>
  new DomainError('bad-input', { ...words, details: { field: 'role', given: role, organisationId } });
