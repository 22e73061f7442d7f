import type * as z from 'zod';
import type { notificationSchema } from '../../api/notifications/views.ts';
import { messageIn } from '../http/language.ts';
import { Instant } from '../parts/instant.tsx';
import { useView } from '../parts/view.ts';

/** Without the address that a program would ask. */
const forPeople = (text: string): string => text.replaceAll(/\s*[（(](?:GET|POST|PUT) \/api[^）)]*[）)]/g, '');

/** One notification of a person. */
export function NoteLine({ note }: { readonly note: z.infer<typeof notificationSchema> }) {
  const { lang, href } = useView();
  return (
    <li>
      {forPeople(messageIn(lang, note))}
      {note.about ? (
        <>
          {' · '}
          <a href={href(`/console/tenders/${note.about.procurementId}`)}>{note.about.title}</a>
          {note.about.dueAt ? (
            <>
              {' '}
              · <Instant at={note.about.dueAt} countdown />
            </>
          ) : null}
        </>
      ) : null}{' '}
      <span class="soft small">
        <Instant at={note.at} bare />
      </span>
    </li>
  );
}
