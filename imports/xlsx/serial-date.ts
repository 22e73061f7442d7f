const MS_PER_DAY = 86_400_000;

/** A serial date as spreadsheets count: days since 1899-12-30, or since 1904-01-01; to the second, which is all they keep. */
export function dateOfSerial(serial: number, since1904 = false): string {
  const epoch = since1904 ? Date.UTC(1904, 0, 1) : Date.UTC(1899, 11, 30);
  const at = new Date(epoch + Math.round((serial * MS_PER_DAY) / 1000) * 1000).toISOString();
  return Number.isInteger(serial) ? at.slice(0, 10) : at.slice(0, 19);
}
