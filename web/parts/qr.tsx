import { qrOf } from '../notices/qr.ts';

/** A QR code, drawn by the server: no script and no other site sees what it holds. Dark on light on every screen: a camera reads it. */
export function Qr({ text, label }: { readonly text: string; readonly label: string }) {
  const { size, runs } = qrOf(text);
  const squares = runs.map(({ x, y, width }) => `M${x} ${y}h${width}v1h-${width}z`).join('');
  return (
    <svg class="qr" viewBox={`0 0 ${size} ${size}`} role="img" aria-label={label} shape-rendering="crispEdges">
      <rect class="ground" width={size} height={size} />
      <path class="squares" d={squares} />
    </svg>
  );
}
