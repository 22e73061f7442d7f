import { useView } from './view.ts';

/** Pages that belong together. @param tabs of the Chinese site */
export function Tabs({
  label,
  tabs,
}: {
  readonly label: string;
  readonly tabs: readonly (readonly [path: string, text: string])[];
}) {
  const { path, href } = useView();
  const [own] = path.split('?');
  return (
    <nav class="tabs" aria-label={label}>
      <ul>
        {tabs.map(([to, text]) => (
          <li>
            <a href={href(to)} aria-current={own === to.split('?')[0] ? 'page' : undefined}>
              {text}
            </a>
          </li>
        ))}
      </ul>
    </nav>
  );
}
