import { v7 as newId } from 'uuid';
import { recordAudit, type Actor } from '../../db/audit.ts';
import type { Queries, Tx } from '../../db/access/database.ts';
import { changeExpert, everExpertsOf, insertExperts, poolById, type ExpertRow } from '../../db/committees/experts.ts';
import type { GivenExpert } from '../../domain/experts/exchange.ts';
import { badInput, type Issue } from '../../domain/issues.ts';
import { canonicalHash } from '../../proofs/hash.ts';

export type ExpertChange = 'new' | 'changed' | 'known' | 'removed';

export interface ExpertChanges {
  readonly rows: readonly { readonly number: string; readonly name: string; readonly change: ExpertChange }[];
}

interface Import {
  readonly poolId: string;
  readonly experts: readonly GivenExpert[];
  /** The file is the whole pool: who is not in it is no longer in the pool. */
  readonly whole: boolean;
}

/**
 * What an import would do; changes nothing.
 * @throws DomainError `bad-input` for a number that is there twice, `not-found`
 */
export const previewExperts = async (q: Queries, given: Import): Promise<ExpertChanges> => {
  await poolById(q, given.poolId);
  return changesOf(await everExpertsOf(q, given.poolId), given);
};

/**
 * Brings a pool up to date with what its keeper has. What a person stated here, and the account, stay.
 * @throws DomainError `bad-input`, `not-found`
 */
export async function importExperts(tx: Tx, actor: Actor, given: Import): Promise<ExpertChanges> {
  const { poolId, experts } = given;
  await poolById(tx.q, poolId);
  const known = await everExpertsOf(tx.q, poolId);
  const changes = changesOf(known, given);
  const byNumber = new Map(experts.map((expert) => [expert.number, expert]));
  const rows = new Map(known.map((row) => [row.number, row]));
  const added: ExpertRow[] = [];
  for (const { number, change } of changes.rows) {
    const expert = byNumber.get(number);
    const row = rows.get(number);
    if (change === 'new' && expert) {
      added.push({ id: newId(), poolId, accountId: null, importedAt: tx.now, removedAt: null, ...columnsOf(expert) });
    } else if (change === 'changed' && expert && row) {
      await changeExpert(tx, row.id, { ...columnsOf(expert), importedAt: tx.now, removedAt: null });
    } else if (change === 'removed' && row) await changeExpert(tx, row.id, { removedAt: tx.now });
  }
  await insertExperts(tx, added);
  const count = (wanted: ExpertChange) => changes.rows.filter(({ change }) => change === wanted).length;
  recordAudit(tx, actor, {
    action: 'expert-pool.import',
    procurementId: null,
    subject: `expert-pool/${poolId}`,
    detail: { new: count('new'), changed: count('changed'), removed: count('removed') },
  });
  return changes;
}

function changesOf(known: readonly ExpertRow[], { experts, whole }: Import): ExpertChanges {
  const issues: Issue[] = [];
  const numbers = new Set<string>();
  for (const [index, { number }] of experts.entries()) {
    if (numbers.has(number)) {
      issues.push({
        field: `experts.${index}.number`,
        rule: 'unique',
        messageZh: `编号重复：${number}`,
        messageEn: `The number is there twice: ${number}`,
      });
    }
    numbers.add(number);
  }
  if (issues.length > 0) throw badInput(issues);
  const rows = new Map(known.map((row) => [row.number, row]));
  const given = experts.map((expert) => {
    const row = rows.get(expert.number);
    const same = row && row.removedAt === null && isAsGiven(row, expert);
    const change: ExpertChange = row === undefined ? 'new' : same ? 'known' : 'changed';
    return { number: expert.number, name: expert.name, change };
  });
  const gone = whole ? known.filter(({ number, removedAt }) => removedAt === null && !numbers.has(number)) : [];
  return { rows: [...given, ...gone.map(({ number, name }) => ({ number, name, change: 'removed' as const }))] };
}

function isAsGiven(row: ExpertRow, expert: GivenExpert): boolean {
  const { id: _id, poolId: _pool, accountId: _account, importedAt: _at, removedAt: _removed, ...columns } = row;
  return canonicalHash(columns) === canonicalHash(columnsOf(expert));
}

const columnsOf = ({ employer, ...expert }: GivenExpert) => ({
  ...expert,
  fields: [...expert.fields],
  credentials: [...expert.credentials],
  ties: [...expert.ties],
  employer: employer.name,
  employerCode: employer.creditCode,
});
