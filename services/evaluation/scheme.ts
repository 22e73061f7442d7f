import { recordAudit, type Actor } from '../../db/audit.ts';
import type { Tx } from '../../db/access/database.ts';
import { insertScheme, removeScheme, schemeOf, schemesOf, type LotScheme } from '../../db/evaluation/schemes.ts';
import { notFound, procurementById, type Draft, type Procurement } from '../../db/procurements.ts';
import { outOfState } from '../../domain/committees/out-of-state.ts';
import type { TenderPlace } from '../../db/tender/place.ts';
import { checkStated } from '../../domain/evaluation/scheme/stated.ts';
import type { StatedScheme } from '../../domain/evaluation/scheme/statement.ts';
import { DomainError } from '../../domain/errors.ts';
import { getRule } from '../../domain/law/rulebook.ts';
import { breachOf, type Violation } from '../../domain/law/violation.ts';
import { procedureOf } from '../../domain/procedures/index.ts';
import { canonicalHash } from '../../proofs/hash.ts';
import type { TenderCase } from '../tender/case.ts';

/** What a scheme of a tender is judged by. */
type Judged = Pick<Draft, 'regime' | 'procedure' | 'kind' | 'noticeAt' | 'particulars' | 'lots'>;

/**
 * What is unlawful in the schemes of a tender, each by its lot.
 * @throws DomainError `bad-input` for one that cannot be scored
 */
export function checkSchemes(
  tender: Judged,
  schemes: readonly StatedScheme[],
  confirmed?: ReadonlySet<string>,
): Violation[] {
  const { kind, noticeAt, particulars } = tender;
  const facts = {
    ...{ kind, noticeAt, confirmed },
    hasCeiling: typeof particulars?.ceilingPriceFen === 'number',
    noticeMethod: particulars?.evaluationMethod ?? null,
  };
  return schemes.flatMap((stated) => {
    const index = tender.lots.findIndex(({ no }) => no === stated.lotNo);
    return checkStated(procedureOf(tender), stated, facts).map((found) => ({
      ...found,
      field: `lots[${index}].${found.field}`,
    }));
  });
}

/**
 * States the scheme of a lot in its draft, as it is typed: what is unlawful in it is answered, and stops the launch.
 * @throws DomainError `bad-input` for one that cannot be scored, `stage-conflict` once launched, `not-found`
 */
export async function stateScheme(
  tx: Tx,
  actor: Actor,
  procurementId: string,
  stated: StatedScheme,
  confirmed: ReadonlySet<string>,
): Promise<{ readonly scheme: LotScheme; readonly violations: Violation[] }> {
  const tender = await draftWith(tx, procurementId, stated.lotNo);
  const violations = checkSchemes(tender, [stated], confirmed);
  const place = { procurementId, lotNo: stated.lotNo };
  const before = await schemeOf(tx.q, place);
  const row = rowOf(tx, procurementId, stated, 1);
  if (before) await removeScheme(tx, place);
  await insertScheme(tx, row);
  recordAudit(tx, actor, {
    action: 'scheme.state',
    procurementId,
    subject: `lot/${stated.lotNo}`,
    detail: { hash: row.hash, method: stated.scheme.method },
  });
  return { scheme: row, violations };
}

/** Takes the scheme out of the draft of a lot. @throws DomainError `stage-conflict`, `not-found` */
export async function withdrawScheme(tx: Tx, actor: Actor, place: TenderPlace): Promise<void> {
  const { procurementId, lotNo } = place;
  await draftWith(tx, procurementId, lotNo);
  const before = await schemeOf(tx.q, place);
  if (!before) throw notFound('scheme', `${procurementId}/lot/${lotNo}`);
  await removeScheme(tx, place);
  recordAudit(tx, actor, {
    action: 'scheme.withdraw',
    procurementId,
    subject: `lot/${lotNo}`,
    detail: { hash: before.hash },
  });
}

/**
 * Schemes that an amendment states in the place of those before it, which stay on record. How bids are evaluated always bears on how they
 * are written.
 * @throws DomainError `unlawful`, `not-found`, `bad-input` for one that cannot be scored
 */
export async function amendSchemes(
  c: TenderCase,
  actor: Actor,
  { schemes, affectsBids }: { readonly schemes: readonly StatedScheme[]; readonly affectsBids: boolean },
  confirmed: ReadonlySet<string>,
): Promise<void> {
  const { tx, id: procurementId, tender } = c;
  for (const { lotNo } of schemes) c.lot(lotNo);
  const violations = checkSchemes(tender, schemes, confirmed);
  if (!affectsBids) {
    violations.push(
      breachOf(getRule(c.rules.amendment), 'block', {
        field: 'affectsBids',
        given: 'false',
        messageZh: `修改${c.definition.words.evaluation}办法可能影响${c.definition.words.bid}编制`,
        messageEn: 'A change of the method of evaluation may bear on how bids are written',
      }),
    );
  }
  const blocking = violations.filter(({ severity }) => severity === 'block');
  if (blocking.length > 0) {
    throw new DomainError('unlawful', {
      messageZh: blocking.map(({ messageZh }) => messageZh).join('；'),
      messageEn: blocking.map(({ messageEn }) => messageEn).join('; '),
      details: { violations },
    });
  }
  const before = await schemesOf(tx.q, procurementId);
  for (const stated of schemes) {
    const last = before.find(({ lotNo }) => lotNo === stated.lotNo);
    const row = rowOf(tx, procurementId, stated, (last?.version ?? 0) + 1);
    await insertScheme(tx, row);
    recordAudit(tx, actor, {
      action: 'scheme.amend',
      procurementId,
      subject: `lot/${stated.lotNo}`,
      detail: { hash: row.hash, version: row.version, before: last?.hash ?? null },
    });
  }
}

/** Takes the schemes of a tender over into a new draft: by the numbers that its lots have there. */
export async function copySchemes(
  tx: Tx,
  from: string,
  to: string,
  lots: readonly { readonly no: number; readonly was: number }[],
): Promise<void> {
  const schemes = await schemesOf(tx.q, from);
  for (const { no, was } of lots) {
    const stated = schemes.find(({ lotNo }) => lotNo === was);
    if (stated) await insertScheme(tx, rowOf(tx, to, { ...stated, lotNo: no }, 1));
  }
}

const rowOf = (
  tx: Tx,
  procurementId: string,
  { lotNo, scheme, statements }: StatedScheme,
  version: number,
): LotScheme => ({
  ...{ procurementId, lotNo, version, scheme, statements, hash: canonicalHash(scheme), statedAt: tx.now },
});

async function draftWith(tx: Tx, procurementId: string, lotNo: number): Promise<Procurement> {
  const tender = await procurementById(tx.q, procurementId);
  if (tender.stage !== 'draft') throw outOfState('procurement', tender.stage, ['draft']);
  if (!tender.lots.some(({ no }) => no === lotNo)) throw notFound('lot', `${procurementId}/lot/${lotNo}`);
  return tender;
}
