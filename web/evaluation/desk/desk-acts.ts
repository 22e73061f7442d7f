import type { Asked } from '../../../api/visit.ts';
import type { Typed } from '../../acts/form-values.ts';
import { entriesIn, type Sheet } from './sheets.ts';

const one = (typed: Typed, name: string): string => typed.get(name)?.at(-1) ?? '';
const text = (typed: Typed, name: string): string | null => {
  const given = one(typed, name).trim();
  return given === '' ? null : given;
};

/**
 * What a form of the desk asks of the API; null: it names nothing that is done here.
 * @param lotPath under /api
 * @param sheets those of the member
 */
export function askedBy(typed: Typed, lotPath: string, sheets: readonly Sheet[]): Asked | null {
  const at = `${lotPath}/evaluation`;
  const post = (path: string, json: object): Asked => ({ method: 'post', path: `${at}${path}`, json });
  switch (one(typed, '_do')) {
    case 'conflicts':
      return post('/conflicts', {
        bidIds: (typed.get('bidIds') ?? []).filter((id) => id !== ''),
        reasonZh: text(typed, 'reasonZh'),
      });
    case 'sheet': {
      const sheet = sheets.find(({ id, part }) => id === one(typed, 'bid') && part === one(typed, 'part'));
      if (!sheet) return null;
      return {
        method: 'put',
        path: `${lotPath}/sheets/${sheet.id}`,
        json: { entries: entriesIn(typed, sheet.items) },
      };
    }
    case 'sign-part': {
      const part = sheets.find((sheet) => sheet.part === one(typed, 'part'))?.part;
      return part ? post(`/parts/${part}/signature`, { password: one(typed, 'partPassword') }) : null;
    }
    case 'answer':
      return post('/answers', { key: one(typed, 'key'), reasonZh: one(typed, one(typed, 'field')) });
    case 'leader':
      return post('/leader', { memberId: one(typed, 'memberId') });
    case 'vote':
      return /^[0-9a-f-]{36}$/.test(one(typed, 'motionId'))
        ? post(`/motions/${one(typed, 'motionId')}/vote`, { yes: one(typed, one(typed, 'field')) === 'true' })
        : null;
    case 'sign-report': {
      const [as, password] = [one(typed, 'as'), one(typed, 'password')];
      const reasonsZh = text(typed, 'reasonsZh');
      return post('/signature', as === 'signed' ? { as, password } : { as, reasonsZh, password });
    }
    case 'close':
      return { method: 'post', path: `${at}/closing` };
    default:
      return null;
  }
}

/** Its field in the form, of a field that the API names: `entries[0].points` is the mark of the first item that was sent. */
export function fieldOfForm(field: string, typed: Typed, sheets: readonly Sheet[]): string {
  if (field === 'password' && one(typed, '_do') === 'sign-part') return 'partPassword';
  if (field === 'reasonZh' && one(typed, '_do') === 'answer') return one(typed, 'field');
  const [, index, of] = /^entries\[(\d+)\](?:\.(\w+))?$/.exec(field) ?? [];
  if (index === undefined) return field;
  const sheet = sheets.find(({ id, part }) => id === one(typed, 'bid') && part === one(typed, 'part'));
  const entry = sheet && entriesIn(typed, sheet.items)[Number(index)];
  if (!entry) return field;
  return `${of === 'reasonZh' ? 'reason' : 'mark'}:${entry.item}`;
}
