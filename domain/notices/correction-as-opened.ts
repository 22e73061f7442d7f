import type { CorrectedField } from '../decisions.ts';
import { DomainError } from '../errors.ts';
import { checkStated, type OpenedFigures, type StatedOfBid } from '../evaluation/opened.ts';
import { afterCorrections, type Corrected } from './corrections.ts';

type Listed = StatedOfBid & { readonly supplier: string };

/**
 * What a correction states of a bid is what the opened bid promises, as in the report: only its own fields are judged.
 * @throws DomainError `unlawful` with every violation
 */
export function assertAsOpened(
  { kind, content, words }: Pick<Corrected, 'kind' | 'content' | 'words'>,
  changes: readonly CorrectedField[],
  figuresOf: (supplier: string) => OpenedFigures,
): void {
  const after = afterCorrections(content, changes);
  const candidates = kind === 'candidates' ? (after['candidates'] as readonly Listed[]) : [];
  const winner = kind === 'award' && typeof after['priceFen'] === 'number' ? [after as unknown as StatedOfBid] : [];
  const violations = [
    ...candidates.flatMap((each, index) => checkStated(words, `candidates[${index}]`, each, figuresOf(each.supplier))),
    ...winner.flatMap((each) => checkStated(words, '', each, {})),
  ].filter(({ field }) => changes.some((each) => each.field === field || each.field.startsWith(`${field}[`)));
  if (violations.length === 0) return;
  throw new DomainError('unlawful', {
    messageZh: violations.map(({ messageZh }) => messageZh).join('；'),
    messageEn: violations.map(({ messageEn }) => messageEn).join('; '),
    details: { violations },
  });
}
