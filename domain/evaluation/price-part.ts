/** 报价部分: the folders of a bid whose files hold its price. */
const PRICE_FOLDERS: readonly string[] = ['price', '报价', '价格'];

/** Whether a file of a bid is in the part that holds its price. */
export const isPricePart = (path: string): boolean =>
  PRICE_FOLDERS.some((folder) => path.normalize('NFKC').toLowerCase().startsWith(`${folder}/`));
