import { entrySchema, thresholdSchema } from '../../api/catalogue/views.ts';
import { issuesOf, SAYS_WHAT_CAME } from '../../api/http/fields/issues.ts';
import {
  faultsOf,
  type CatalogueEntry,
  type CatalogueRows,
  type ProcurementThreshold,
} from '../../domain/law/catalogue.ts';
import { readCatalogueFile, type RowFault } from '../../imports/catalogue/file.ts';
import { placesOf, saidField } from '../../domain/fields/field.ts';
import { FileFault } from '../../imports/file-fault.ts';
import { badFile } from '../settings/failure.ts';

const CATALOGUE = ['catalogue-file', ...placesOf('/catalogue')];

/** The line of a CSV, or the path in the JSON. */
const placeOf = (at: string) => (/^\d+$/.test(at) ? { zh: `第 ${at} 行`, en: `line ${at}` } : { zh: at, en: at });

/**
 * The rows of a catalogue file, validated by the same schemas as in the API.
 * @throws CommandFailure `bad-input` where it cannot be read, or with all its errors
 */
export async function catalogueRowsOf(file: string): Promise<CatalogueRows> {
  const { given, faults } = await reading(file);
  const entries: CatalogueEntry[] = [];
  const thresholds: ProcurementThreshold[] = [];
  const places = new Map<string, string>();
  for (const { at, table, row } of given) {
    const schema = table === 'entries' ? entrySchema : thresholdSchema;
    const parsed = schema.safeParse(row, SAYS_WHAT_CAME);
    if (!parsed.success) {
      for (const { field, messageZh, messageEn } of issuesOf(parsed.error, { schema, places: CATALOGUE })) {
        faults.push({ at, field, messageZh, messageEn });
      }
    } else if (table === 'entries') {
      places.set(`entries.${entries.length}`, at);
      entries.push(parsed.data as CatalogueEntry);
    } else {
      places.set(`thresholds.${thresholds.length}`, at);
      thresholds.push(parsed.data as ProcurementThreshold);
    }
  }
  const rows = { entries, thresholds };
  for (const { row, field, messageZh, messageEn } of faultsOf(rows)) {
    faults.push({ at: places.get(row) ?? row, field, messageZh, messageEn });
  }
  assertFaultless(file, faults);
  return rows;
}

async function reading(file: string): ReturnType<typeof readCatalogueFile> {
  try {
    return await readCatalogueFile(file);
  } catch (error) {
    if (!(error instanceof FileFault)) throw error;
    throw badFile(error.messageZh, error.messageEn, error);
  }
}

function assertFaultless(file: string, faults: readonly RowFault[]): void {
  if (faults.length === 0) return;
  const list = (language: 'zh' | 'en', message: 'messageZh' | 'messageEn'): string =>
    faults
      .map(
        (fault) =>
          `\n  ${placeOf(fault.at)[language]}  ${saidField(fault.field, CATALOGUE)[language]}  ${fault[message]}`,
      )
      .join('');
  throw badFile(
    `「${file}」有 ${faults.length} 处错误，未导入任何内容：${list('zh', 'messageZh')}`,
    `"${file}" has ${faults.length} fault(s); nothing was imported:${list('en', 'messageEn')}`,
  );
}
