import type { Child } from '#jsx';
import { Empty } from './empty.tsx';

export interface Column<Row> {
  readonly head: string;
  readonly cell: (row: Row) => Child;
  /** Figures stand to the right. */
  readonly number?: boolean;
}

/** Rows with a head; what to do next where there is none. */
export function Table<Row>({
  caption,
  columns,
  rows,
  empty,
}: {
  readonly caption?: string;
  readonly columns: readonly Column<Row>[];
  readonly rows: readonly Row[];
  readonly empty: Child;
}) {
  if (rows.length === 0) return <Empty>{empty}</Empty>;
  return (
    <div
      class="table-box"
      tabindex="0"
      role="region"
      aria-label={caption ?? columns.map(({ head }) => head).join(', ')}
    >
      <table>
        {caption === undefined ? null : <caption>{caption}</caption>}
        <thead>
          <tr>
            {columns.map(({ head, number }) => (
              <th scope="col" class={number ? 'number' : undefined}>
                {head}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr>
              {columns.map(({ cell, number }) => (
                <td class={number ? 'number' : undefined}>{cell(row)}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** A link to the next page of a list. */
export function NextPage({ href, text }: { readonly href: string | null; readonly text: string }) {
  return href === null ? null : (
    <p class="pages">
      <a href={href} rel="next">
        {text}
      </a>
    </p>
  );
}
