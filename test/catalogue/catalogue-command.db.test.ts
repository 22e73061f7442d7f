import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { auditAfter } from '../../db/audit.ts';
import { catalogueOn } from '../../db/catalogue.ts';
import { thresholdsOn } from '../../services/catalogue/in-force.ts';
import { openDatabase } from '../../db/access/open.ts';
import { readCatalogueFile } from '../../imports/catalogue/file.ts';
import { command } from '../setup/command.ts';
import { temporaryStorage, type Storage } from '../setup/database.ts';
import { kaibiao } from '../setup/servers/serve-process.ts';

const folder = mkdtempSync(join(tmpdir(), 'kaibiao-catalogue-'));
let storage: Storage;
let remove: () => Promise<void>;

beforeAll(async () => {
  ({ storage, remove } = await temporaryStorage());
});
afterAll(async () => {
  await remove();
  rmSync(folder, { recursive: true, force: true });
});

const env = () => ({ ...process.env, KAIBIAO_DATA_DIR: storage.dataDir, DATABASE_URL: storage.url ?? '' });
const run = (...args: string[]) => command(args, env());

function file(name: string, content: string): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

async function stored() {
  const db = await openDatabase(storage);
  try {
    return {
      codes: (await catalogueOn(db.read, '2026-12-31', { limit: 9 })).map(({ code, kind, level }) => [
        code,
        kind,
        level,
      ]),
      figures: (await thresholdsOn(db.read, '2026-12-31')).map(({ openFen, limitFen }) => [openFen, limitFen]),
      trail: (await auditAfter(db.read, 0, 99)).map(({ action, actor }) => [action, actor.role]),
    };
  } finally {
    await db.close();
  }
}

// Figures made up for the test: none of a province was found.
const CSV = `table,regime,code,nameZh,kind,level,mustTradeOnPlatform,centralised,open,limit,from,until,source
品目,政府采购,T01,教学终端,货物,区级,是,否,,,2026-01-01,,测试虚构〔0000〕0号
entry,tendering,T02,"道路,桥梁",works,city,true,false,,,2026-01-01,,测试虚构〔0000〕0号
限额标准,,,,货物,,,,777万,770000.50,2026-01-01,,测试虚构〔0000〕0号
`;

it('catalogue import shows what a CSV would do, writes nothing, and writes it once it is confirmed', async () => {
  const path = file('catalogue.csv', CSV);
  const preview = await kaibiao(['catalogue', 'import', path], env());
  expect(preview).toMatchObject({ code: 0 });
  expect(preview.stdout).toMatch(/新增 new {2}government {2}T01 {2}教学终端/);
  expect(preview.stdout).toContain('7770000 元');
  expect(preview.stdout).toContain('--confirm');
  expect((await stored()).codes).toEqual([]);

  expect(await run('catalogue', 'import', path, '--confirm')).toMatchObject({ code: 0 });
  const after = await stored();
  expect(after).toMatchObject({
    codes: [
      ['T01', 'goods', 'district'],
      ['T02', 'works', 'city'],
    ],
    figures: [[777_000_000, 77_000_050]],
  });
  expect(after.trail).toContainEqual(['catalogue.import', 'unattended']);
  const again = await run('catalogue', 'import', path, '--confirm', '--json');
  expect(JSON.parse(again.stdout)).toMatchObject({
    preview: false,
    entries: [{ change: 'known' }, { change: 'known' }],
  });
});

it('a figure is in the unit that stands above the table; where that is not known it is a fault', async () => {
  const table = (title: string) => `${title}\ntable,kind,open,from,source\nthreshold,货物,777,2026-01-01,文\n`;
  const read = async (title: string) => readCatalogueFile(file('units.csv', table(title)));
  expect((await read('限额标准（单位：万元）')).given).toMatchObject([{ row: { openFen: 777_000_000 } }]);
  expect((await read('限额标准')).given).toMatchObject([{ row: { openFen: 77_700 } }]);
  expect((await read('限额标准（单位：分）')).faults).toMatchObject([{ at: '3', field: 'open' }]);
});

it('a file with faults is refused whole, each fault by its line and field, in both languages', async () => {
  const path = file(
    'faults.csv',
    `table,regime,code,nameZh,kind,level,mustTradeOnPlatform,open,from,source
entry,government,T03,错,货物,村级,是,,2026-01-01,文
threshold,,,,货物,,,面议,2026-01-01,文
threshold,,,,工程,,,777万,2026-01-01,文
别的,,,,,,,,,
`,
  );
  const { code, stderr } = await run('catalogue', 'import', path, '--confirm');
  expect(code).toBe(2);
  for (const told of [
    /第 2 行 {2}层级（level） {2}应为下列之一：province（省级）、city（设区的市级）、district（县（区）级）；收到的是文字「村级」/,
    /第 3 行 {2}公开招标数额标准（open） {2}不是可识别的金额.*面议/,
    /第 4 行 {2}公开招标数额标准（openFen）/,
    /第 5 行 {2}行的种类（table）/,
    /only works|16号令/,
  ]) {
    expect(stderr).toMatch(told);
  }
  expect((await stored()).codes).toHaveLength(2);
  const json = file('faults.json', '{"entries":[{"regime":"government"}],"others":[]}');
  expect(await run('catalogue', 'import', json)).toMatchObject({ code: 2 });
  expect(await run('catalogue', 'import', join(folder, 'nowhere.json'))).toMatchObject({ code: 2 });
});
