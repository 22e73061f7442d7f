// 控股、管理关系 and 单位负责人, as organisations declare them: 招标投标法实施条例 34, 政府采购法实施条例 18, 电子招标投标办法 23.

/** What the one who declares is to the other. `same-head`: 单位负责人为同一人. */
export const RELATIONS = ['holds', 'held-by', 'manages', 'managed-by', 'same-head'] as const;
export type Relation = (typeof RELATIONS)[number];

export const RELATIONS_ZH: Readonly<Record<Relation, string>> = {
  holds: '控股',
  'held-by': '被其控股',
  manages: '管理',
  'managed-by': '受其管理',
  'same-head': '单位负责人为同一人',
};

/** A declaration, with the code of who made it. */
export interface DeclaredControl {
  readonly id: string;
  readonly organisationId: string;
  readonly creditCode: string;
  readonly relation: Relation;
  /** The other may not be registered here: its code identifies it. */
  readonly otherName: string;
  readonly otherCode: string;
  /** Withdrawn or over since (epoch ms); null: it stands. */
  readonly endedAt: number | null;
}

export interface Coded {
  readonly id: string;
  readonly creditCode: string;
}

/** What either of two organisations has declared of the other, also what is over. */
export const declaredBetween = <C extends DeclaredControl>(a: Coded, b: Coded, declared: readonly C[]): C[] =>
  declared.filter(
    ({ organisationId, otherCode }) =>
      (organisationId === a.id && otherCode === b.creditCode) ||
      (organisationId === b.id && otherCode === a.creditCode),
  );

/** Credit codes of those who control an organisation, by its own declaration or theirs. */
const controllersOf = ({ id, creditCode }: Coded, declared: readonly DeclaredControl[]): string[] =>
  declared.flatMap((each) => {
    if (each.organisationId === id && (each.relation === 'held-by' || each.relation === 'managed-by'))
      return [each.otherCode];
    if (each.otherCode === creditCode && (each.relation === 'holds' || each.relation === 'manages'))
      return [each.creditCode];
    return [];
  });

/** Credit codes of those who control both. */
export function commonControllers(a: Coded, b: Coded, declared: readonly DeclaredControl[]): string[] {
  const others = new Set(controllersOf(b, declared));
  return [...new Set(controllersOf(a, declared))].filter((code) => others.has(code));
}
