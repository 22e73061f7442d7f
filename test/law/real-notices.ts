import type { ProcurementFacts } from '../../domain/law/facts.ts';
import { parseInstantOrDate as at } from '../../domain/civil-time.ts';

/**
 * Facts of published notices (2024–2026), as printed in them: dates without a clock stand as dates. `reading` is a
 * lawyerly reading of each notice, made apart from this engine: the start day does not count; a publicity that only
 * reaches its length when the first day is counted is borderline.
 */
export interface RealNotice {
  readonly id: string;
  readonly title: string;
  readonly reading: 'lawful' | 'borderline' | 'unlawful';
  readonly facts: ProcurementFacts;
}

type Given = readonly [notice: string, from: string, until: string | null, deadline: string];

function tender(
  id: string,
  title: string,
  regime: 'tendering' | 'government',
  kind: ProcurementFacts['kind'],
  [notice, from, until, deadline]: Given,
  reading: RealNotice['reading'] = 'lawful',
): RealNotice {
  return {
    id,
    title,
    reading,
    facts: {
      regime,
      procedure: 'open-tender',
      kind,
      noticeAt: at(notice),
      documentsFrom: at(from),
      ...(until === null ? {} : { documentsUntil: at(until) }),
      bidDeadline: at(deadline),
    },
  };
}

export const TENDERS: readonly RealNotice[] = [
  tender('A003', '石城县教育智慧终端设备', 'government', 'goods', [
    '2026-03-17',
    '2026-03-18',
    '2026-03-24T23:30:00+08:00',
    '2026-04-08T09:30:00+08:00',
  ]),
  tender('A007', '山东省马拉松联赛运营服务', 'government', 'services', [
    '2026-03-16T19:22:00+08:00',
    '2026-03-17T08:30:00+08:00',
    '2026-03-23T17:00:00+08:00',
    '2026-04-07T09:00:00+08:00',
  ]),
  tender('A011', '兰考县支持学前教育发展采购', 'government', 'goods', [
    '2026-03-16T17:25:00+08:00',
    '2026-03-17',
    '2026-04-07',
    '2026-04-08T09:30:00+08:00',
  ]),
  tender('A015', '昆明市巫家坝体育公园', 'tendering', 'works', [
    '2026-03-16T17:00:00+08:00',
    '2026-03-16T17:00:00+08:00',
    '2026-03-23T23:59:00+08:00',
    '2026-04-08T09:00:00+08:00',
  ]),
  tender('A016', '山东省体育总会赛事活动', 'government', 'services', [
    '2026-03-16T16:59:00+08:00',
    '2026-03-17T08:00:00+08:00',
    '2026-03-23T17:00:00+08:00',
    '2026-04-08T09:00:00+08:00',
  ]),
  tender('A030', '敖汉旗新惠中学体育馆监理', 'tendering', 'services', [
    '2026-03-16T09:34:00+08:00',
    '2026-03-16T12:00:00+08:00',
    '2026-03-22T23:59:00+08:00',
    '2026-04-07T09:00:00+08:00',
  ]),
  tender('B001', '彭泽县文物保护利用', 'tendering', 'works', ['2026-03-27', '2026-03-27', null, '2026-04-17']),
  tender('B002', '安福县保障性租赁住房装修', 'tendering', 'works', ['2026-03-27', '2026-03-30', null, '2026-04-21']),
  tender('B003', '永修县供热管道改造', 'tendering', 'works', ['2026-03-27', '2026-03-27', null, '2026-04-21']),
  tender('B004', '吉安市球墨铸铁管', 'tendering', 'goods', [
    '2026-03-27',
    '2026-03-27',
    '2026-04-17',
    '2026-04-17T10:00:00+08:00',
  ]),
  tender('B005', '万安县尾水处理厂管网', 'tendering', 'works', ['2026-03-27', '2026-03-30', null, '2026-04-20']),
  tender('B006', '上高县老旧小区改造', 'tendering', 'works', ['2026-03-27', '2026-03-27', null, '2026-04-21']),
  tender(
    'B008',
    '吉安市球墨铸铁井盖',
    'tendering',
    'goods',
    ['2026-03-27', '2026-03-27', '2025-04-29T10:05:00+08:00', '2026-04-20T10:05:00+08:00'],
    'unlawful',
  ),
  // The three rounds of D001: the first crosses Spring Festival 2024, the second ends on a worked Sunday.
  tender('D001/1', '手术室行为管理系统', 'government', 'goods', [
    '2024-02-08T17:58:00+08:00',
    '2024-02-08T17:58:00+08:00',
    null,
    '2024-03-01T09:00:00+08:00',
  ]),
  tender('D001/2', '手术室行为管理系统（二次）', 'government', 'goods', [
    '2024-03-15T17:50:00+08:00',
    '2024-03-15T17:50:00+08:00',
    null,
    '2024-04-07T09:00:00+08:00',
  ]),
  tender('D001/3', '手术室行为管理系统（三次）', 'government', 'goods', [
    '2024-04-09T17:24:00+08:00',
    '2024-04-09T17:24:00+08:00',
    null,
    '2024-04-30T09:00:00+08:00',
  ]),
  tender('D002/1', '智能更衣柜系统', 'government', 'goods', [
    '2024-08-02T17:00:00+08:00',
    '2024-08-02T17:00:00+08:00',
    null,
    '2024-08-28T09:00:00+08:00',
  ]),
  tender('D002/2', '智能更衣柜系统（二次）', 'government', 'goods', [
    '2024-08-29T10:42:00+08:00',
    '2024-08-29T10:42:00+08:00',
    null,
    '2024-10-10T09:00:00+08:00',
  ]),
  tender('D002/3', '智能更衣柜系统（三次）', 'government', 'goods', [
    '2024-10-12T09:24:00+08:00',
    '2024-10-12T09:24:00+08:00',
    null,
    '2024-11-13T09:00:00+08:00',
  ]),
];

/** Publicity of candidates (中标候选人公示), first and last day or instant as printed. */
export const PUBLICITIES: readonly {
  readonly id: string;
  readonly from: string;
  readonly to: string;
  readonly reading: RealNotice['reading'];
}[] = [
  ...['P001', 'P002', 'P003', 'P004', 'P005', 'P006'].map((id) => ({
    id,
    from: '2026-03-26',
    to: '2026-03-30',
    reading: 'lawful' as const,
  })),
  { id: 'G001', from: '2026-03-16T18:00:00+08:00', to: '2026-03-19T18:00:00+08:00', reading: 'lawful' },
  { id: 'G002', from: '2026-03-16', to: '2026-03-18', reading: 'borderline' },
  { id: 'G003', from: '2026-03-16', to: '2026-03-18', reading: 'borderline' },
  { id: 'G004', from: '2026-03-12', to: '2026-03-14', reading: 'borderline' },
];

/** Corrections that affect the bids: when notified, and the deadline before and after. */
export const AMENDMENTS: readonly {
  readonly id: string;
  readonly amendedAt: string;
  readonly oldDeadline: string;
  readonly newDeadline: string;
}[] = [
  {
    id: 'E024',
    amendedAt: '2026-09-28',
    oldDeadline: '2026-10-08T08:35:00+08:00',
    newDeadline: '2026-10-14T08:35:00+08:00',
  },
  {
    id: 'D001',
    amendedAt: '2024-02-23T12:07:00+08:00',
    oldDeadline: '2024-03-01T09:00:00+08:00',
    newDeadline: '2024-03-11T09:00:00+08:00',
  },
];
