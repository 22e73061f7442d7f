import type { Queries } from '../../db/access/database.ts';
import { correctingNotices, noticeOf, noticesByIds, type Notice } from '../../db/notices.ts';
import { followersOf } from '../../domain/notices/chain.ts';
import { afterCorrections } from '../../domain/notices/corrections.ts';
import type { Candidate } from '../../domain/decisions.ts';
import type { Change, NoticeKind } from '../../domain/notices/data.ts';
import type { TenderCase } from '../tender/case.ts';

/** A notice that is no correction, and what it states after those that corrected it. */
export interface StandingNotice {
  readonly first: Notice & { readonly kind: Exclude<NoticeKind, 'correction'> };
  readonly content: Readonly<Record<string, unknown>>;
}

/** What stands of a notice, or of the one that a correction, or the correction of a correction, puts right. */
export async function standingOf(q: Queries, notice: Notice): Promise<StandingNotice> {
  let first = notice;
  while (first.kind === 'correction' && first.corrects !== null) first = await noticeOf(q, first.corrects);
  const { kind } = first;
  if (kind === 'correction') throw new Error(`the correction ${first.id} corrects nothing`);
  // A later version of it has corrections of its own.
  const links = (await correctingNotices(q, [first.procurementId])).filter((each) => each.kind === 'correction');
  const corrections = followersOf(links, first.id).map(({ id }) => id);
  const published = new Map((await noticesByIds(q, corrections)).map((each) => [each.id, each]));
  const changes = corrections.flatMap((id) => published.get(id)?.content['changes'] as readonly Change[]);
  return { first: { ...first, kind }, content: afterCorrections(first.content, changes) };
}

/** What the corrected publicity of a candidate states of it, for the notice of its award; nothing where there was none. */
export async function correctedOf(
  c: TenderCase,
  lotNo: number,
  supplier: string | undefined,
): Promise<Pick<Candidate, 'address' | 'smeDeclarationZh'>> {
  const publicity = c.latestNotice(lotNo, 'candidates');
  if (!publicity) return {};
  const { content } = await standingOf(c.tx.q, await noticeOf(c.tx.q, publicity.id));
  const candidates = content['candidates'] as readonly (Candidate & { readonly supplier?: string })[];
  const { address, smeDeclarationZh } = candidates.find((each) => each.supplier === supplier) ?? {};
  return { address, smeDeclarationZh };
}
