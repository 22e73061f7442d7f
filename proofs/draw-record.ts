import { hexToBytes } from '@noble/hashes/utils.js';
import { callsFollow, type Call } from '../domain/committees/calls.ts';
import {
  DRAW_FORMAT,
  DRAW_PARTIES,
  FIRST_TO_REVEAL,
  LEAST_PARTS,
  type DrawParty,
  type DrawTerms,
  type GroupOrder,
} from '../domain/draws/terms.ts';
import { commitmentOf, draw, labelOf, PART, termsHash, type DrawnPerson, type Parts } from './draw.ts';
import { canonicalHash } from './hash.ts';
import { leafOf } from './leaf.ts';
import { verifyInclusion } from './merkle.ts';
import { NotSigned, type PublicJwk } from './signing.ts';
import { verifyTreeHead } from './tree-head.ts';

/** That an entry of the log has a fact: its hash, and the way from its leaf to the root. */
export interface EntryProof {
  readonly entry: string;
  readonly index: number;
  readonly inclusion: readonly string[];
}

/** All of a draw that anybody needs to repeat it: `GET …/committee/draw`, and the file of `kaibiao verify`. */
export interface DrawRecord {
  readonly format: typeof DRAW_FORMAT;
  readonly terms: DrawTerms;
  /** Of the terms. */
  readonly opening: EntryProof;
  readonly commitments: readonly {
    readonly party: DrawParty;
    readonly commitment: string;
    readonly at: number;
    readonly proof: EntryProof;
  }[];
  /** The head of the log that the seed is mixed with. */
  readonly head: { readonly size: number; readonly root: string; readonly at: number; readonly jws: string };
  readonly parts: readonly { readonly party: DrawParty; readonly part: string; readonly at: number }[];
  readonly orders: readonly GroupOrder[];
  readonly calls: readonly (Call & { readonly askedAt: number; readonly endedAt: number | null })[];
  /** Those who serve, by name; null until the award. */
  readonly opened: readonly { readonly label: string; readonly salt: string; readonly person: DrawnPerson }[] | null;
  readonly keys: readonly PublicJwk[];
}

export interface DrawFault {
  readonly subject: string;
  readonly zh: string;
  readonly en: string;
}

export interface VerifiedDraw {
  readonly drawId: string;
  readonly procurementId: string;
  readonly lotNo: number;
  readonly candidates: number;
  readonly excluded: number;
  /** Who gave a part of the seed, who committed itself and withheld it, and who did neither. */
  readonly gave: readonly DrawParty[];
  readonly withheld: readonly DrawParty[];
  readonly absent: readonly DrawParty[];
  /** Those who confirmed, by their labels, and by name once they are disclosed. */
  readonly members: readonly { readonly label: string; readonly field: string; readonly name: string | null }[];
  readonly opened: boolean;
  /** Whether the caller supplied the keys; otherwise those of the file were trusted. */
  readonly pinned: boolean;
  readonly faults: readonly DrawFault[];
}

/**
 * Repeats a draw off-line from its record.
 * @param pinned trusted keys from elsewhere; null: those of the record are trusted
 */
export async function verifyDraw(record: DrawRecord, pinned: readonly PublicJwk[] | null): Promise<VerifiedDraw> {
  const { terms, commitments, parts, calls, opened } = record;
  const faults: DrawFault[] = [];
  const fault = (subject: string, zh: string, en: string): void => void faults.push({ subject, zh, en });
  if ((record.format as string) !== DRAW_FORMAT || (terms.format as string) !== DRAW_FORMAT)
    fault('format', `不是 ${DRAW_FORMAT} 格式`, `is not a ${DRAW_FORMAT}`);
  checkTerms(terms, fault);
  checkCommitments(record, fault);
  checkParts(record, fault);
  await checkHead(record, pinned ?? record.keys, fault);
  checkOrders(record, fault);
  if (!callsFollow(terms, record.orders, calls))
    fault('calls', '通知次序与抽取结果不符', 'the calls are not in the drawn order');
  for (const { label, salt, person } of opened ?? []) {
    if (labelOf(terms.drawId, salt, person) !== label)
      fault(`person/${label}`, '姓名与标识不符', 'the name is not the one that was drawn');
  }
  const members = calls.filter(({ state }) => state === 'confirmed');
  if (opened && members.some(({ label }) => !opened.some((each) => each.label === label)))
    fault('opened', '有成员未公开姓名', 'a member’s name is missing');
  const names = new Map(opened?.map(({ label, person }) => [label, person.name]));
  const committed = (party: DrawParty) => commitments.some((each) => each.party === party);
  const gave = DRAW_PARTIES.filter((party) => parts.some((each) => each.party === party));
  return {
    drawId: terms.drawId,
    procurementId: terms.procurementId,
    lotNo: terms.lotNo,
    candidates: terms.candidates.length,
    excluded: terms.excluded.length,
    gave,
    withheld: DRAW_PARTIES.filter((party) => committed(party) && !gave.includes(party)),
    absent: DRAW_PARTIES.filter((party) => !committed(party)),
    members: members.map(({ label, field }) => ({ label, field, name: names.get(label) ?? null })),
    opened: opened !== null,
    pinned: pinned !== null,
    faults,
  };
}

type Report = (subject: string, zh: string, en: string) => void;

function checkTerms(
  { candidates, excluded, openedAt, commitUntil, firstRevealUntil, revealUntil }: DrawTerms,
  fault: Report,
) {
  const labels = candidates.map(({ label }) => label);
  if (labels.some((label, index) => index > 0 && (labels[index - 1] ?? '') >= label))
    fault('terms', '候选人未按标识排序，或者有重复', 'the candidates are not in the order of their labels, each once');
  if (excluded.some(({ label, reasons }) => labels.includes(label) || reasons.length === 0))
    fault('terms', '被排除的人仍在候选人中，或者没有理由', 'somebody excluded is a candidate, or has no reason');
  const times = [openedAt, commitUntil, firstRevealUntil, revealUntil];
  if (times.some((at, index) => index > 0 && (times[index - 1] ?? 0) >= at))
    fault('terms', '时间次序有误', 'its instants are not in their order');
}

function checkCommitments({ terms, opening, commitments, head }: DrawRecord, fault: Report): void {
  const claims = [
    { subject: 'terms', fact: termsHash(terms), proof: opening },
    ...commitments.map(({ party, commitment, proof }) => ({ subject: `commitment/${party}`, fact: commitment, proof })),
  ];
  for (const { subject, fact, proof } of claims) {
    if (!isProven(fact, proof, head))
      fault(subject, '不在所混入的日志树头之内', 'is not in the log under the head that was mixed in');
  }
  if (new Set(commitments.map(({ party }) => party)).size !== commitments.length)
    fault('commitments', '一方承诺了两次', 'a party committed itself twice');
  for (const { party, at } of commitments) {
    if (at < terms.openedAt || at > terms.commitUntil)
      fault(`commitment/${party}`, '不在承诺期限内', 'is outside the time for it');
  }
}

function isProven(fact: string, { entry, index, inclusion }: EntryProof, { size, root }: DrawRecord['head']): boolean {
  if (!PART.test(entry) || !PART.test(fact)) return false;
  return verifyInclusion({ leaf: leafOf(entry, fact), index, size, proof: inclusion, root });
}

function checkParts({ terms, commitments, parts }: DrawRecord, fault: Report): void {
  const commitment = new Map(commitments.map((each) => [each.party, each.commitment]));
  const first = parts.find(({ party }) => party === FIRST_TO_REVEAL);
  // Without a commitment it has nothing to hand in, and nobody waits for it.
  const others = first?.at ?? (commitment.has(FIRST_TO_REVEAL) ? terms.firstRevealUntil + 1 : 0);
  for (const { party, part, at } of parts) {
    const subject = `part/${party}`;
    if (commitmentOf(terms.drawId, party, part) !== commitment.get(party))
      fault(subject, '与其承诺不符', 'is not what its party committed itself to');
    if (at < others || at > (party === FIRST_TO_REVEAL ? terms.firstRevealUntil : terms.revealUntil))
      fault(subject, '交出的时间不合次序或者期限', 'was handed in out of turn, or late');
  }
  if (new Set(parts.map(({ party }) => party)).size !== parts.length)
    fault('parts', '一方交出了两次', 'a party handed two parts in');
  if (parts.length < LEAST_PARTS)
    fault('parts', `不足 ${LEAST_PARTS} 方，抽取无效`, `fewer than ${LEAST_PARTS} parts: it is no draw`);
}

async function checkHead({ head, commitments }: DrawRecord, keys: readonly PublicJwk[], fault: Report): Promise<void> {
  try {
    const { size, root, at } = await verifyTreeHead(head.jws, keys);
    if (size !== head.size || root !== head.root || at !== head.at)
      fault('head', '与所签内容不符', 'is not what was signed');
  } catch (error) {
    if (!(error instanceof NotSigned)) throw error;
    fault('head', `签名无效（${error.message}）`, `is not signed (${error.message})`);
  }
  if (commitments.some(({ at }) => at > head.at)) fault('head', '早于某方的承诺', 'is earlier than a commitment');
}

function checkOrders({ terms, parts, head, orders }: DrawRecord, fault: Report): void {
  const given = Object.fromEntries(parts.map(({ party, part }) => [party, part])) as Parts;
  const formed = PART.test(head.root) && parts.every(({ part }) => PART.test(part) && hexToBytes(part).length > 0);
  if (!formed) {
    fault('parts', '应为 32 字节的十六进制', 'must be 32 bytes in hex');
    return;
  }
  if (canonicalHash(draw(terms, given, head.root)) !== canonicalHash(orders))
    fault('orders', '重新抽取的结果不同', 'the draw, repeated, has another result');
}
