import { DomainError } from '../../domain/errors.ts';
import { page, type PageContext } from '../http/page.ts';
import { LiveHub, MOST_STREAMS } from './hub.ts';

const hubs = new WeakMap<object, LiveHub>();

/** One for a database. */
function hubOf({ db }: PageContext): LiveHub {
  const found = hubs.get(db) ?? new LiveHub(db);
  hubs.set(db, found);
  return found;
}

/** The address of the stream that says when something has changed. @param procurementId null: of any procurement */
export const liveHref = (procurementId: string | null): string =>
  procurementId === null ? '/console/live' : `/console/live?of=${procurementId}`;

export const livePages = [
  page({
    path: '/console/live',
    for: 'person',
    handle: async (context) => {
      const of = context.query('of');
      // Who may not read it learns nothing of it here.
      if (of !== '') {
        const { problem } = await context.ask({ method: 'get', path: `/procurements/${encodeURIComponent(of)}` });
        if (problem) return { redirect: '/console' };
      }
      const hub = hubOf(context);
      if (hub.size >= MOST_STREAMS) {
        throw new DomainError('database-busy', {
          messageZh: '打开的页面过多，请稍后再试',
          messageEn: 'Too many pages are open: try again later',
        });
      }
      hub.listen(context.response, of === '' ? null : of, () => performance.now());
      return 'sent';
    },
  }),
];
