import { DomainError } from '../errors.ts';
import { choiceZh, PROCEDURES, REGIMES } from '../fields/choices.ts';
import type { ProcurementFacts, TenderRegime } from '../law/facts.ts';
import { isRuleId, pinnedRule, RULEBOOK_VERSION, ruleInForce } from '../law/rulebook.ts';
import { GOVERNMENT_INQUIRY } from './government-inquiry.ts';
import { GOVERNMENT_INVITED_TENDER } from './government-invited-tender.ts';
import { GOVERNMENT_OPEN_TENDER } from './government-open-tender.ts';
import type { Procedure, ProcedureRules } from './procedure.ts';
import { TENDERING_INVITED_TENDER } from './tendering-invited-tender.ts';
import { TENDERING_OPEN_TENDER } from './tendering-open-tender.ts';

/** Every procedure that the platform runs from notice to archive. */
export const PROCEDURE_DEFINITIONS: readonly Procedure[] = [
  TENDERING_OPEN_TENDER,
  TENDERING_INVITED_TENDER,
  GOVERNMENT_OPEN_TENDER,
  GOVERNMENT_INVITED_TENDER,
  GOVERNMENT_INQUIRY,
];

/** Which procedure a procurement goes by. Launched, it keeps the rulebook of its launch (`rulebookVersion`). */
export type ProcedureKey = Pick<ProcurementFacts, 'regime' | 'procedure' | 'rulebookVersion'> & {
  /** A draft goes by the rulebook in use. */
  readonly stage?: string;
};

/** Undefined where the platform does not run it. */
export const findProcedure = ({ regime, procedure }: Pick<ProcedureKey, 'regime' | 'procedure'>) =>
  PROCEDURE_DEFINITIONS.find((each) => each.regime === regime && each.procedure === procedure);

const pinnedOnes = new Map<string, Procedure>();

/** The same definition, each of whose rules is the one of that version. */
function pinned(definition: Procedure, version: string): Procedure {
  if (version === RULEBOOK_VERSION) return definition;
  const name = `${definition.regime}/${definition.procedure}/${version}`;
  const known = pinnedOnes.get(name) ?? (withPins(definition, version) as Procedure);
  pinnedOnes.set(name, known);
  return known;
}

function withPins(value: unknown, version: string): unknown {
  if (typeof value === 'string') return isRuleId(value) ? pinnedRule(value, version) : value;
  if (Array.isArray(value)) return value.map((each) => withPins(each, version));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, withPins(each, version)]));
}

/** The version of the rulebook that it goes by. */
export const rulebookOf = ({ stage, rulebookVersion }: Pick<ProcedureKey, 'stage' | 'rulebookVersion'>): string =>
  stage === 'draft' ? RULEBOOK_VERSION : (rulebookVersion ?? RULEBOOK_VERSION);

const wordsOf = ({ regime, procedure }: Pick<ProcedureKey, 'regime' | 'procedure'>): string =>
  `${choiceZh(REGIMES, regime)}的${choiceZh(PROCEDURES, procedure)}`;

/** @throws DomainError `procedure-not-supported`, `rulebook-unknown` */
export function procedureOf(key: ProcedureKey): Procedure {
  const definition = findProcedure(key);
  if (definition) return pinned(definition, rulebookOf(key));
  const supported = PROCEDURE_DEFINITIONS.map(({ regime, procedure }) => `${regime} / ${procedure}`);
  const supportedZh = PROCEDURE_DEFINITIONS.map(wordsOf);
  throw new DomainError('procedure-not-supported', {
    messageZh: `尚不支持编排该采购方式的时间表：${wordsOf(key)}；目前支持：${supportedZh.join('、')}`,
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
