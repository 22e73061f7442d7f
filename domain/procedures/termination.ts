import type { TerminationGround } from '../decisions.ts';
import { getRule } from '../law/rulebook.ts';
import { breachOf, type Violation } from '../law/violation.ts';
import { procedureOf, type ProcedureKey } from './index.ts';

/** The grounds on which a tender may be terminated after its notice; one that texts dispute is taken with a warning. */
export function terminationGrounds(tender: ProcedureKey): readonly TerminationGround[] {
  const { grounds, disputed = [] } = procedureOf(tender).termination;
  return [...grounds, ...disputed];
}

/** The warning that a termination on a disputed ground gives. */
export function disputedTermination(tender: ProcedureKey, ground: TerminationGround): Violation[] {
  const { disputed = [], rule, zh, en } = procedureOf(tender).termination;
  if (!disputed.includes(ground)) return [];
  return [
    breachOf(getRule(rule), 'warn', {
      field: 'ground',
      given: ground,
      messageZh: `${zh}；以其他理由终止的，应当说明理由并依法退还`,
      messageEn: `By one text ${en}; on another ground, state the reason and give fees and deposits back`,
    }),
  ];
}
