import { v7 as newId } from 'uuid';
import type { Queries, Tx } from '../../db/access/database.ts';
import { recordAudit, type Actor } from '../../db/audit.ts';
import { insertEntries, insertThresholds, thresholdsOf } from '../../db/catalogue.ts';
import {
  changeOf,
  faultsOf,
  type CatalogueEntry,
  type CatalogueRows,
  type ProcurementThreshold,
  type RowChange,
} from '../../domain/law/catalogue.ts';
import { badInput } from '../../domain/issues.ts';
import { KINDS } from '../../domain/law/facts.ts';
import { entriesByItem, itemKey } from './in-force.ts';

export interface CatalogueChanges {
  readonly entries: readonly { readonly row: CatalogueEntry; readonly change: RowChange }[];
  readonly thresholds: readonly { readonly row: ProcurementThreshold; readonly change: RowChange }[];
}

/**
 * What importing these rows would do; changes nothing.
 * @throws DomainError `bad-input` with everything that is wrong with them
 */
export async function previewCatalogue(q: Queries, rows: CatalogueRows): Promise<CatalogueChanges> {
  const faults = faultsOf(rows);
  if (faults.length > 0) {
    throw badInput(
      faults.map(({ row, field, messageZh, messageEn }) => ({
        field: `${row}.${field}`,
        rule: 'catalogue',
        messageZh,
        messageEn,
      })),
    );
  }
  const { entries, thresholds } = rows;
  const known = await entriesByItem(q, entries);
  const figures = thresholds.length > 0 ? await thresholdsOf(q, KINDS) : [];
  return {
    entries: entries.map((row) => ({ row, change: changeOf(row, known.get(itemKey(row)) ?? []) })),
    thresholds: thresholds.map((row) => ({
      row,
      change: changeOf(
        row,
        figures.filter(({ kind, level }) => kind === row.kind && level === row.level),
      ),
    })),
  };
}

/**
 * Adds the new rows (交易目录、限额标准); existing rows are not changed.
 * @throws DomainError `bad-input` with everything that is wrong with them
 */
export async function importCatalogue(tx: Tx, actor: Actor, rows: CatalogueRows): Promise<CatalogueChanges> {
  const changes = await previewCatalogue(tx.q, rows);
  const added = <T extends object>(changed: readonly { row: T; change: RowChange }[]) =>
    changed.flatMap(({ row, change }) => (change === 'known' ? [] : [{ id: newId(), recordedAt: tx.now, ...row }]));
  const entries = added(changes.entries);
  const thresholds = added(changes.thresholds);
  await insertEntries(tx, entries);
  await insertThresholds(tx, thresholds);
  if (entries.length + thresholds.length > 0) {
    recordAudit(tx, actor, {
      action: 'catalogue.import',
      procurementId: null,
      subject: 'catalogue',
      detail: {
        entries: entries.length,
        thresholds: thresholds.length,
        sources: [...new Set([...entries, ...thresholds].map(({ source }) => source))].sort(),
      },
    });
  }
  return changes;
}
