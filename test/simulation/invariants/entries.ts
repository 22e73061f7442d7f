import type { Entry } from './snapshot.ts';

/** The entries of the trail that an act leaves, one of each list; of others only that every row has one. */
const LEAVES: readonly (readonly [act: RegExp, actions: readonly string[]])[] = [
  [/^draft/, ['procurement.draft']],
  [/^launch$/, ['procurement.launch']],
  [/^bid$/, ['bid.submit', 'bid.replace']],
  [/^withdraw$/, ['bid.withdraw']],
  [/^ask$/, ['question.ask']],
  [/^answer$/, ['notice.publish']],
  [/^object/, ['grievance.file']],
  [/^amend$/, ['decision.amend']],
  [/^terminate$/, ['decision.terminate']],
  [/^report/, ['decision.report']],
  [/^award/, ['decision.award']],
  [/^contract/, ['decision.contract']],
  [/^publish contract$/, ['decision.publish-contract']],
  [/^duty/, ['decision.duty']],
  [/^reply/, ['decision.reply']],
  [/^prepare/, ['act.prepare']],
  [/^confirm (amendment|award)$/, ['act.confirm']],
  [/^send back/, ['act.withdraw']],
  [/^open draw$/, ['draw.open']],
  [/^commit to draw$/, ['draw.commit']],
  [/^reveal part$/, ['draw.reveal']],
  [/^confirm a call$/, ['committee.confirm']],
  [/^decline a call$/, ['committee.decline']],
  [/^replace member$/, ['committee.withdraw']],
  [/^correct$/, ['decision.correct']],
];

/**
 * Whoever reads the trail finds each act by its name, also what the platform does by itself: entries that hide how much is
 * going on, or only name rows, do not count.
 */
export function* actHasEntry(act: string | undefined, entries: readonly Pick<Entry, 'action'>[]): Iterable<string> {
  if (entries.some(({ action }) => action === 'rows.write')) yield `${act ?? 'the platform'} left rows alone`;
  if (act === undefined) return;
  const leaves = LEAVES.find(([pattern]) => pattern.test(act))?.[1];
  if (!leaves || entries.some(({ action }) => leaves.includes(action))) return;
  yield `${act} was accepted, and left ${entries.map(({ action }) => action).join() || 'nothing'}`;
}
