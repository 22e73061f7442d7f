import type { Seen } from './judge.ts';

export const BOTH_WAYS = 'a correction and what it corrects lead to each other';

/** 更正: it names a notice of its tender that was there before, as that was published; and the notice stays as it was. */
export function* correctionsAreLinked({ story, before, now }: Seen): Iterable<string> {
  const published = new Map(now.notices.map((each) => [each.id, each]));
  for (const [id, corrects] of story.corrections)
    if (published.get(id)?.corrects !== corrects) yield `the correction ${id} does not name the notice ${corrects}`;
  for (const { id, kind, corrects, content, publishedAt } of now.notices) {
    if (kind !== 'correction') continue;
    if (!story.corrections.has(id)) yield `nobody published the correction ${id}`;
    const named = corrects === null ? undefined : published.get(corrects);
    const of = content['of'] as { readonly id: string; readonly hash: string };
    const first = published.get(of.id);
    if (!named || named.publishedAt > publishedAt) yield `the correction ${id} names no notice that was there before`;
    if (!first || first.kind === 'correction' || first.hash !== of.hash)
      yield `the correction ${id} does not state what it corrects`;
  }
  for (const { id, hash } of before?.notices ?? [])
    if (published.get(id)?.hash !== hash) yield `the notice ${id} is not as it was published`;
}
