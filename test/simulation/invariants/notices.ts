import { formatInstant } from '../../../domain/civil-time.ts';
import { callKindOf } from '../../../domain/procedures/entry.ts';
import type { Seen } from './judge.ts';
import type { Snapshot } from './snapshot.ts';

/** How often each kind may have come out for a lot, from what has happened. */
export function* noticesAreOnce({ story, now }: Seen): Iterable<string> {
  const { procurement, lots, notices, grievances, openings } = now;
  const count = (kind: string, lotNo: number) =>
    notices.filter((notice) => notice.kind === kind && notice.lotNo === lotNo).length;
  const expected: [kind: string, lotNo: number, times: number][] = [];
  const isPublic = procurement.stage !== 'draft' && procurement.stage !== 'launched';
  const call = callKindOf(story.definition);
  const calls = count(call, 0);
  if (procurement.stage !== 'terminated') expected.push([call, 0, isPublic ? 1 : 0]);
  else if (calls > 1) yield `${calls} notices of the kind ${call}`;
  expected.push(['termination', 0, procurement.stage === 'terminated' && calls > 0 ? 1 : 0]);
  const suspensions = suspendedTimes(now);
  expected.push(['amendment', 0, (story.made.get('amendment') ?? 0) + resumptions(now, suspensions)]);
  expected.push(['suspension', 0, story.definition.grievances.suspensionNotice ? suspensions.length : 0]);
  expected.push(['clarification', 0, story.made.get('clarification') ?? 0]);
  for (const lotNo of [0, ...lots.map(({ no }) => no)]) {
    const replied = grievances.filter((each) => each.lotNo === lotNo && each.state === 'replied').length;
    expected.push(['grievance-reply', lotNo, replied]);
    expected.push(['correction', lotNo, story.made.get(`correction/${lotNo}`) ?? 0]);
  }
  for (const { no, stage } of lots) {
    const again = grievances.filter((each) => each.lotNo === no && each.effect === 're-evaluate').length;
    const retendered = grievances.some((each) => each.lotNo === no && each.effect === 'retender');
    if (stage === 'failed') expected.push(['lot-failed', no, 1]);
    else expected.push(['lot-failed', no, 0]);
    if (story.definition.publicOpening) {
      const opened = openings.some(({ lotNo, opened: isOpened }) => lotNo === no && isOpened);
      expected.push(['opening-record', no, opened ? 1 : 0]);
    } else if (count('opening-record', no) > 1) yield `the record of lot ${no} was published twice`;
    const isAwarded = ['contract', 'performance', 'archived'].includes(stage);
    const awards = count('award', no);
    // Each evaluation may lead to one award.
    if (awards > again + 1 || (isAwarded && awards < 1)) yield `${awards} awards of lot ${no} at ${stage}`;
    if (isAwarded && again === 0 && !retendered) expected.push(['award', no, 1]);
    const reports = story.made.get(`candidates/${no}`) ?? 0;
    expected.push(['candidates', no, reports]);
    expected.push(['contract', no, story.made.get(`contract/${no}`) ?? 0]);
  }
  for (const [kind, lotNo, times] of expected) {
    const found = count(kind, lotNo);
    if (found !== times) yield `${found} notices of the kind ${kind} for lot ${lotNo}, expected ${times}`;
  }
  for (const { kind, lotNo, legalAt, publishedAt } of notices) {
    if (publishedAt < legalAt) yield `${kind} of lot ${lotNo} came out before its time`;
  }
}

/** The times in which the clock of the bids did not run: overlapping objections are one. */
function suspendedTimes({ suspensions }: Snapshot): { from: number; until: number }[] {
  const own = suspensions
    .filter(({ lotNo, milestone }) => lotNo === 0 && milestone === 'bid-deadline')
    .map(({ from, until }) => ({ from, until: until ?? Infinity }))
    .sort((a, b) => a.from - b.from);
  const merged: { from: number; until: number }[] = [];
  for (const each of own) {
    const last = merged.at(-1);
    if (last && each.from < last.until) last.until = Math.max(last.until, each.until);
    else merged.push({ ...each });
  }
  return merged;
}

/** How often it ran again while bids were taken: each time everybody is told the new deadline. */
function resumptions({ procurement }: Snapshot, suspended: ReturnType<typeof suspendedTimes>): number {
  const endedAt = procurement.endedAt ?? Infinity;
  return suspended.filter(({ until }) => until < endedAt).length;
}

/** What everybody reads is what was decided: the deadline in force, the bids that were opened. */
export function* publishedIsStored({ story, now }: Seen): Iterable<string> {
  const { procurement, notices, openings } = now;
  const told = notices.filter(({ kind }) => kind === callKindOf(story.definition) || kind === 'amendment');
  const latest = told.toSorted((a, b) => a.publishedAt - b.publishedAt || (a.id < b.id ? -1 : 1)).at(-1);
  if (latest && procurement.stage === 'bidding' && procurement.bidDeadline !== null) {
    const said = JSON.stringify(latest.content);
    if (!said.includes(formatInstant(procurement.bidDeadline)))
      yield `the deadline in force is ${formatInstant(procurement.bidDeadline)}, and the last notice says otherwise: ${said}`;
  }
  for (const { lotNo, entries } of openings) {
    const records = notices.filter((each) => each.kind === 'opening-record' && each.lotNo === lotNo);
    for (const { content } of records) {
      const bidders = content['bidders'] as { sha256: string; size: number; supplier: string; receivedAt: string }[];
      const line = (sha256: string, size: number, supplier: string, at: string) =>
        `${sha256} ${size} ${supplier} ${at}`;
      const published = bidders.map((each) => line(each.sha256, each.size, each.supplier, each.receivedAt));
      const stored = entries.map((each) => line(each.sha256, each.size, each.supplier, formatInstant(each.receivedAt)));
      if (published.sort().join('\n') !== stored.sort().join('\n'))
        yield `the published record of lot ${lotNo} is another`;
    }
  }
}
