/** What the documents and the budget say of prices. Fen. */
export interface PriceLimits {
  readonly budgetFen: number;
  readonly ceilingFen: number | null;
}

/** What no price may be above: the ceiling, and where the budget binds, that too; null: there is no limit. */
export const limitOf = (budgetBinds: boolean, { budgetFen, ceilingFen }: PriceLimits): number | null =>
  budgetBinds ? Math.min(budgetFen, ceilingFen ?? budgetFen) : ceilingFen;
