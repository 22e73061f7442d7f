import type { CalendarTable } from './calendar-table.ts';

/**
 * The State Council's holiday arrangements. Each year is one notice (国务院办公厅关于某年部分节假日安排的通知, rulebook rows cal-2024,
 * cal-2025, cal-2026); nothing is added to it. `statutory` are the holidays of 全国年节及纪念日放假办法 art. 2, known before any
 * notice: for a year without a notice nothing else is known.
 *
 * Sources, official copies: gov.cn content_6911528 (2024), content_6986383 (2025), content_7047091 (2026).
 */
export const CHINA_CALENDAR_TABLE = {
  years: [
    {
      year: 2024,
      rule: 'cal-2024',
      sourceZh: '国务院办公厅关于2024年部分节假日安排的通知（2023-10-25）',
      off: [
        { nameZh: '元旦', from: '2024-01-01', to: '2024-01-01' },
        { nameZh: '春节', from: '2024-02-10', to: '2024-02-17' },
        { nameZh: '清明节', from: '2024-04-04', to: '2024-04-06' },
        { nameZh: '劳动节', from: '2024-05-01', to: '2024-05-05' },
        { nameZh: '端午节', from: '2024-06-10', to: '2024-06-10' },
        { nameZh: '中秋节', from: '2024-09-15', to: '2024-09-17' },
        { nameZh: '国庆节', from: '2024-10-01', to: '2024-10-07' },
      ],
      makeup: [
        '2024-02-04',
        '2024-02-18',
        '2024-04-07',
        '2024-04-28',
        '2024-05-11',
        '2024-09-14',
        '2024-09-29',
        '2024-10-12',
      ],
    },
    {
      year: 2025,
      rule: 'cal-2025',
      sourceZh: '国务院办公厅关于2025年部分节假日安排的通知（国办发明电〔2024〕12号）',
      off: [
        { nameZh: '元旦', from: '2025-01-01', to: '2025-01-01' },
        { nameZh: '春节', from: '2025-01-28', to: '2025-02-04' },
        { nameZh: '清明节', from: '2025-04-04', to: '2025-04-06' },
        { nameZh: '劳动节', from: '2025-05-01', to: '2025-05-05' },
        { nameZh: '端午节', from: '2025-05-31', to: '2025-06-02' },
        { nameZh: '国庆节、中秋节', from: '2025-10-01', to: '2025-10-08' },
      ],
      makeup: ['2025-01-26', '2025-02-08', '2025-04-27', '2025-09-28', '2025-10-11'],
    },
    {
      year: 2026,
      rule: 'cal-2026',
      sourceZh: '国务院办公厅关于2026年部分节假日安排的通知（国办发明电〔2025〕7号）',
      off: [
        { nameZh: '元旦', from: '2026-01-01', to: '2026-01-03' },
        { nameZh: '春节', from: '2026-02-15', to: '2026-02-23' },
        { nameZh: '清明节', from: '2026-04-04', to: '2026-04-06' },
        { nameZh: '劳动节', from: '2026-05-01', to: '2026-05-05' },
        { nameZh: '端午节', from: '2026-06-19', to: '2026-06-21' },
        { nameZh: '中秋节', from: '2026-09-25', to: '2026-09-27' },
        { nameZh: '国庆节', from: '2026-10-01', to: '2026-10-07' },
      ],
      makeup: ['2026-01-04', '2026-02-14', '2026-02-28', '2026-05-09', '2026-09-20', '2026-10-10'],
    },
  ],
  statutory: [
    {
      // Until 2024 the measures gave Spring Festival three days and Labour Day one (amended 2024-11-10).
      year: 2024,
      status: 'VERIFIED',
      festivals: [
        { key: 'new-year', nameZh: '元旦', anchor: '2024-01-01', days: ['2024-01-01'] },
        { key: 'spring', nameZh: '春节', anchor: '2024-02-09', days: ['2024-02-10', '2024-02-11', '2024-02-12'] },
        { key: 'qingming', nameZh: '清明节', anchor: '2024-04-04', days: ['2024-04-04'] },
        { key: 'labour', nameZh: '劳动节', anchor: '2024-05-01', days: ['2024-05-01'] },
        { key: 'dragon-boat', nameZh: '端午节', anchor: '2024-06-10', days: ['2024-06-10'] },
        { key: 'mid-autumn', nameZh: '中秋节', anchor: '2024-09-17', days: ['2024-09-17'] },
        { key: 'national', nameZh: '国庆节', anchor: '2024-10-01', days: ['2024-10-01', '2024-10-02', '2024-10-03'] },
      ],
    },
    {
      year: 2025,
      status: 'VERIFIED',
      festivals: [
        { key: 'new-year', nameZh: '元旦', anchor: '2025-01-01', days: ['2025-01-01'] },
        {
          key: 'spring',
          nameZh: '春节',
          anchor: '2025-01-28',
          days: ['2025-01-28', '2025-01-29', '2025-01-30', '2025-01-31'],
        },
        { key: 'qingming', nameZh: '清明节', anchor: '2025-04-04', days: ['2025-04-04'] },
        { key: 'labour', nameZh: '劳动节', anchor: '2025-05-01', days: ['2025-05-01', '2025-05-02'] },
        { key: 'dragon-boat', nameZh: '端午节', anchor: '2025-05-31', days: ['2025-05-31'] },
        { key: 'mid-autumn', nameZh: '中秋节', anchor: '2025-10-06', days: ['2025-10-06'] },
        { key: 'national', nameZh: '国庆节', anchor: '2025-10-01', days: ['2025-10-01', '2025-10-02', '2025-10-03'] },
      ],
    },
    {
      year: 2026,
      status: 'VERIFIED',
      festivals: [
        { key: 'new-year', nameZh: '元旦', anchor: '2026-01-01', days: ['2026-01-01'] },
        {
          key: 'spring',
          nameZh: '春节',
          anchor: '2026-02-16',
          days: ['2026-02-16', '2026-02-17', '2026-02-18', '2026-02-19'],
        },
        { key: 'qingming', nameZh: '清明节', anchor: '2026-04-05', days: ['2026-04-05'] },
        { key: 'labour', nameZh: '劳动节', anchor: '2026-05-01', days: ['2026-05-01', '2026-05-02'] },
        { key: 'dragon-boat', nameZh: '端午节', anchor: '2026-06-19', days: ['2026-06-19'] },
        { key: 'mid-autumn', nameZh: '中秋节', anchor: '2026-09-25', days: ['2026-09-25'] },
        { key: 'national', nameZh: '国庆节', anchor: '2026-10-01', days: ['2026-10-01', '2026-10-02', '2026-10-03'] },
      ],
    },
    {
      // The notice for 2027 is not out (rulebook row cal-2027): statutory days only, by the lunar calendar.
      year: 2027,
      status: 'RECALLED',
      festivals: [
        { key: 'new-year', nameZh: '元旦', anchor: '2027-01-01', days: ['2027-01-01'] },
        {
          key: 'spring',
          nameZh: '春节',
          anchor: '2027-02-05',
          days: ['2027-02-05', '2027-02-06', '2027-02-07', '2027-02-08'],
        },
        { key: 'qingming', nameZh: '清明节', anchor: '2027-04-05', days: ['2027-04-05'] },
        { key: 'labour', nameZh: '劳动节', anchor: '2027-05-01', days: ['2027-05-01', '2027-05-02'] },
        { key: 'dragon-boat', nameZh: '端午节', anchor: '2027-06-09', days: ['2027-06-09'] },
        { key: 'mid-autumn', nameZh: '中秋节', anchor: '2027-09-15', days: ['2027-09-15'] },
        { key: 'national', nameZh: '国庆节', anchor: '2027-10-01', days: ['2027-10-01', '2027-10-02', '2027-10-03'] },
      ],
    },
  ],
} as const satisfies CalendarTable;
