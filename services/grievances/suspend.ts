import { v7 as newId } from 'uuid';
import type { Grievance } from '../../db/grievances.ts';
import type { TenderCase } from '../tender/case.ts';

/** A contract planned while a query is open may not be signed until it is answered (政府采购法实施条例 54). */
export function suspendContracts(
  c: TenderCase,
  lotNo: number,
  openQueries: readonly Pick<Grievance, 'id' | 'lotNo'>[],
): void {
  for (const query of openQueries) {
    if (query.lotNo === 0 || query.lotNo === lotNo) c.timeline.suspend(newId(), lotNo, 'contract', query.id);
  }
}
