import type { Child } from '#jsx';

export type FactRow = readonly [label: string, value: Child];

/** Labels with their values. */
export const Facts = ({ rows }: { readonly rows: readonly FactRow[] }) => (
  <dl class="facts">
    {rows.map(([label, value]) => (
      <>
        <dt>{label}</dt>
        <dd>{value}</dd>
      </>
    ))}
  </dl>
);
