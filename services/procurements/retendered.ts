import type { Queries } from '../../db/access/database.ts';
import { retendersOf, type Procurement } from '../../db/procurements.ts';
import { DomainError } from '../../domain/errors.ts';
import { citationOf } from '../../domain/law/rulebook.ts';
import { procedureOf } from '../../domain/procedures/index.ts';
import { stageRuleOf } from '../../domain/procedures/out-of-stage.ts';

/** The lots of an earlier tender that a re-tender has, in the order of its own. */
export const retenderedLots = ({
  retenderLot,
  retenderOthers,
}: Pick<Procurement, 'retenderLot' | 'retenderOthers'>): readonly number[] =>
  retenderLot === null ? [] : [retenderLot, ...(retenderOthers ?? [])];

/**
 * A lot is tendered again once: another re-tender of it may be launched where that has failed or was terminated itself.
 * @param but the re-tender that is asked for, where it is a draft already
 * @throws DomainError `already-exists`
 */
export async function assertNotRetendered(
  q: Queries,
  earlier: Procurement,
  lotNos: readonly number[],
  but?: string,
): Promise<void> {
  const others = (await retendersOf(q, earlier.id)).filter(({ id, stage }) => id !== but && stage !== 'draft');
  for (const other of others) {
    const live = retenderedLots(other).filter((_, index) => {
      const stage = other.lots.find(({ no }) => no === index + 1)?.stage;
      return stage !== 'failed' && stage !== 'terminated';
    });
    const twice = lotNos.find((no) => live.includes(no));
    if (twice === undefined) continue;
    const definition = procedureOf(earlier);
    const { zh, en, details } = citationOf(stageRuleOf(definition, 'lot.retender'));
    const { again } = definition.words;
    throw new DomainError('already-exists', {
      messageZh: `第 ${twice} 标段（包）已由「${other.title}」${again}，该项目结束前不再${again}${zh}`,
      messageEn: `Lot ${twice} is tendered again already by "${other.title}": while that goes on, or has a result, it is not tendered a third time${en}`,
      details: { field: 'lotNos', given: twice, procurementId: other.id, ...details },
    });
  }
}
