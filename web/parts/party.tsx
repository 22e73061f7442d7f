import { wordFor } from '../../domain/fields/field.ts';
import type { Role } from '../../domain/roles.ts';
import type { Lang } from '../http/language.ts';

const ROLES_EN: Readonly<Record<Role, string>> = {
  purchaser: 'purchaser',
  agency: 'agency',
  centre: 'trading centre',
  office: 'administration office',
  supervisor: 'supervisor',
  discipline: 'discipline inspection',
  auditor: 'audit',
  expert: 'expert',
  supplier: 'supplier',
  administrator: 'administrator',
  public: 'public',
};

export const roleText = (role: Role, lang: Lang): string => (lang === 'zh' ? wordFor('role', role) : ROLES_EN[role]);

/** `江夏区教育局（招标人（采购人））`. */
export const membershipText = (
  { organisation, role }: { readonly organisation: string; readonly role: Role },
  lang: Lang,
): string =>
  lang === 'zh' ? `${organisation}（${roleText(role, lang)}）` : `${organisation} (${roleText(role, lang)})`;
