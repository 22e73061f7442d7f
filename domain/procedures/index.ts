import { DomainError } from '../errors.ts';
import type { ProcurementFacts, TenderRegime } from '../law/facts.ts';
import { ruleInForce } from '../law/rulebook.ts';
import { GOVERNMENT_OPEN_TENDER } from './government-open-tender.ts';
import type { Procedure, ProcedureRules } from './procedure.ts';
import { TENDERING_OPEN_TENDER } from './tendering-open-tender.ts';

/** Every procedure that the platform runs from notice to archive. */
export const PROCEDURE_DEFINITIONS: readonly Procedure[] = [TENDERING_OPEN_TENDER, GOVERNMENT_OPEN_TENDER];

/** The procedure of a procurement. */
export type ProcedureKey = Pick<ProcurementFacts, 'regime' | 'procedure'>;

/** Undefined where the platform does not run it. */
export const findProcedure = ({ regime, procedure }: ProcedureKey): Procedure | undefined =>
  PROCEDURE_DEFINITIONS.find((each) => each.regime === regime && each.procedure === procedure);

/** @throws DomainError `procedure-not-supported` */
export function procedureOf(key: ProcedureKey): Procedure {
  const definition = findProcedure(key);
  if (definition) return definition;
  const supported = PROCEDURE_DEFINITIONS.map(({ regime, procedure }) => `${regime} / ${procedure}`);
  throw new DomainError('procedure-not-supported', {
    messageZh: `尚不支持编排该采购方式的时间表：${key.regime} / ${key.procedure}；目前支持 ${supported.join('、')}`,
    messageEn: `No timeline for ${key.regime} / ${key.procedure} yet; supported: ${supported.join(', ')}`,
    details: { regime: key.regime, procedure: key.procedure },
  });
}

/** The definition that judges a regime's tenders where the procedure does not matter. */
export const tenderOf = (regime: TenderRegime): Procedure => procedureOf({ regime, procedure: 'open-tender' });

/**
 * The rules of a procedure that were in force when it was noticed (epoch ms). Rules that every procedure has are older
 * than the first year of the calendar, so they are never left out.
 */
export function rulesInForce({ rules }: Procedure, noticeAt: number): ProcedureRules {
  return Object.fromEntries(
    Object.entries(rules).filter(([, id]) => ruleInForce(id as string, noticeAt)),
  ) as unknown as ProcedureRules;
}
