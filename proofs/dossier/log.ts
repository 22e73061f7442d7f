import { canonicalHash } from '../hash.ts';
import { factHashOf, leafOf, NO_FACT } from '../leaf.ts';
import { verifyInclusion } from '../merkle.ts';
import { type Faults, isRecord, linesOf, type DossierPackage } from './package.ts';
import { AUDIT, LEAVES, type DossierLeaf } from './manifest.ts';

export interface CheckedLog {
  /** Facts that the log has, or is to have with its next head. */
  readonly notices: ReadonlySet<string>;
  readonly bids: ReadonlySet<string>;
  /** Hashes of the entries of the package. */
  readonly hashes: ReadonlySet<string>;
  readonly entries: number;
  readonly proven: number;
}

interface About {
  readonly head: { readonly size: number; readonly root: string } | null;
  readonly tenderId: string;
}

const HASH = /^[0-9a-f]{64}$/;
const isHash = (value: unknown): value is string => typeof value === 'string' && HASH.test(value);

/** Each leaf is in the tree of the signed head; each entry that is given is what its leaf is made of, and chained. */
export async function checkLog(pack: DossierPackage, about: About, faults: Faults): Promise<CheckedLog> {
  const found = { notices: new Set<string>(), bids: new Set<string>(), hashes: new Map<string, Given>() };
  let proven = 0;
  let before: Given | null = null;
  if (pack.has(LEAVES)) {
    for await (const line of linesOf(pack, LEAVES, faults)) {
      const { entry, fact, of, audit, place } = line as unknown as DossierLeaf;
      if (!isHash(entry) || !isHash(fact)) {
        faults.add(LEAVES, '有形式不符的行', 'has a line of another form');
        continue;
      }
      const given: Given = { entry, fact, audit: isRecord(audit) ? audit : null };
      if (place !== null && isIncluded(given, place, about.head)) proven += 1;
      else if (place !== null)
        faults.add(LEAVES, `日志中没有条目 ${entry}`, `the log does not have the entry ${entry}`);
      before = checkEntry(given, before, about.tenderId, faults);
      found.hashes.set(entry, given);
      if (of === 'notice') found.notices.add(fact);
      if (of === 'bid') found.bids.add(fact);
    }
  }
  if (pack.has(AUDIT)) await checkAudit(pack, found.hashes, faults);
  const { notices, bids, hashes } = found;
  return { notices, bids, hashes: new Set(hashes.keys()), entries: hashes.size, proven };
}

interface Given {
  readonly entry: string;
  readonly fact: string;
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

/** What people read of an entry is what its leaf is made of. */
async function checkAudit(pack: DossierPackage, hashes: ReadonlyMap<string, Given>, faults: Faults): Promise<void> {
  for await (const { hash, at, action, subject, detail } of linesOf(pack, AUDIT, faults)) {
    const given = hashes.get(String(hash));
    if (given === undefined) {
      faults.add(AUDIT, `条目 ${String(hash)} 不在 ${LEAVES} 中`, `the entry ${String(hash)} is not in ${LEAVES}`);
      continue;
    }
    const { audit, fact } = given;
    const differs =
      factOf(detail) !== fact ||
      (audit !== null &&
        (Date.parse(String(at)) !== audit.at ||
          action !== audit.action ||
          subject !== audit.subject ||
          canonicalHash(detail) !== canonicalHash(audit.detail)));
    if (differs)
      faults.add(AUDIT, `条目 ${String(hash)} 与日志不符`, `the entry ${String(hash)} is not what the log has`);
  }
}
