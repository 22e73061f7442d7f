import type { Queries } from '../../db/access/database.ts';
import { organisationsById } from '../../db/organisations.ts';
import { formerCodesOfEach, formerNamesOf } from '../../db/parties/corrections.ts';
import type { Asker } from '../../domain/grievances/asker.ts';

/** Those who filed or asked, by the ids of their organisations. */
export async function askersOf(q: Queries, ids: readonly string[]): Promise<ReadonlyMap<string, Asker>> {
  const [organisations, formerNames, formerCodes] = [
    await organisationsById(q, ids),
    await formerNamesOf(q, ids),
    await formerCodesOfEach(q, ids),
  ];
  return new Map(
    [...organisations].map(([id, { name, creditCode }]) => [
      id,
      { name, formerNames: formerNames.get(id) ?? [], codes: [creditCode, ...(formerCodes.get(id) ?? [])] },
    ]),
  );
}

export async function askerOf(q: Queries, id: string): Promise<Asker> {
  const asker = (await askersOf(q, [id])).get(id);
  if (!asker) throw new Error(`organisation ${id} is not in the register`);
  return asker;
}
