import type { Database } from '../../../db/access/database.ts';
import { latestDecision } from '../../../db/decisions.ts';
import type { DecisionKind } from '../../../domain/decisions.ts';

export const decisionsOf = <K extends DecisionKind>(
  { read }: Database,
  procurementId: string,
  lotNo: number,
  kind: K,
) => latestDecision(read, { procurementId, lotNo }, kind);
