import { DomainError } from '../errors.ts';
import { wordFor } from '../fields/field.ts';
import type { Role } from '../roles.ts';

/** As a Chinese sentence lists them. */
export const dutiesZh = (duties: readonly Role[]): string =>
  duties.map((each) => wordFor('duties', each)).join('、') || '无';

/**
 * Whether the people of an organisation may have these roles for it.
 * @param field what was given: its duties, or the role of one person
 * @throws DomainError `bad-input` for the first role that is not among its duties
 */
export function assertWithinDuties(
  { id, name, duties }: { readonly id: string; readonly name: string; readonly duties: readonly Role[] | null },
  roles: readonly Role[],
  field: 'duties' | 'role',
): void {
  const outside = duties === null ? undefined : roles.find((role) => !duties.includes(role));
  if (outside === undefined || duties === null) return;
  throw new DomainError('bad-input', {
    messageZh: `“${name}”的职责（${dutiesZh(duties)}）不含“${wordFor('duties', outside)}”，而其人员承担或将承担该角色`,
    messageEn: `The duties of “${name}” (${duties.join(', ') || 'none'}) do not include ${outside}, which its people have or would have`,
    details: { field, given: outside, organisationId: id, duties },
  });
}
