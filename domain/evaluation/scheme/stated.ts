import type { Procedure } from '../../procedures/procedure.ts';
import type { Violation } from '../../law/violation.ts';
import type { EvaluationMethod } from '../methods.ts';
import { checkScheme } from './check.ts';
import { breach, valueZh, type SchemeFacts } from './finding.ts';
import type { StatedScheme } from './statement.ts';

/** What the scheme of a lot is judged by besides itself. */
export type TenderFacts = Pick<SchemeFacts, 'kind' | 'noticeAt' | 'hasCeiling' | 'confirmed'> & {
  /** 评标方法 as the notice states it. */
  readonly noticeMethod: EvaluationMethod | null;
};

/**
 * What is unlawful in a scheme as stated for a lot.
 * @throws DomainError `bad-input` where it can't be scored
 */
export function checkStated(
  definition: Procedure,
  { scheme, statements }: Pick<StatedScheme, 'scheme' | 'statements'>,
  { noticeMethod, ...facts }: TenderFacts,
): Violation[] {
  const found = checkScheme(definition, scheme, { ...facts, ...statements });
  if (noticeMethod !== null && noticeMethod !== scheme.method) {
    found.push(
      breach(definition.evaluation.rule, facts, {
        field: 'scheme.method',
        given: scheme.method,
        lawfulChoices: [noticeMethod],
        messageZh: `评标办法为${valueZh('method', scheme.method)}，公告载明的评标方法为${valueZh('method', noticeMethod)}，二者应当一致`,
        messageEn: `The scheme has the method ${scheme.method}, the notice says ${noticeMethod}: they are the same`,
      }),
    );
  }
  return found;
}
