import {
  AUDIT,
  DEPOSITS,
  DOCUMENTS,
  GRIEVANCES,
  isLeftOut,
  type DossierFile,
  type DossierManifest,
} from './manifest.ts';
import { isRecord, itemsOf, jsonOf, type DossierPackage, type Faults, type Row } from './package.ts';
import type { CheckedLog } from './log.ts';

/** A file that a list names: its name begins like this, and ends as who uploaded it called it. */
interface Named {
  readonly prefix: string;
  readonly sha256: unknown;
}

const idOf = (value: unknown): string => String(value).replaceAll('/', '');

const FOLDERS: readonly {
  readonly list: string;
  readonly folder: string;
  readonly named: (item: Row) => readonly Named[];
}[] = [
  {
    ...{ list: DOCUMENTS, folder: 'documents/' },
    named: ({ id, sha256 }) => [{ prefix: `documents/${idOf(id)}/`, sha256 }],
  },
  {
    ...{ list: DEPOSITS, folder: 'deposits/' },
    named: ({ depositId, document }) =>
      isRecord(document) ? [{ prefix: `deposits/${idOf(depositId)}/`, sha256: document.sha256 }] : [],
  },
  {
    ...{ list: GRIEVANCES, folder: 'grievances/' },
    named: ({ id, attachments }) =>
      (Array.isArray(attachments) ? attachments.filter(isRecord) : []).map(({ documentId, sha256 }) => ({
        prefix: `grievances/${idOf(id)}/${idOf(documentId)}-`,
        sha256,
      })),
  },
];

/** What is in a folder is what the list beside it names: nothing else, and nothing missing that is not said to be. */
export async function checkFolders(
  pack: DossierPackage,
  { manifest, log }: { readonly manifest: DossierManifest; readonly log: CheckedLog },
  faults: Faults,
): Promise<void> {
  for (const { list, folder, named } of FOLDERS) {
    const items = pack.has(list) ? itemsOf(await jsonOf(pack, list, faults)) : [];
    const files = manifest.files.filter(({ name }) => name.startsWith(folder));
    checkFolder(manifest, { list, files, named: items.flatMap(named) }, faults);
    if (list !== DOCUMENTS || !pack.has(AUDIT)) continue;
    for (const { id, sha256 } of items) {
      if (!log.facts.has(String(sha256)))
        faults.add(DOCUMENTS, `日志中没有文件 ${String(id)}`, `the log does not have the document ${String(id)}`);
    }
  }
}

/** Each file of a folder is one that its list names, and each that it names is there, or is said to be left out. */
export function checkFolder(
  manifest: DossierManifest,
  {
    list,
    files,
    named,
  }: { readonly list: string; readonly files: readonly DossierFile[]; readonly named: readonly Named[] },
  faults: Faults,
): void {
  const left = new Map(named.map((each) => [each.prefix, each]));
  for (const { name, sha256 } of files) {
    const found = [...prefixesOf(name)].map((prefix) => left.get(prefix)).find((each) => each !== undefined);
    if (found?.sha256 !== sha256) faults.add(name, `${list} 中没有此文件`, `is not in ${list}`);
    if (found) left.delete(found.prefix);
  }
  for (const { prefix } of left.values()) {
    const said = manifest.leftOut.some(({ name }) => name?.startsWith(prefix)) || isLeftOut(manifest, prefix);
    if (!said) faults.add(prefix, `缺少 ${list} 所列的文件`, `lacks the file that ${list} names`);
  }
}

/** Up to each of its slashes and hyphens. */
function* prefixesOf(name: string): Generator<string> {
  for (let at = 0; at < name.length; at += 1) if (name[at] === '/' || name[at] === '-') yield name.slice(0, at + 1);
}
