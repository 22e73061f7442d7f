import type { Child } from '#jsx';
import { placesOf } from '../../domain/fields/field.ts';
import type { PageContext } from '../http/page.ts';
import { AnswerView } from './answer.tsx';
import { routeAt } from './find-route.ts';
import { namesIn } from './options.ts';

const MESSAGES = { zh: { record: '所依据的记录' }, en: { record: 'The record it is about' } };

const LOT = String.raw`^(/procurements/[^/]+)/lots/(\d+)`;

/** What an act is about: the read that is shown beside its form. */
const BESIDE: readonly (readonly [act: RegExp, read: string])[] = [
  [new RegExp(`${LOT}/(?:award|award/replacement|rechecks|contract)$`), '$1/lots/$2/report'],
  [new RegExp(`${LOT}/contract/.+$`), '$1/lots/$2/contract'],
  [new RegExp(`${LOT}/report$`), '$1/opening'],
  [new RegExp(`${LOT}/opening/objections/.+$`), '$1/opening'],
  [/^(\/notices\/[^/]+)\/corrections$/, '$1'],
  [/^(\/grievances\/[^/]+)\/(?:reply|completion)$/, '$1'],
  [/^(\/procurements\/[^/]+)\/questions\/[^/]+\/answer$/, '$1/questions'],
];

/** The record that an act is about, as far as the visitor may read it; null: it has none. */
export async function recordBeside(context: PageContext, path: string): Promise<Child> {
  const found = BESIDE.find(([act]) => act.test(path));
  if (!found) return null;
  const read = path.replace(found[0], found[1]);
  const told = await context.ask({ method: 'get', path: read });
  if (told.problem) return null;
  const [, question] = /\/questions\/([^/]+)\/answer$/.exec(path) ?? [];
  const { items } = told.body as { items?: { id: string }[] };
  const value = question === undefined ? told.body : items?.find(({ id }) => id === question);
  return (
    <details class="card beside" open>
      <summary>{MESSAGES[context.lang].record}</summary>
      <AnswerView
        value={value}
        places={placesOf(routeAt('get', read)?.spec.path ?? read)}
        names={await namesIn(context, read, value)}
      />
    </details>
  );
}
