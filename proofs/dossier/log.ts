import { nextHeadAt } from '../../domain/log/batches.ts';
import { canonicalHash } from '../hash.ts';
import { factHashOf, leafOf, NO_FACT } from '../leaf.ts';
import { verifyInclusion } from '../merkle.ts';
import { type Faults, isRecord, linesOf, type DossierPackage, type Row } from './package.ts';
import { AUDIT, LEAVES, type DossierLeaf } from './manifest.ts';

export interface CheckedLog {
  /** Facts that the log has, or is to have with its next head. */
  readonly notices: ReadonlySet<string>;
  readonly bids: ReadonlySet<string>;
  /** Those of every entry of the package. */
  readonly facts: ReadonlySet<string>;
  /** What was opened, by the id of the bid: the hash of its contents; only for who may read the trail. */
  readonly unsealed: ReadonlyMap<string, string>;
  /** Hashes of the entries of the package. */
  readonly hashes: ReadonlySet<string>;
  readonly entries: number;
  readonly proven: number;
}

interface About {
  readonly head: { readonly size: number; readonly root: string; readonly at: number } | null;
  /** When the package was asked for (civil epoch ms). */
  readonly askedAt: number;
  readonly tenderId: string;
}

const HASH = /^[0-9a-f]{64}$/;
const isHash = (value: unknown): value is string => typeof value === 'string' && HASH.test(value);

/** Each leaf is in the tree of the signed head; each entry that is given is what its leaf is made of, and chained. */
export async function checkLog(pack: DossierPackage, about: About, faults: Faults): Promise<CheckedLog> {
  const found = { notices: new Set<string>(), bids: new Set<string>(), hashes: new Map<string, Given>() };
  let proven = 0;
  let isPastHead = false;
  let before: Given | null = null;
  if (pack.has(LEAVES)) {
    for await (const line of linesOf(pack, LEAVES, faults)) {
      const { entry, fact, of, audit, place } = line as unknown as DossierLeaf;
      if (!isHash(entry) || !isHash(fact) || found.hashes.has(entry)) {
        faults.add(LEAVES, '有形式不符或者重复的行', 'has a line of another form, or one twice');
        continue;
      }
      const isPlaced = place !== null;
      const given: Given = { entry, fact, isPlaced, audit: isRecord(audit) ? audit : null };
      if (isPlaced && isIncluded(given, place, about.head)) proven += 1;
      else if (isPlaced) faults.add(LEAVES, `日志中没有条目 ${entry}`, `the log does not have the entry ${entry}`);
      if (isPlaced && isPastHead)
        faults.add(LEAVES, `条目 ${entry} 之前有未证明的条目`, `has an entry before ${entry} that is not proven`);
      isPastHead ||= !isPlaced;
      before = checkEntry(given, before, about.tenderId, faults);
      found.hashes.set(entry, given);
      if (of === 'notice') found.notices.add(fact);
      if (of === 'bid') found.bids.add(fact);
    }
  }
  const { notices, bids, hashes } = found;
  const unsealed = pack.has(AUDIT) ? await checkAudit(pack, { ...about, hashes }, faults) : new Map<string, string>();
  const facts = new Set([...hashes.values()].map(({ fact }) => fact));
  return { notices, bids, facts, unsealed, hashes: new Set(hashes.keys()), entries: hashes.size, proven };
}

interface Given {
  readonly entry: string;
  readonly fact: string;
  readonly isPlaced: boolean;
  readonly audit: Readonly<Record<string, unknown>> | null;
}

function isIncluded({ entry, fact }: Given, place: DossierLeaf['place'], head: About['head']): boolean {
  if (head === null || !isRecord(place) || !Array.isArray(place.inclusion)) return false;
  const { index, inclusion: proof } = place;
  return verifyInclusion({ leaf: leafOf(entry, fact), index, size: head.size, proof, root: head.root });
}

/** @returns the entry, where it is given in full, for the one after it */
function checkEntry(given: Given, before: Given | null, tenderId: string, faults: Faults): Given | null {
  const { entry, fact, audit } = given;
  if (audit === null) return before;
  const named = (zh: string, en: string): void =>
    faults.add(LEAVES, `审计记录 ${String(audit.seq)}：${zh}`, `audit entry ${String(audit.seq)}: ${en}`);
  if (audit.procurementId !== tenderId) named('不属于本项目', 'is about another tender');
  if (factOf(audit.detail) !== fact) named('事实哈希不符', 'does not name the fact of its leaf');
  if (audit.previousHash !== undefined && canonicalHash(audit) !== entry) named('内容被改动', 'was changed');
  const last = before?.audit;
  if (last) {
    if (Number(last.seq) >= Number(audit.seq)) named('次序不符', 'is out of order');
    if (Number(last.at) > Number(audit.at)) named('时间早于前一条', 'is earlier than the entry before');
    const follows = Number(last.seq) === Number(audit.seq) - 1;
    if (follows && audit.previousHash !== undefined && audit.previousHash !== before?.entry)
      named('与前一条的哈希不符', 'does not continue the entry before');
  }
  return given;
}

const factOf = (detail: unknown): string => (isRecord(detail) ? factHashOf(detail) : NO_FACT);

/**
 * What people read of an entry is what its leaf is made of, and each leaf is there to read, once and in its order.
 * @returns what was opened
 */
async function checkAudit(
  pack: DossierPackage,
  { hashes, head, askedAt, tenderId }: About & { readonly hashes: ReadonlyMap<string, Given> },
  faults: Faults,
): Promise<Map<string, string>> {
  const unsealed = new Map<string, string>();
  const order = [...hashes.keys()];
  const places = new Map(order.map((hash, index) => [hash, index]));
  let place = 0;
  for await (const view of linesOf(pack, AUDIT, faults)) {
    const { hash, at, action, subject, detail } = view;
    const given = hashes.get(String(hash));
    if (given === undefined) {
      faults.add(AUDIT, `条目 ${String(hash)} 不在 ${LEAVES} 中`, `the entry ${String(hash)} is not in ${LEAVES}`);
      continue;
    }
    if (order[place] !== hash)
      faults.add(
        AUDIT,
        `条目 ${String(hash)} 缺少、重复或者次序不符`,
        `has the entry ${String(hash)} twice, out of order, or without the one before`,
      );
    place = (places.get(given.entry) ?? 0) + 1;
    const { audit, fact, isPlaced } = given;
    const isOurs = view.procurementId === tenderId;
    if (factOf(detail) !== fact || !isOurs || (audit !== null && !isView(view, audit)))
      faults.add(AUDIT, `条目 ${String(hash)} 与日志不符`, `the entry ${String(hash)} is not what the log has`);
    if (!isPlaced && isDueUnder(head?.at ?? askedAt, Date.parse(String(at))))
      faults.add(
        LEAVES,
        `条目 ${String(hash)} 应有日志证明`,
        `has no proof of the entry ${String(hash)}, which is due`,
      );
    if (action === 'bid.unseal' && fact !== NO_FACT) unsealed.set(String(subject).replace(/^bid\//, ''), fact);
  }
  if (place < order.length)
    faults.add(AUDIT, `缺少条目 ${String(order[place])}`, `lacks the entry ${String(order[place])}`);
  return unsealed;
}

/** Whether a head of an instant is over an entry of another, whatever was under way between the two. */
const isDueUnder = (headAt: number, at: number): boolean => headAt >= nextHeadAt(nextHeadAt(at));

/** Whether what is shown of an entry is the entry, with names beside its ids. */
const isView = (view: Row, audit: Row): boolean =>
  Date.parse(String(view.at)) === audit.at &&
  view.action === audit.action &&
  view.subject === audit.subject &&
  canonicalHash(view.detail) === canonicalHash(audit.detail) &&
  has(view.actor, audit.actor);

/** Whether a record has all that another has. */
const has = (whole: unknown, part: unknown): boolean =>
  isRecord(whole) && isRecord(part)
    ? Object.entries(part).every(([key, value]) => has(whole[key], value))
    : whole === part;
