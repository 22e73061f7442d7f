import { DAY_MS, formatInstant, instantEn, instantZh } from '../civil-time.ts';
import { DomainError } from '../errors.ts';

/** How long what was prepared waits to be confirmed; a rule of this platform, not of the law. */
export const LAPSES_AFTER_DAYS = 30;
export const lapsesAfter = (preparedAt: number): number => preparedAt + LAPSES_AFTER_DAYS * DAY_MS;

export const PREPARED_STATES = ['waiting', 'confirmed', 'withdrawn', 'lapsed'] as const;
export type PreparedState = (typeof PREPARED_STATES)[number];

/** What was stored of a prepared act; instants are civil epoch ms. */
interface Waiting {
  readonly id: string;
  readonly state: Exclude<PreparedState, 'lapsed'>;
  readonly settledAt: number | null;
  readonly lapsesAt: number;
}

/** Nothing is written when it lapses: from that instant on it counts as lapsed. */
export const preparedStateOf = ({ state, lapsesAt }: Waiting, now: number): PreparedState =>
  state === 'waiting' && now >= lapsesAt ? 'lapsed' : state;

const WORDS: Readonly<Record<Exclude<PreparedState, 'waiting'>, readonly [zh: string, en: string]>> = {
  confirmed: ['已复核生效', 'was confirmed'],
  withdrawn: ['已撤回', 'was withdrawn'],
  lapsed: ['逾期未复核，已失效，请重新经办', 'lapsed without being confirmed; prepare it again'],
};

/** @throws DomainError `prepared-settled` for what waits no more */
export function assertWaits(prepared: Waiting, now: number): void {
  const state = preparedStateOf(prepared, now);
  if (state === 'waiting') return;
  const at = state === 'lapsed' ? prepared.lapsesAt : (prepared.settledAt ?? prepared.lapsesAt);
  const [zh, en] = WORDS[state];
  throw new DomainError('prepared-settled', {
    messageZh: `该经办事项不再待复核：${zh}（${instantZh(at)}）`,
    messageEn: `This prepared act waits no more: it ${en} (${instantEn(at)})`,
    details: { preparedActId: prepared.id, state, at: formatInstant(at) },
  });
}
