import { useView } from '../../parts/view.ts';
import type { DeskPlace } from './desk-parts.tsx';
import { DESK } from './messages.ts';
import type { Sheet } from './sheets.ts';

export interface BidFile {
  readonly no: number;
  readonly path: string;
  readonly mediaType: string;
  readonly size: number;
}

/** Media types that a browser shows without running anything of theirs. */
const SHOWN = ['application/pdf', 'image/png', 'image/jpeg', 'text/plain'];

export const isShownInPlace = (mediaType: string): boolean => SHOWN.includes(mediaType);

/** The files of a bid, and the chosen one: each time that one is read is on record, so that none is before it is chosen. */
export function Reading({
  place,
  sheet,
  files,
  chosen,
}: {
  readonly place: DeskPlace;
  readonly sheet: Sheet;
  readonly files: readonly BidFile[];
  /** Its number, as the query has it. */
  readonly chosen: string;
}) {
  const { t: say, href } = useView();
  const t = say(DESK);
  const shown = files.find(({ no, mediaType }) => String(no) === chosen && isShownInPlace(mediaType));
  const address = (no: number): string => `${href(place.page)}/files/${sheet.id}/${no}`;
  return (
    <div class="reading">
      <h2>{t.documents}</h2>
      <p class="soft small">{t.documentsHint}</p>
      {files.length === 0 ? <p class="soft">{t.noDocuments}</p> : null}
      <ul class="plain">
        {files.map(({ no, path, mediaType }) => (
          <li>
            {isShownInPlace(mediaType) ? (
              <a
                href={`${href(place.page)}?part=${sheet.part}&bid=${sheet.id}&file=${no}#desk`}
                aria-current={shown?.no === no ? 'true' : undefined}
              >
                {path}
              </a>
            ) : (
              path
            )}{' '}
            <a class="small" href={`${address(no)}?save=1`}>
              {t.download}
              <span class="visually-hidden"> {path}</span>
            </a>
          </li>
        ))}
      </ul>
      {shown ? (
        <iframe class="paper" src={address(shown.no)} title={shown.path} />
      ) : files.length > 0 ? (
        <p class="paper empty soft">{t.choose}</p>
      ) : null}
    </div>
  );
}
