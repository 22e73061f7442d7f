import { signingKeysOf } from '../../db/signing-keys.ts';
import { permission } from '../../domain/roles.ts';
import { AUDIT, HEAD, KEYS, LEAVES } from '../../proofs/dossier/manifest.ts';
import { leavesAbout } from '../../services/log/about.ts';
import type { Dossier, Row } from './dossier.ts';
import { bytesOfText, jsonItem, leftOut, leftOutBy, type Item, type Reading } from './reading.ts';

const AUDIT_ENTRIES = { zh: '审计记录', en: 'The audit trail' };

/**
 * The entries about the procurement, and what proves that they are in the log.
 * @param notices hashes of those that are in the package
 */
export async function* trailItems(
  { reading, read, role, procurement, head, entries }: Dossier,
  notices: ReadonlySet<string>,
): AsyncGenerator<Item> {
  const watching = 'scope' in permission(role, 'audit.read', {});
  const given = new Set<string>();
  const lacks = { place: false, whole: false };
  const leaves = async function* () {
    for await (const { seq, leaf } of leavesAbout(read, procurement.id, { head, watching })) {
      // Published while this was made: it is in the next one.
      if (leaf.of === 'notice' && seq > entries && !notices.has(leaf.fact)) continue;
      given.add(leaf.entry);
      lacks.place ||= leaf.place === null;
      lacks.whole ||= watching && leaf.place !== null && leaf.audit?.['previousHash'] === undefined;
      yield line(leaf);
    }
  };
  const what = { zh: '项目在日志中的条目及其证明', en: 'What the log has about the tender, with its proofs' };
  yield { name: LEAVES, what, bytes: bytesOfText(leaves()) };
  yield* auditItems(reading, procurement.id, given);
  if (lacks.place)
    yield leftOut(
      { zh: '最新条目的日志证明', en: 'Proofs of the newest entries' },
      { zh: '尚无包含它们的签名树头', en: 'no signed head is over them yet' },
      'before-head',
    );
  if (lacks.whole)
    yield leftOut(
      { zh: '部分审计记录的序号和前一条的哈希', en: 'Numbers and previous hashes of some audit entries' },
      {
        zh: '会显示尚未开标的其他项目有多少保密的记录',
        en: 'they would show how many entries of tenders that are not opened yet are confidential',
      },
      'before-others',
    );
  yield jsonItem(
    KEYS,
    { zh: '平台的签名公钥', en: 'The public keys of the platform' },
    { keys: await signingKeysOf(read) },
  );
  if (head) {
    const { size, root, signedAt, jws } = head;
    yield jsonItem(HEAD, { zh: '日志的签名树头', en: 'The signed head of the log' }, { size, root, at: signedAt, jws });
  }
}

const line = (value: unknown): string => `${JSON.stringify(value)}\n`;

/** The entries as people read them, of those that the leaves are of. */
async function* auditItems(reading: Reading, procurementId: string, given: ReadonlySet<string>): AsyncGenerator<Item> {
  const entries = reading.items('/audit', { procurementId, order: 'oldest' });
  let first: IteratorResult<Row>;
  try {
    first = await entries.next();
  } catch (error) {
    yield leftOutBy(error, AUDIT_ENTRIES, AUDIT);
    return;
  }
  const lines = async function* () {
    for (let each = first; each.done !== true; each = await entries.next())
      if (given.has(String(each.value['hash']))) yield line(each.value);
  };
  yield { name: AUDIT, what: AUDIT_ENTRIES, bytes: bytesOfText(lines()) };
}
