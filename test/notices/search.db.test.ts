import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { makeBackup, restoreBackup } from '../../db/copies/backup.ts';
import { copyInstallation } from '../../db/copies/copy.ts';
import type { Database } from '../../db/access/database.ts';
import { migrationsOf } from '../../db/access/migrations.ts';
import { migrateAsOwner, openDatabase } from '../../db/access/open.ts';
import { listNotices } from '../../db/notices.ts';
import { listProcurements, type Draft } from '../../db/procurements.ts';
import { publishAsMade, type NewNotice } from '../../services/notices/publish.ts';
import { createDraft, updateDraft } from '../../services/procurements/draft.ts';
import { dialect, rawDatabase, temporaryDatabase, temporaryStorage, type Storage } from '../setup/database.ts';
import { PARTICULARS_TOLD } from '../setup/tenders/particulars.ts';
import { draftOf, onCase, people, type People } from '../setup/tenders/tender.ts';

// The last version has brought the search.
vi.mock(import('../../db/access/migrations.ts'), async (load) =>
  (await import('../setup/servers/earlier-version.ts')).lastMigrationIs(load, ['_titles', '_search']),
);

let db: Database;
let who: People;
beforeEach(async () => {
  db = await temporaryDatabase();
  who = await people(db);
});
afterEach(() => db.close());

const drafted = (...titles: readonly (string | Partial<Draft>)[]): Promise<string[]> =>
  db.transaction(async (tx) => {
    const ids: string[] = [];
    for (const given of titles) {
      const change = typeof given === 'string' ? { title: given } : given;
      const numberless = { particulars: null, ...change };
      ids.push((await createDraft(tx, who.asPurchaser, draftOf('tendering', who.purchaser.id, numberless))).id);
    }
    return ids;
  });

/** Of a tender of their own, which is returned. */
const published = async (titles: readonly string[], change: Partial<NewNotice> = {}): Promise<string> => {
  const [id] = (await drafted('某项目')) as [string];
  await onCase(db, id, (c) => {
    const notice = { lotNo: 0, kind: 'clarification' as const, content: {}, legalAt: c.tx.now };
    for (const titleZh of titles) publishAsMade(c, who.asPurchaser, { ...notice, ...change, titleZh });
  });
  return id;
};

const titlesWith = async (text: string): Promise<string[]> =>
  (await listProcurements(db.read, { text, limit: 100 })).map(({ title }) => title);

/** All pages, one after the other. */
async function noticesWith(
  text: string,
  limit: number,
  filter: { kind?: 'clarification' | 'contract'; procurementId?: string } = {},
) {
  const found: string[] = [];
  let before: { publishedAt: number; id: string } | undefined;
  for (;;) {
    const page = await listNotices(db.read, { ...filter, text, limit, ...(before ? { before } : {}) });
    found.push(...page.map(({ titleZh }) => titleZh));
    const last = page.at(-1);
    if (page.length < limit || !last) return found;
    before = { publishedAt: last.publishedAt, id: last.id };
  }
}

describe('who searches by part of a title', () => {
  it('finds it by one character, two or many, wherever they stand, newest first', async () => {
    await drafted('人民路小学道路改造工程', '路灯采购', '学校食堂设备', '断头路');
    expect(await titlesWith('路')).toEqual(['断头路', '路灯采购', '人民路小学道路改造工程']);
    expect(await titlesWith('小学')).toEqual(['人民路小学道路改造工程']);
    expect(await titlesWith('道路改造工程')).toEqual(['人民路小学道路改造工程']);
    expect(await titlesWith('学校食堂设备')).toEqual(['学校食堂设备']);
    // Each two of its characters are in the title, but not in a row.
    expect(await titlesWith('路小学道路灯')).toEqual([]);
    expect(await titlesWith('路改造路')).toEqual([]);
    expect(await titlesWith('备学')).toEqual([]);
  });

  it('does so in either width and either case', async () => {
    await drafted('ＡＢ座２号楼 LED 照明', 'ab座电梯', '㎡ 级改造', '𠮷野路');
    expect(await titlesWith('ab座')).toEqual(['ab座电梯', 'ＡＢ座２号楼 LED 照明']);
    expect(await titlesWith('2号楼　led')).toEqual(['ＡＢ座２号楼 LED 照明']);
    expect(await titlesWith('m2')).toEqual(['㎡ 级改造']);
    expect(await titlesWith('𠮷')).toEqual(['𠮷野路']);
    expect(await titlesWith('𠮷野')).toEqual(['𠮷野路']);
  });

  it('has every mark taken as it is typed', async () => {
    const marks = [
      '"',
      "'",
      '*',
      '%',
      '_',
      ':',
      '&',
      '|',
      '!',
      '(',
      ')',
      '<2>',
      '\\',
      '^',
      '-',
      '?',
      '$1',
      ';',
      ',',
      '.',
      '/',
      '~',
    ];
    await drafted(...marks.map((mark) => `甲${mark}乙`), '甲乙');
    for (const mark of marks) {
      expect(await titlesWith(mark), mark).toEqual([`甲${mark}乙`]);
      expect(await titlesWith(`甲${mark}乙`), mark).toEqual([`甲${mark}乙`]);
      expect(await titlesWith(`${mark}乙`), mark).toEqual([`甲${mark}乙`]);
    }
    expect(await titlesWith('甲 OR 乙')).toEqual([]);
    expect(await titlesWith('NOT 丙')).toEqual([]);
  });

  it('finds a procurement by part of its number, or of the code of its project', async () => {
    await drafted({ title: '道路', particulars: { ...PARTICULARS_TOLD, projectNumber: 'KB-2026-117' } }, '学校', {
      ...{ title: '桥梁', projectCode: '2603-420113-04-01-123456' },
    });
    expect(await titlesWith('kb-2026-117')).toEqual(['道路']);
    expect(await titlesWith('2026-11')).toEqual(['道路']);
    expect(await titlesWith('420113-04')).toEqual(['桥梁']);
    // Neither runs into what stands beside it.
    expect(await titlesWith('道路KB')).toEqual([]);
  });

  it('sees everything by a text of spaces alone, as by none', async () => {
    await drafted('一', '二');
    expect(await titlesWith(' 　')).toEqual(['二', '一']);
    expect(await titlesWith('')).toEqual(['二', '一']);
    expect(await titlesWith(' 一 ')).toEqual(['一']);
  });

  it('finds a draft by the title that it has now', async () => {
    const draft = draftOf('tendering', who.purchaser.id, { title: '旧名称' });
    await db.transaction(async (tx) => {
      const { id, version } = await createDraft(tx, who.asPurchaser, draft);
      await updateDraft(tx, who.asPurchaser, id, version, { ...draft, title: '新名称' });
    });
    expect(await titlesWith('旧名')).toEqual([]);
    expect(await titlesWith('新名')).toEqual(['新名称']);
    expect(await titlesWith('名称')).toEqual(['新名称']);
  });

  it('finds what was not kept nowhere', async () => {
    const failing = db.transaction(async (tx) => {
      await createDraft(tx, who.asPurchaser, draftOf('tendering', who.purchaser.id, { title: '未保存' }));
      throw new Error('changed my mind');
    });
    await expect(failing).rejects.toThrow('changed my mind');
    expect(await titlesWith('未保存')).toEqual([]);
  });

  it('has it together with the other filters', async () => {
    const other = who.suppliers[0];
    const [works] = await drafted(
      { title: '学校工程', kind: 'works' },
      { title: '学校设备', kind: 'goods' },
      { title: '医院设备', kind: 'goods' },
    );
    const asked = async (filter: Omit<Parameters<typeof listProcurements>[1], 'limit'>) =>
      (await listProcurements(db.read, { ...filter, limit: 10 })).map(({ title }) => title);
    expect(await asked({ text: '学校', kind: 'goods' })).toEqual(['学校设备']);
    expect(await asked({ text: '设备', regime: 'tendering', stages: ['draft'] })).toEqual(['医院设备', '学校设备']);
    expect(await asked({ text: '设备', stages: ['bidding'] })).toEqual([]);
    expect(await asked({ text: '设备', stages: ['draft', 'bidding'] })).toEqual(['医院设备', '学校设备']);
    expect(await asked({ text: '设备', stages: [] })).toEqual([]);
    expect(await asked({ text: '学校', runBy: who.purchaser.id })).toEqual(['学校设备', '学校工程']);
    expect(await asked({ text: '学校', runBy: other?.id ?? '' })).toEqual([]);
    expect(await asked({ text: '学校', ...(works ? { after: works } : {}) })).toEqual([]);
  });
});

it('finds on the notice board whatever is frequent or rare, page by page, filtered or not', async () => {
  // More than are looked at before the index is asked.
  const titles = Array.from(
    { length: 260 },
    (_, n) => `第${n}号${n % 2 ? '道路' : '学校'}${n % 50 ? '' : '拆除'}工程公告`,
  );
  await published(titles.slice(0, 130), { kind: 'contract' });
  const second = await published(titles.slice(130));
  const expected = (text: string, from = 0, to = 260) =>
    titles
      .slice(from, to)
      .filter((each) => each.includes(text))
      .reverse();
  for (const text of ['工程', '道路', '拆除', '第2', '9号道', '程公告', '造']) {
    for (const limit of [3, 100]) {
      const asked = `${text}, ${limit}`;
      expect(await noticesWith(text, limit), asked).toEqual(expected(text));
      expect(await noticesWith(text, limit, { kind: 'contract' }), asked).toEqual(expected(text, 0, 130));
      expect(await noticesWith(text, limit, { kind: 'clarification', procurementId: second }), asked).toEqual(
        expected(text, 130),
      );
      expect(await noticesWith(text, limit, { kind: 'contract', procurementId: second }), asked).toEqual([]);
    }
  }
});

it('finds what a reader of every title would find', async () => {
  const letters = fc.constantFrom('路', '学', '校', 'a', 'A', 'Ａ', '1', '１', ' ', '%', '"', '，', 'é', '𠮷');
  const word = (most: number) => fc.string({ unit: letters, minLength: 1, maxLength: most });
  const fold = (given: string) => given.normalize('NFKC').toLowerCase();
  const titles: string[] = [];
  await fc.assert(
    fc.asyncProperty(fc.array(word(8), { maxLength: 5 }), word(3), async (more, text) => {
      await drafted(...more);
      titles.unshift(...more.reverse());
      const wanted = fold(text).trim();
      expect(await titlesWith(text)).toEqual(titles.filter((title) => fold(title).includes(wanted)).slice(0, 100));
    }),
    { numRuns: 60 },
  );
});

describe('an installation', () => {
  const places: (() => Promise<void> | void)[] = [];
  afterEach(async () => {
    for (const remove of places.splice(0)) await remove();
  });
  const place = async (): Promise<Storage> => {
    const { storage, remove } = await temporaryStorage();
    places.push(remove);
    return storage;
  };
  const sqlitePlace = (): Storage => {
    const dataDir = mkdtempSync(join(tmpdir(), 'kaibiao-search-'));
    places.push(() => rmSync(dataDir, { recursive: true, force: true }));
    return { dataDir };
  };
  const livedIn = async (where: Storage): Promise<void> => {
    await db.close();
    db = await openDatabase(where);
    who = await people(db);
    await drafted('道路改道', '道路改造', '学校');
    await published(['第一号公告', '第二号公告', '第二次公告']);
    await db.close();
  };
  const foundIn = async (where: Storage) => {
    const opened = await openDatabase(where);
    const found = {
      procurements: (await listProcurements(opened.read, { text: '路改', limit: 10 })).map(({ title }) => title),
      notices: (await listNotices(opened.read, { text: '第二', limit: 10 })).map(({ titleZh }) => titleZh),
    };
    await opened.close();
    return found;
  };
  const expected = { procurements: ['道路改造', '道路改道'], notices: ['第二次公告', '第二号公告'] };

  it('that is moved to the other database and back is searched as before', async () => {
    const [home, there, back] = [sqlitePlace(), await place(), sqlitePlace()];
    await livedIn(home);
    await copyInstallation(home, there);
    expect(await foundIn(there)).toEqual(expected);
    await copyInstallation(there, back);
    expect(await foundIn(back)).toEqual(expected);
  });

  it('that was backed up and restored is searched as before', async () => {
    const [home, to] = [await place(), await place()];
    await livedIn(home);
    const { dataDir: backup } = sqlitePlace();
    const about = { product: '0', temporalAddress: null, payloadKeyIds: [], realNowMs: 0 };
    await makeBackup(home, backup, about);
    await restoreBackup(backup, to);
    expect(await foundIn(to)).toEqual(expected);
  });

  it('of before there was a search has what it had found too', async () => {
    const where = await place();
    const raw = await rawDatabase(where);
    const noted = dialect === 'sqlite' ? '__drizzle_migrations' : 'kaibiao_migrations';
    if (dialect === 'postgres') {
      await raw.run(
        'DROP SCHEMA kaibiao CASCADE; SET ROLE kaibiao_owner; CREATE SCHEMA kaibiao; CREATE TABLE kaibiao_locks ()',
      );
    }
    const columns =
      dialect === 'sqlite'
        ? 'id SERIAL PRIMARY KEY, hash text NOT NULL, created_at numeric'
        : 'hash text NOT NULL, created_at bigint PRIMARY KEY';
    await raw.run(`CREATE TABLE ${noted} (${columns})`);
    for (const { sql, hash, folderMillis } of migrationsOf(dialect)) {
      if (sql.some((statement) => statement.includes('notice_titles'))) break;
      for (const statement of sql) await raw.run(statement.replaceAll('"public".', ''));
      await raw.run(`INSERT INTO ${noted} (hash, created_at) VALUES ('${hash}', ${folderMillis})`);
    }
    await raw.run("INSERT INTO organisations (id, name, credit_code, created_at) VALUES ('o', '某局', 'c', 0)");
    // The board's order is that of the instants, and of the ids where these are the same.
    for (const [id, title, at] of [
      ['3', '道路改道', 1],
      ['1', '学校道路', 2],
      ['4', '道路改造', 3],
    ] as const) {
      await raw.run(
        `INSERT INTO procurements (id, title, regime, procedure, kind, mandatory, purchaser_id, budget_fen, content_zh, stage,
          version, rulebook_version, notice_at, created_at)
         VALUES ('${id}', '${title}', 'tendering', 'open-tender', 'works', ${dialect === 'sqlite' ? 1 : true}, 'o', 1, '无', 'draft', 1, '1', 0, 0)`,
      );
      await raw.run(
        `INSERT INTO notices (id, procurement_id, lot_no, kind, version, title_zh, content, legal_at, published_at, hash)
         VALUES ('${id}', '${id}', 0, 'tender', 1, '${{ 1: '第一号公告', 3: '第二次公告', 4: '第二号公告' }[id]}', '{}', 0, ${10 - at}, '')`,
      );
    }
    await raw.close();
    await migrateAsOwner(where);
    expect(await foundIn(where)).toEqual(expected);
  });
});
