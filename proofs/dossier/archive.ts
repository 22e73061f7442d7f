import type { DossierFile, DossierManifest, Words } from './manifest.ts';
import { INDEX, TENDER } from './manifest.ts';
import { isRecord, jsonOf, type DossierPackage, type Faults } from './package.ts';

/** 归档: what an archive takes over a dossier by: who made it and when, how long it is kept, and each file in its class. */
export const ARCHIVE = 'archive.json';
const TIMELINE = 'timeline.json';

/**
 * DA/T 103—2024 电子招标投标文件归档: its text was not at hand, so that names and codes of its elements are unconfirmed (未核实): a receiver's own list
 * decides.
 */
const PROFILE = { name: 'DA/T 103', confirmed: false, zh: '未核实：未读到标准全文，元素名称以接收单位为准' } as const;

/** Classes of files, in their order, and by what names they are told: the first that fits. */
const CLASSES: readonly (Words & { readonly key: string; readonly names: RegExp })[] = [
  { key: 'contract', zh: '合同与履约', en: 'Contracts and their performance', names: /^lots\/\d+\/contract\.json$/ },
  { key: 'evaluation', zh: '评标（评审）与定标', en: 'Evaluation and award', names: /^lots\// },
  { key: 'bids', zh: '投标（响应）文件', en: 'Bids', names: /^bids\// },
  { key: 'opening', zh: '开标（开启）', en: 'Opening', names: /^opening\.json$/ },
  { key: 'documents', zh: '采购文件、报告、合同、验收书', en: 'Documents', names: /^documents(?:\.json$|\/)/ },
  { key: 'notices', zh: '公告', en: 'Notices', names: /^notices\// },
  { key: 'deposits', zh: '保证金', en: 'Deposits', names: /^deposits(?:\.json$|\/)/ },
  { key: 'grievances', zh: '异议、质疑及答复', en: 'Grievances', names: /^grievances(?:\.json$|\/)/ },
  { key: 'decisions', zh: '决定及经办复核', en: 'Decisions', names: /^(?:decisions|prepared-acts)\// },
  { key: 'proofs', zh: '日志与证明', en: 'The log and its proofs', names: /^(?:log\/|audit\.jsonl$)/ },
  { key: 'tender', zh: '项目情况', en: 'The tender', names: /^/ },
];

export interface Retention {
  readonly lotNo: number;
  /** With its offset; null: it does not run yet. */
  readonly until: string | null;
  readonly rule: string | null;
  readonly law: string | null;
  readonly article: string | null;
  /** Whether the article's text was read. */
  readonly confirmed: boolean;
}

export interface DossierArchive {
  readonly profile: typeof PROFILE;
  readonly tender: DossierManifest['tender'];
  readonly complete: boolean;
  readonly creator: string;
  readonly agency: string | null;
  readonly retention: readonly Retention[];
  /** Each file once; `lotNo` 0: of the whole. */
  readonly classes: readonly (Words & {
    readonly key: string;
    readonly files: readonly { readonly name: string; readonly sha256: string; readonly lotNo: number }[];
  })[];
}

const lotOf = (name: string): number => Number(/^(?:lots|bids)\/(\d+)\//.exec(name)?.[1] ?? 0);

type Listed = Pick<DossierFile, 'name' | 'sha256'>;

function classesOf(files: readonly Listed[]): DossierArchive['classes'] {
  const own = files.filter(({ name }) => name !== ARCHIVE && name !== INDEX);
  const classOf = (name: string): string => CLASSES.find(({ names }) => names.test(name))?.key ?? '';
  return CLASSES.map(({ key, zh, en }) => ({
    ...{ key, zh, en },
    files: own
      .filter(({ name }) => classOf(name) === key)
      .map(({ name, sha256 }) => ({ name, sha256, lotNo: lotOf(name) })),
  }));
}

/** @param files those of the package so far */
export const archiveOf = (
  about: Pick<DossierArchive, 'tender' | 'complete' | 'creator' | 'agency' | 'retention'>,
  files: readonly Listed[],
): DossierArchive => ({ profile: PROFILE, ...about, classes: classesOf(files) });

/** That an archive's list is what the package has, and its periods are those of the timeline. A package from before has none. */
export async function checkArchive(pack: DossierPackage, manifest: DossierManifest, faults: Faults): Promise<void> {
  if (!pack.has(ARCHIVE)) return;
  const archive = await jsonOf(pack, ARCHIVE, faults);
  if (!isRecord(archive)) return;
  const same = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);
  if (!same(archive.classes, classesOf(manifest.files)))
    faults.add(ARCHIVE, '归档目录与清单不符', 'lists other files than the manifest');
  if (!same(archive.tender, manifest.tender) || archive.complete !== manifest.complete)
    faults.add(ARCHIVE, '项目或是否完结与清单不符', 'is about another tender, or another state of it');
  if (!same(archive.profile, PROFILE)) faults.add(ARCHIVE, '元数据方案有误', 'names another profile');
  if (!pack.has(TIMELINE) || !Array.isArray(archive.retention)) return;
  const timeline = await jsonOf(pack, TIMELINE, faults);
  const milestones = isRecord(timeline) && Array.isArray(timeline.items) ? timeline.items.filter(isRecord) : [];
  for (const each of archive.retention.filter(isRecord)) {
    const kept = milestones.find(({ lotNo, key }) => key === 'archive-until' && lotNo === each.lotNo);
    if ((kept?.dueAt ?? null) !== each.until)
      faults.add(
        ARCHIVE,
        `第 ${String(each.lotNo)} 标段的保存期限与 ${TIMELINE} 不符`,
        `keeps lot ${String(each.lotNo)} for another time than ${TIMELINE} says`,
      );
  }
  if (pack.has(TENDER) && archive.retention.length === 0) faults.add(ARCHIVE, '没有保存期限', 'has no retention');
}
