import { latestDraw } from '../../db/committees/draws.ts';
import type { BidPart } from '../../db/openings/unsealings.ts';
import { schemeOf } from '../../db/evaluation/schemes.ts';
import type { TenderPlace } from '../../db/tender/place.ts';
import { DomainError } from '../../domain/errors.ts';
import { isBlindPart } from '../../domain/evaluation/sheets/blind.ts';
import { evaluationOf, type Reading } from './proceedings.ts';

/**
 * The files of an opened bid for those who run or supervise the tender, while its committee evaluates here: none for a member, who would see
 * prices and blind parts before their turn; and for nobody those of the blind part before the technical marks are signed, which would say
 * whose it is.
 * @throws DomainError `forbidden` for a member of the committee
 */
export async function readBeside(
  of: Reading,
  place: TenderPlace,
  accountId: string | null,
  parts: readonly BidPart[],
  now: number,
): Promise<readonly BidPart[]> {
  const [draw, stated] = await Promise.all([latestDraw(of.q, place), schemeOf(of.q, place)]);
  if (!draw || draw.formedAt === null || !stated) return parts;
  const { lot, seats, numbering, proceedings } = await evaluationOf(of, place, now, 'signed');
  const isOpen = lot.stage === 'evaluation' || proceedings.isReopened;
  if (!isOpen || proceedings.isReported) return parts;
  if (seats.some((seat) => accountId !== null && seat.accountId === accountId && !seat.replaced)) throw member();
  const isSigned = proceedings.parts.find(({ part }) => part === 'technical')?.closed ?? true;
  return numbering === null || isSigned || proceedings.isReopened
    ? parts
    : parts.filter(({ path }) => !isBlindPart(path));
}

const member = (): DomainError =>
  new DomainError('forbidden', {
    messageZh: '评审成员在评审中查看投标（响应）文件（…/evaluation/bids/{bidId}/parts），每次查看均记录',
    messageEn:
      'A member of the committee reads bids in the evaluation (…/evaluation/bids/{bidId}/parts), where each reading is on record',
    details: { reason: 'member' },
  });
