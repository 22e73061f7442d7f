import { DomainError } from '../errors.ts';

/** `taken`: it has become a bid. */
export type UploadState = 'open' | 'taken' | 'refused' | 'withdrawn';

const ENDED: Readonly<Record<UploadState, { zh: string; en: string } | null>> = {
  open: null,
  taken: null,
  refused: { zh: '已被拒收', en: 'was refused' },
  withdrawn: { zh: '已撤回', en: 'was withdrawn' },
};

export function uploadUnknown(id: string, state?: UploadState): DomainError {
  const ended = state === undefined ? null : ENDED[state];
  return new DomainError('upload-unknown', {
    messageZh: ended ? `该上传${ended.zh}，请重新上传：${id}` : `没有该上传：${id}`,
    messageEn: ended ? `This upload ${ended.en}; begin a new one: ${id}` : `No such upload: ${id}`,
    details: { uploadId: id, ...(state === undefined ? {} : { state }) },
  });
}

export interface BidQuotas {
  /** Per supplier and procurement, those of replaced and of unfinished bids included. */
  readonly supplierBytes: number;
  /** Per procurement: bids, those of replaced ones included. What is only announced keeps nobody out. */
  readonly procurementBytes: number;
  /** Unfinished uploads per supplier and procurement. */
  readonly openUploads: number;
  /** Bytes of a supplier's unfinished uploads, over all procurements. */
  readonly announcedBytes: number;
}

/** A file of this size or less may use half of what larger ones leave free. */
export const SMALL_FILE_BYTES = 10 * 1024 ** 2;

/**
 * What a file leaves free on the disk, and the room that it needs before its first byte. Both are those of its class,
 * not of its size: with different sizes a caller could find out how much others upload.
 * @param length null where it is not declared
 */
export function roomFor(
  { diskReserveBytes, maxFileBytes }: { readonly diskReserveBytes: number; readonly maxFileBytes: number },
  length: number | null,
): { readonly leaves: number; readonly needs: number } {
  const small = length !== null && length <= SMALL_FILE_BYTES;
  const leaves = small ? Math.floor(diskReserveBytes / 2) : diskReserveBytes;
  return { leaves, needs: leaves + (small ? Math.min(SMALL_FILE_BYTES, maxFileBytes) : maxFileBytes) };
}

export function diskFull(): DomainError {
  return new DomainError('database-full', {
    messageZh: '存储空间不足，未收下任何内容，请即与交易中心联系',
    messageEn: 'The disk is too full; nothing was stored: notify the trading centre at once',
  });
}

/**
 * Checks what a supplier may still upload. The limit of the procurement counts only the bytes of others, not the
 * requested size: otherwise a supplier could find out by trying how much others have uploaded.
 * @throws DomainError `quota-exceeded`
 */
export function assertBytesWithin(
  quotas: BidQuotas,
  { own, others }: { readonly own: number; readonly others: number },
  length: number,
): void {
  if (own + length > quotas.supplierBytes) {
    throw new DomainError('quota-exceeded', {
      messageZh: `本单位在该项目的投标文件（含已替换、已撤回、未完成的）合计不得超过 ${quotas.supplierBytes} 字节，已有 ${own} 字节`,
      messageEn: `The bids of your organisation in this procurement (including replaced, withdrawn and unfinished ones) may have ${quotas.supplierBytes} bytes in total; they have ${own}`,
      details: { limit: 'supplierBytes', maximum: quotas.supplierBytes, held: own },
    });
  }
  if (others >= quotas.procurementBytes) {
    throw new DomainError('quota-exceeded', {
      messageZh: `该项目可存放的投标文件已达上限 ${quotas.procurementBytes} 字节，请即与交易中心联系`,
      messageEn: `The bids of this procurement have reached its limit in bytes (${quotas.procurementBytes}): notify the trading centre at once`,
      details: { limit: 'procurementBytes', maximum: quotas.procurementBytes },
    });
  }
}

/**
 * Checks whether a supplier may begin one more upload.
 * @param open how many there are in the procurement
 * @param announced bytes, over all procurements
 * @throws DomainError `quota-exceeded`
 */
export function assertUploadsWithin(
  quotas: BidQuotas,
  { open, announced }: { readonly open: number; readonly announced: number },
  length: number,
): void {
  if (announced + length > quotas.announcedBytes) {
    throw new DomainError('quota-exceeded', {
      messageZh: `本单位在所有项目未完成的上传合计不得超过 ${quotas.announcedBytes} 字节，已有 ${announced} 字节，请先完成或放弃其中之一`,
      messageEn: `The unfinished uploads of your organisation in all procurements may have ${quotas.announcedBytes} bytes in total; they have ${announced}: finish or abandon one`,
      details: { limit: 'announcedBytes', maximum: quotas.announcedBytes, held: announced },
    });
  }
  if (open < quotas.openUploads) return;
  throw new DomainError('quota-exceeded', {
    messageZh: `本单位在该项目未完成的上传已达上限 ${quotas.openUploads} 个，请先完成或放弃其中之一`,
    messageEn: `Your organisation has ${quotas.openUploads} unfinished uploads in this procurement, the most there may be: finish or abandon one`,
    details: { limit: 'openUploads', maximum: quotas.openUploads },
  });
}
