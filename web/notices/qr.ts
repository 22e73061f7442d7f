import { encode } from 'uqr';

/** The dark squares of a QR code, quiet zone included, as runs along its rows. */
export interface QrCode {
  readonly size: number;
  readonly runs: readonly { readonly x: number; readonly y: number; readonly width: number }[];
}

/** The smallest quiet zone that the standard allows (ISO/IEC 18004). */
const QUIET_ZONE = 4;

export function qrOf(text: string): QrCode {
  const { size, data } = encode(text, { ecc: 'M', border: QUIET_ZONE });
  const runs = data.flatMap((row, y) => {
    const found: { x: number; y: number; width: number }[] = [];
    row.forEach((dark, x) => {
      const last = found.at(-1);
      if (!dark) return;
      if (last && last.x + last.width === x) last.width += 1;
      else found.push({ x, y, width: 1 });
    });
    return found;
  });
  return { size, runs };
}
