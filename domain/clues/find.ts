import { barOf, CAPACITIES, type Capacity } from '../bids/conflict.ts';
import { isPaidBy, isSamePayer, payerText, type Named, type Payer } from '../deposits/payers.ts';
import { citationOf, type RuleId } from '../law/rulebook.ts';
import {
  commonControllers,
  declaredBetween,
  RELATIONS_ZH,
  type Coded,
  type DeclaredControl,
} from '../organisations/control.ts';
import type { ProcedureRules } from '../procedures/procedure.ts';

// 线索: what suggests that bidders belong together, or to who runs the procurement. A person judges it: nothing here
// rejects a bid.

/** An organisation of a procurement, with what is known of its people. */
export interface Party extends Coded, Named {
  /** Null: a bidder. */
  readonly capacity: Capacity | null;
  /** Accounts that belong to it, or acted for it in the procurement. */
  readonly accounts: readonly string[];
  /** Names of the people who acted for it in the procurement, by their accounts. */
  readonly people: ReadonlyMap<string, string>;
  /** Where its people acted from in the procurement. */
  readonly addresses: readonly string[];
  /** Who paid its deposits for the lot. */
  readonly payers: readonly Payer[];
}

export const CLUE_KINDS = [
  'same-organisation',
  'declared-control',
  'common-controller',
  'same-body-code',
  'shared-account',
  'same-person-name',
  'same-address',
  'same-payer',
] as const;
export type ClueKind = (typeof CLUE_KINDS)[number];

export interface Clue {
  readonly kind: ClueKind;
  /** The rule that it may be a breach of; null where the rulebook has none for the procedure. */
  readonly rule: RuleId | null;
  readonly organisations: readonly {
    readonly id: string;
    readonly name: string;
    readonly capacity: Capacity | 'bidder';
  }[];
  readonly messageZh: string;
  readonly messageEn: string;
}

type ClueRules = Pick<
  ProcedureRules,
  'purchaserNotBid' | 'agencyNotBid' | 'operatorNotBid' | 'relatedBidders' | 'deemedCollusion'
>;

/** Every clue between a bidder and who runs the procurement, and between two bidders. */
export function findClues(
  bidders: readonly Party[],
  runners: readonly Party[],
  declared: readonly DeclaredControl[],
  rules: ClueRules,
): Clue[] {
  const withRunners = bidders.flatMap((bidder) => runners.map((runner): [Party, Party] => [bidder, runner]));
  const amongThem = bidders.flatMap((bidder, index) =>
    bidders.slice(index + 1).map((other): [Party, Party] => [bidder, other]),
  );
  return [...withRunners, ...amongThem].flatMap(([bidder, other]) => cluesBetween(bidder, other, declared, rules));
}

function cluesBetween(bidder: Party, other: Party, declared: readonly DeclaredControl[], rules: ClueRules): Clue[] {
  const { capacity } = other;
  const related = capacity === null ? rules.relatedBidders : barOf(rules, capacity);
  const colluding = capacity === null ? rules.deemedCollusion : related;
  const clue = (kind: ClueKind, rule: RuleId | undefined, zh: string, en: string): Clue => {
    const cited = citationOf(rule);
    const [otherZh, otherEn] = capacity === null ? ['', ''] : [CAPACITIES[capacity].zh, `${CAPACITIES[capacity].en} `];
    return {
      kind,
      rule: rule ?? null,
      organisations: [bidder, other].map(({ id, name, capacity: as }) => ({ id, name, capacity: as ?? 'bidder' })),
      messageZh: `“${bidder.name}”与${otherZh}“${other.name}”：${zh}${cited.zh}`,
      messageEn: `“${bidder.name}” and ${otherEn}“${other.name}”: ${en}${cited.en}`,
    };
  };
  if (bidder.id === other.id) return [clue('same-organisation', related, '同一单位', 'the same organisation')];
  const found: Clue[] = [];
  for (const { relation, organisationId, endedAt } of declaredBetween(bidder, other, declared)) {
    const by = organisationId === bidder.id ? bidder : other;
    const [overZh, overEn] = endedAt === null ? ['', ''] : ['，后声明已终止', ', over by a later declaration'];
    found.push(
      clue(
        'declared-control',
        related,
        `“${by.name}”声明与对方的关系为${RELATIONS_ZH[relation]}${overZh}`,
        `“${by.name}” has declared: ${relation}${overEn}`,
      ),
    );
  }
  const common = commonControllers(bidder, other, declared);
  if (common.length > 0) {
    const codes = common.join('、');
    found.push(
      clue(
        'common-controller',
        related,
        `受同一单位控股或管理：${codes}`,
        `controlled by the same organisation: ${common.join(', ')}`,
      ),
    );
  }
  if (bodyCode(bidder) === bodyCode(other)) {
    found.push(
      clue(
        'same-body-code',
        related,
        `统一社会信用代码的主体标识码相同：${bodyCode(bidder)}`,
        `the same body code in their credit codes: ${bodyCode(bidder)}`,
      ),
    );
  }
  const accounts = shared(bidder.accounts, other.accounts);
  if (accounts.length > 0) {
    found.push(
      clue(
        'shared-account',
        colluding,
        `${accounts.length} 个账号同属双方或为双方办理：${accounts.join('、')}`,
        `${accounts.length} accounts belong to both or acted for both: ${accounts.join(', ')}`,
      ),
    );
  }
  const names = shared(peopleBut(bidder, accounts), peopleBut(other, accounts));
  if (names.length > 0) {
    found.push(
      clue(
        'same-person-name',
        colluding,
        `经办人姓名相同：${names.join('、')}`,
        `people of the same name acted for both: ${names.join(', ')}`,
      ),
    );
  }
  const addresses = shared(bidder.addresses, other.addresses).filter((address) => !isLoopback(address));
  if (addresses.length > 0) {
    found.push(
      clue(
        'same-address',
        colluding,
        `从同一网络地址办理：${addresses.join('、')}`,
        `people of both acted from the same network address: ${addresses.join(', ')}`,
      ),
    );
  }
  const payers = commonPayers(bidder, other);
  if (payers.length > 0) {
    found.push(
      clue(
        'same-payer',
        colluding,
        `保证金从同一单位或者个人的账户转出：${payers.join('、')}`,
        `their deposits came from accounts of one payer: ${payers.join(', ')}`,
      ),
    );
  }
  return found;
}

/** Who paid for both, or is one of them and paid for the other. */
function commonPayers(one: Party, other: Party): string[] {
  const common = [
    ...one.payers.filter((payer) => isPaidBy(payer, other) || other.payers.some((each) => isSamePayer(payer, each))),
    ...other.payers.filter((payer) => isPaidBy(payer, one)),
  ];
  return [...new Set(common.map(payerText))];
}

/** 主体标识码: places 9 to 17 of a credit code (GB 32100). */
const bodyCode = ({ creditCode }: Coded): string => creditCode.slice(8, 17);

const shared = (a: readonly string[], b: readonly string[]): string[] =>
  [...new Set(a)].filter((each) => b.includes(each));

const peopleBut = ({ people }: Party, accounts: readonly string[]): string[] =>
  [...people].flatMap(([account, name]) => (accounts.includes(account) ? [] : [name]));

/** The machine of the platform itself, which says nothing of who used it. */
const isLoopback = (address: string): boolean => /^(::ffff:)?127\.|^::1$/.test(address);
