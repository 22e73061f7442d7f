import type { FieldName } from './field-name.ts';

/** Of draws and deposits as the centre lists them over all tenders. */
export const CENTRE_FIELDS: Readonly<Record<string, FieldName>> = {
  unsettled: ['是否只看进行中的', 'whether only those under way are listed'],
  committed: ['已提交承诺的各方', 'parties that have committed themselves'],
  revealed: ['已交出随机数的各方', 'parties that have handed their part in'],
  'ListedDraw/seats': ['席位数', 'seats'],
  'ListedDraw/confirmed': ['已确认的席位数', 'seats that are confirmed'],
  turn: ['本方现在应办的', 'what your party gives now'],
  'turn.act': ['应办事项', 'act'],
  'turn.until': ['应办事项的截止时间', 'last instant of it'],
  'deposits/q': ['检索内容', 'what is searched for'],
};
