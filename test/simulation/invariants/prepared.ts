import type { Seen } from './judge.ts';

/** 经办、复核: what one person prepared is done once, when another has confirmed it in time, and in the name of both. */
export function* preparedIsDoneOnceByTwo({ story, now }: Seen): Iterable<string> {
  const decided = new Map(now.decisions.map((each) => [each.id, each]));
  const stored = new Map(now.preparedActs.map((each) => [each.id, each]));
  for (const { id, state } of story.prepared) {
    const is = stored.get(id)?.state;
    if (is !== state) yield `the prepared act ${id} is ${is ?? 'not stored'}, and its people know it as ${state}`;
  }
  for (const { id, state, preparedBy, settledBy, settledAt, lapsesAt, decisionId } of stored.values()) {
    if (!story.prepared.some((each) => each.id === id)) yield `nobody prepared the act ${id}`;
    const decision = decisionId === null ? undefined : decided.get(decisionId);
    if (state !== 'confirmed') {
      if (decisionId !== null) yield `the prepared act ${id} is ${state}, and was carried out`;
      continue;
    }
    if (settledAt === null || settledAt >= lapsesAt) yield `the prepared act ${id} was confirmed after it had lapsed`;
    if (!settledBy || settledBy.accountId === preparedBy.accountId)
      yield `the prepared act ${id} was confirmed by whoever prepared it`;
    if (!decision) yield `the prepared act ${id} was confirmed, and nothing is decided by it`;
    else if (
      decision.actor.accountId !== settledBy?.accountId ||
      decision.actor.preparedBy?.accountId !== preparedBy.accountId
    )
      yield `the decision ${decision.id} does not name the two who made it`;
  }
  for (const { id, actor } of now.decisions) {
    const times = now.preparedActs.filter((each) => each.decisionId === id).length;
    if (times !== (actor.preparedBy ? 1 : 0)) yield `the decision ${id} comes of ${times} prepared acts`;
  }
}
