import { RULEBOOK_VERSION } from '../../domain/law/rulebook.ts';
import { v7 as newId } from 'uuid';
import { lots, notices, organisations, procurements } from '../../db/schema/sqlite.ts';
import { PROCUREMENT_STAGES } from '../../domain/stages.ts';
import { at } from '../../test/setup/tenders/tender.ts';
import type { Bare, Row } from './driver.ts';

export const ANNOUNCED = PROCUREMENT_STAGES.filter((stage) => stage !== 'draft');

// Parts of titles; some are in every second title and some in one of thousands.

const PLACES = '城关镇 河东新区 高新区 临江街道 南湖片区 北站片区 柳溪乡 石门县 云岭村 开发区'.split(' ');
const THINGS =
  '学校 教学楼 实验小学 道路 人民路 污水管网 医院门诊楼 供水管道 公园绿化 农田水利 路灯 河堤 桥梁 信息系统 办公设备 消防车'.split(
    ' ',
  );
const WORKS = '改造工程 新建工程 维修工程 扩建工程 采购项目 监理服务'.split(' ');
const RARE = ['古籍修复', '天文圆顶'];
/** In as many titles however many there are: a page of them costs what finding them costs. */
export const FORTY = '钟楼';
const FORTY_TITLES = 40;
const NOTICES = ['招标公告', '中标候选人公示', '中标结果公告'];
export const WORDS = {
  frequent: ['工程', '改造工程', '年第'],
  rare: ['古籍', '天文圆顶', '籍修复'],
  'one character': ['路', '桥', '籍'],
  'no hit': ['潜水艇', '程学', '路古籍'],
};
const FIRST_AT = at('2020-01-01');
const DAY_MS = 86_400_000;

export interface Known {
  readonly ids: readonly string[];
  readonly noticeIds: readonly string[];
  readonly deep: {
    readonly procurement: string;
    readonly notice: { readonly publishedAt: number; readonly id: string };
  };
}

/** The same for the same `n`: nothing is random. */
export async function fill(bare: Bare, n: number): Promise<Known> {
  const ids: string[] = [];
  const noticeIds: string[] = [];
  let deep: Known['deep'] | undefined;
  const organisationId = newId();
  await bare.insert(organisations, [
    { id: organisationId, name: '某局', folded: '某局', creditCode: '91360000000000001P', createdAt: 0 },
  ]);
  const some = <T>(list: readonly T[], by: number): T => list[by % list.length] as T;
  for (let from = 0; from < n; from += 1_000) {
    const rows = { procurements: [] as Row[], lots: [] as Row[], notices: [] as Row[] };
    for (let index = from; index < Math.min(n, from + 1_000); index += 1) {
      const createdAt = FIRST_AT + index * 600_000;
      const id = newId({ msecs: createdAt });
      const spread = Math.imul(index + 1, 0x9e3779b1) >>> 8;
      const thing = index % 500 === 7 ? some(RARE, Math.floor(index / 500)) : some(THINGS, (spread % 7) * (spread % 5));
      const what = index % Math.max(1, Math.floor(n / FORTY_TITLES)) === 11 ? FORTY : thing;
      const title = `${some(PLACES, spread)}${what}${some(WORKS, (spread % 3) * (spread % 4))}（${2020 + (index % 7)}年第${(index % 997) + 1}号）`;
      const goods = title.includes('采购');
      rows.procurements.push({
        ...{
          id,
          title,
          createdAt,
          version: 3,
          rulebookVersion: RULEBOOK_VERSION,
          contentZh: `${title}，详见招标文件。`.repeat(6),
        },
        ...{ regime: goods ? 'government' : 'tendering', procedure: 'open-tender', kind: goods ? 'goods' : 'works' },
        ...{ mandatory: true, purchaserId: organisationId, agencyId: null, budgetFen: 100_000 * (index + 1) },
        ...{
          stage: index % 20 === 3 ? 'draft' : some(ANNOUNCED, spread),
          intentionAt: null,
          noticeAt: createdAt + DAY_MS,
        },
        ...{
          documentsFrom: createdAt + DAY_MS,
          documentsUntil: createdAt + 6 * DAY_MS,
          bidDeadline: createdAt + 21 * DAY_MS,
        },
        ...{
          bidValidityDays: 90,
          launchedAt: createdAt,
          openedAt: null,
          endedAt: null,
          retenderOf: null,
          retenderLot: null,
        },
      });
      for (const no of index % 3 ? [1] : [1, 2]) {
        rows.lots.push({
          ...{ procurementId: id, no, title: `第${no}标段`, budgetFen: 50_000 * (index + 1), bidBondFen: null },
          ...{ stage: 'pending', failure: null, winnerBidId: null, awardedAt: null, deemed: false },
        });
      }
      for (const [step, name] of NOTICES.entries()) {
        const publishedAt = createdAt + (1 + 25 * step) * DAY_MS;
        const notice = {
          ...{ id: newId({ msecs: publishedAt }), procurementId: id, lotNo: step && 1, version: 1, corrects: null },
          ...{
            kind: ['tender', 'candidates', 'award'][step],
            titleZh: `${title}${name}`,
            legalAt: publishedAt,
            publishedAt,
          },
          content: {
            ...{
              regime: 'tendering',
              textZh: `${title}，具体内容见附件。`.repeat(4),
              budgetFen: 100_000 * (index + 1),
            },
            lots: [{ no: 1, title: '第1标段', candidates: ['甲公司', '乙公司', '丙公司'] }],
          },
          hash: 'c0ffee'.padEnd(64, '0'),
        };
        rows.notices.push(notice);
        if (index % 100 === 0) noticeIds.push(notice.id);
        if (index === n >> 1) deep = { procurement: id, notice: { publishedAt, id: notice.id } };
      }
      if (index % 100 === 0) ids.push(id);
    }
    await bare.insert(procurements, rows.procurements);
    await bare.insert(lots, rows.lots);
    await bare.insert(notices, rows.notices);
  }
  if (!deep) throw new Error('unreachable');
  return { ids, noticeIds, deep };
}
