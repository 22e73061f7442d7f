import type { Queries } from '../../db/access/database.ts';
import { enabledAdministrators } from '../../db/accounts/memberships.ts';
import { DomainError } from '../../domain/errors.ts';

/**
 * At least one administrator who can open accounts must remain.
 * @throws DomainError `last-administrator`
 */
export async function assertAnotherAdministrator(q: Queries, accountId: string): Promise<void> {
  const [first, another] = await enabledAdministrators(q);
  if (another !== undefined || first !== accountId) return;
  throw new DomainError('last-administrator', {
    messageZh: '这是最后一个系统管理员账号，不能停用；请先开立另一个',
    messageEn: 'This is the last administrator: open another account first',
    details: { accountId },
  });
}
