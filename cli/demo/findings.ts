import type { Example } from './example.ts';
import type { Person } from './people.ts';

interface Milestone {
  readonly lotNo: number;
  readonly key: string;
  readonly nameZh: string;
  readonly nameEn: string;
  readonly dueAt: string | null;
  readonly firstDueAt: string | null;
  readonly actualAt: string | null;
  readonly state: string;
  readonly by: string | null;
  readonly overdue: boolean;
  readonly rules: readonly { law: string; article: string }[];
}

interface Notice {
  readonly id: string;
  readonly lotNo: number;
  readonly kind: string;
  readonly legalAt: string;
  readonly publishedAt: string;
}

interface Failure {
  readonly reasonZh: string;
  readonly reasonEn: string;
  readonly nextSteps: readonly { readonly zh: string; readonly en: string }[];
}

/** The outcome of a tender, as anybody can read it. */
export interface Outcome {
  readonly procurementId: string;
  readonly title: string;
  readonly lots: Readonly<Record<string, string>>;
  /** Lot number → why it failed and which steps may follow. */
  readonly failed: Readonly<Record<string, Failure>>;
  readonly timeline: readonly Milestone[];
  readonly notices: readonly Notice[];
}

export async function outcomeOf(reader: Person, procurementId: string): Promise<Outcome> {
  const tender = await reader.ask('GET', `/procurements/${procurementId}`, 200);
  const { items } = (await reader.ask('GET', `/procurements/${procurementId}/timeline`, 200)) as { items: Milestone[] };
  const published = (await reader.ask('GET', `/notices?procurementId=${procurementId}&limit=100`, 200)) as {
    items: Notice[];
  };
  const lots = tender.lots as { no: number; stage: string; failure: Failure | null }[];
  return {
    procurementId,
    title: String(tender.title),
    lots: Object.fromEntries(lots.map(({ no, stage }) => [no, stage])),
    failed: Object.fromEntries(lots.flatMap(({ no, failure }) => (failure ? [[no, failure]] : []))),
    timeline: items,
    notices: published.items.toReversed(),
  };
}

/** All differences between an outcome and the law, by the hand-worked dates of the example. */
export function differences({ expected }: Example, outcome: Outcome): string[] {
  const found: string[] = [];
  for (const [no, stage] of Object.entries(expected.lots)) {
    if (outcome.lots[no] !== stage) found.push(`lot ${no}: ${outcome.lots[no]}, not ${stage}`);
  }
  for (const [no, kinds] of Object.entries(expected.notices)) {
    const published = outcome.notices.filter(({ lotNo }) => lotNo === Number(no)).map(({ kind }) => kind);
    if (published.join() !== kinds.join()) found.push(`notices of lot ${no}: ${published.join()}, not ${kinds.join()}`);
  }
  for (const wanted of expected.milestones) {
    const stored = outcome.timeline.find(({ lotNo, key }) => lotNo === wanted.lotNo && key === wanted.key);
    for (const field of ['dueAt', 'firstDueAt', 'state'] as const) {
      if (wanted[field] !== undefined && stored?.[field] !== wanted[field]) {
        found.push(
          `lot ${wanted.lotNo} ${wanted.key}.${field}: ${stored?.[field]}, not ${wanted[field]} (${wanted.why})`,
        );
      }
    }
  }
  for (const { lotNo, kind, legalAt, publishedAt } of outcome.notices) {
    if (publishedAt < legalAt) found.push(`notice ${kind} of lot ${lotNo} came out before its legal instant`);
  }
  for (const { lotNo, key, overdue } of outcome.timeline) if (overdue) found.push(`lot ${lotNo} ${key} was overdue`);
  return found;
}

/** A lot's timeline for people, as it happened: instant, event, article, actor. */
export function tableOf(outcome: Outcome, lotNo: number): string {
  const failure = outcome.failed[lotNo];
  if (failure) {
    const steps = failure.nextSteps.map(({ zh, en }) => `    → ${zh} / ${en}`);
    return [`  ${failure.reasonZh} / ${failure.reasonEn}`, ...steps].join('\n');
  }
  const rows = outcome.timeline
    .filter((milestone) => milestone.lotNo === lotNo && milestone.state !== 'cancelled')
    .toSorted((a, b) => instantOf(a).localeCompare(instantOf(b)));
  return [
    `  ${'法定 / legal'.padEnd(15)}  ${'实际 / actual'.padEnd(15)}  何人 / who     何事 / what  〔依据〕`,
    ...rows.map(rowOf),
  ].join('\n');
}

const instantOf = ({ actualAt, dueAt }: Milestone): string => actualAt ?? dueAt ?? '';

function rowOf({ dueAt, actualAt, nameZh, nameEn, rules, state, by }: Milestone): string {
  const shown = (text: string | null) => (text === null ? '—'.padEnd(16) : text.slice(0, 16).replace('T', ' '));
  const articles = [...new Set(rules.map(({ law, article }) => `${law}${article.replace('—', '')}`))].join('、');
  const who = state === 'window' ? '—' : (by ?? '待办 / open');
  return `  ${shown(dueAt)}  ${shown(actualAt)}  ${(state === 'deemed' ? `视为, ${who}` : who).padEnd(12)}  ${nameZh} / ${nameEn}${articles ? `  〔${articles}〕` : ''}`;
}
