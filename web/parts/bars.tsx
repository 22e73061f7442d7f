import { scaleLinear } from 'd3-scale';
import { Table } from './table.tsx';
import { useView } from './view.ts';

export interface Bar {
  readonly label: string;
  readonly value: number;
  readonly text: string;
}

const WIDTH = 640;
const ROW = 30;
const LEFT = 190;
const RIGHT = 150;

/** Amounts beside one another, drawn on the server, with their table behind them. */
export function Bars({
  caption,
  head,
  bars,
  empty,
}: {
  readonly caption: string;
  readonly head: readonly [label: string, value: string];
  readonly bars: readonly Bar[];
  readonly empty: string;
}) {
  const { lang } = useView();
  const x = scaleLinear()
    .domain([0, Math.max(1, ...bars.map(({ value }) => value))])
    .range([0, WIDTH - LEFT - RIGHT]);
  const height = bars.length * ROW + 8;
  return (
    <section>
      <h2>{caption}</h2>
      {bars.length === 0 ? null : (
        <div class="chart-box" tabindex="0" role="group" aria-label={caption}>
          <svg class="chart" viewBox={`0 0 ${WIDTH} ${height}`} role="img" aria-label={caption}>
            {bars.map(({ label, value, text }, index) => (
              <g>
                <text x={LEFT - 8} y={index * ROW + 22} text-anchor="end">
                  {label}
                </text>
                <rect x={LEFT} y={index * ROW + 8} width={Math.max(1, x(value))} height={ROW - 12} />
                <text x={LEFT + x(value) + 6} y={index * ROW + 22}>
                  {text}
                </text>
              </g>
            ))}
            <line class="axis" x1={LEFT} x2={LEFT} y1="4" y2={height} />
          </svg>
        </div>
      )}
      <details open={bars.length === 0}>
        <summary>{lang === 'zh' ? '数据表' : 'Table'}</summary>
        <Table
          caption={caption}
          rows={bars}
          empty={empty}
          columns={[
            { head: head[0], cell: ({ label }) => label },
            { head: head[1], number: true, cell: ({ text }) => text },
          ]}
        />
      </details>
    </section>
  );
}
