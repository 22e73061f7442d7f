import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';

import { FILE_EXCHANGE, readExperts } from '../../imports/experts/file.ts';
import { workbook } from '../setup/tenders/workbook.ts';

const folder = mkdtempSync(join(tmpdir(), 'kaibiao-experts-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const csv = (...rows: string[]): string => {
  const file = join(folder, 'experts.csv');
  writeFileSync(
    file,
    [
      '评标专家名单',
      '编号,姓名,专业,地区,工作单位,单位代码,职称,有效期至,利害关系,暂停自,暂停至,暂停原因',
      ...rows,
    ].join('\n'),
  );
  return file;
};

describe('a pool as its keeper sends it', () => {
  it('is read under its own headings, below a title', async () => {
    const read = await readExperts(
      csv(
        'E1,王某,A08、B01,420100,某设计院,91110000ma01abcd2q,高级工程师,2027/1/31,劳动关系|91110000MA01ABCD2Q|某公司|2025-06-30；亲属|91360000000008888H|另一公司,,,',
      ),
    );
    expect(read.faults).toEqual([]);
    expect(read.experts).toEqual([
      {
        ...{ number: 'E1', name: '王某', fields: ['A08', 'B01'], region: '420100', telephone: null, suspension: null },
        employer: { name: '某设计院', creditCode: '91110000MA01ABCD2Q' },
        credentials: [{ title: '高级工程师', number: null, validUntil: '2027-01-31' }],
        ties: [
          { kind: 'employment', creditCode: '91110000MA01ABCD2Q', name: '某公司', until: '2025-06-30' },
          { kind: 'kin', creditCode: '91360000000008888H', name: '另一公司', until: null },
        ],
      },
    ]);
  });

  it('the same from a workbook (XLSX): dates that are numbers there, codes as text, and cells that are empty', async () => {
    const file = join(folder, 'experts.xlsx');
    writeFileSync(
      file,
      workbook(
        [
          ['评标专家名单'],
          ['编号', '姓名', '专业', '地区', '工作单位', '单位代码', '职称', '有效期至', '利害关系'],
          // 46418 is 31 January 2027, counted from 1900.
          ['E1', '王某', 'A08、B01', 420100, '某设计院', '91110000MA01ABCD2Q', '高级工程师', 46418, null],
          ['E2', '李某', 'A08', null, '某院', null, '工程师', null, '亲属|91360000000008888H|另一公司'],
          ['E3', null, 'A08', null, '某院', null, '工程师', null, null],
        ],
        { deflated: true },
      ),
    );
    const { experts, faults } = await readExperts(file);
    expect(experts).toMatchObject([
      { number: 'E1', fields: ['A08', 'B01'], region: '420100', credentials: [{ validUntil: '2027-01-31' }], ties: [] },
      { number: 'E2', region: null, ties: [{ kind: 'kin', creditCode: '91360000000008888H', name: '另一公司' }] },
    ]);
    expect(faults.map(({ line, field }) => `${line} ${field}`)).toEqual(['5 name']);
  });

  it('a suspension has its days and its reason', async () => {
    const { experts } = await readExperts(csv('E1,王某,A08,,某院,,工程师,长期,,2026-01-01,2026-06-30,无故缺席'));
    expect(experts[0]).toMatchObject({
      suspension: { from: '2026-01-01', until: '2026-06-30', reasonZh: '无故缺席' },
      credentials: [{ validUntil: null }],
    });
  });

  it('what cannot be read is named by its line and column, and the rest is read', async () => {
    const { experts, faults } = await readExperts(
      csv('E1,,A08,,某院,,工程师,明年,,,,', 'E2,李某,A08,,某院,,工程师,,同学|X,,,', 'E3,赵某,A08,,某院,,工程师,,,,,'),
    );
    expect(experts.map(({ number }) => number)).toEqual(['E3']);
    expect(faults.map(({ line, field }) => `${line} ${field}`)).toEqual(['3 name', '3 validUntil', '4 ties']);
  });
});

it('the request for a pool elsewhere says what is needed, and names no tender', () => {
  const { name, content } = FILE_EXCHANGE.ask({
    ...{ pool: '省库', fields: [{ field: 'A08', seats: 4 }], regions: null, on: '2026-12-24' },
    excludedEmployers: ['91110000MA01ABCD2Q'],
  });
  expect(name).toBe('pool-request-2026-12-24.json');
  expect(JSON.parse(content)).toMatchObject({ format: 'KB-POOL-REQUEST-1', excludedEmployers: ['91110000MA01ABCD2Q'] });
});
