import type { DrawState } from '../../domain/committees/state.ts';
import type { DrawParty } from '../../domain/draws/terms.ts';
import type { Lang } from '../http/language.ts';

const STATES: Readonly<Record<Lang, Readonly<Record<DrawState, string>>>> = {
  zh: {
    committing: '提交承诺',
    revealing: '交出随机数',
    calling: '邀请专家',
    formed: '已组成',
    ended: '已结束',
    void: '无效',
  },
  en: {
    committing: 'commitments',
    revealing: 'parts of the seed',
    calling: 'calling experts',
    formed: 'formed',
    ended: 'ended',
    void: 'void',
  },
};

const PARTIES: Readonly<Record<Lang, Readonly<Record<DrawParty, string>>>> = {
  zh: { purchaser: '招标人（采购人）', centre: '交易中心', supervisor: '行政监督部门' },
  en: { purchaser: 'purchaser', centre: 'trading centre', supervisor: 'supervisor' },
};

/** What the state of a draw is called. */
export const drawStateText = (state: DrawState, lang: Lang): string => STATES[lang][state];
export const drawPartyText = (party: DrawParty, lang: Lang): string => PARTIES[lang][party];

/** How a state looks as a tag. */
export const drawTag = (state: DrawState): string =>
  ({ committing: 'warn', revealing: 'warn', calling: 'warn', formed: 'good', ended: '', void: 'fault' })[state];
