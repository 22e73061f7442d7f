import type { Child } from '#jsx';
import { useView } from '../parts/view.ts';
import { MENU } from './menu.ts';

const MESSAGES = { zh: { menu: '办事菜单', where: '位置' }, en: { menu: 'Console', where: 'Where you are' } };

/** A page of the console: the menu of the role beside its content. @param crumbs the pages above it, of the Chinese site */
export function ConsoleFrame({
  crumbs = [],
  children,
}: {
  readonly crumbs?: readonly (readonly [path: string, text: string])[];
  readonly children?: Child;
}) {
  const { acting, path, href, lang, t: say } = useView();
  const t = say(MESSAGES);
  const [own] = path.split('?');
  const places = MENU.filter(({ roles }) => acting !== null && roles.includes(acting.role));
  return (
    <div class="with-menu">
      <nav class="menu" aria-label={t.menu}>
        <ul>
          {places.map((place) => (
            <li>
              <a href={href(place.path)} aria-current={own === place.path ? 'page' : undefined}>
                {place[lang]}
              </a>
            </li>
          ))}
        </ul>
      </nav>
      <div>
        {crumbs.length > 0 ? (
          <nav class="crumbs" aria-label={t.where}>
            <ol>
              {crumbs.map(([to, text]) => (
                <li>
                  <a href={href(to)}>{text}</a>
                </li>
              ))}
            </ol>
          </nav>
        ) : null}
        {children}
      </div>
    </div>
  );
}
