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

/** Maximum of stored bytes, those of replaced and of unfinished bids included. */
export interface BidQuotas {
  /** Per supplier and procurement. */
  readonly supplierBytes: number;
  /** Per procurement. */
  readonly procurementBytes: number;
  /** Unfinished uploads per supplier and procurement. */
  readonly openUploads: number;
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

/** @throws DomainError `quota-exceeded` */
export function assertUploadsWithin(quotas: BidQuotas, open: number): void {
  if (open < quotas.openUploads) return;
  throw new DomainError('quota-exceeded', {
    messageZh: `本单位在该项目未完成的上传已达上限 ${quotas.openUploads} 个，请先完成或放弃其中之一`,
    messageEn: `Your organisation has ${quotas.openUploads} unfinished uploads in this procurement, the most there may be: finish or abandon one`,
    details: { limit: 'openUploads', maximum: quotas.openUploads },
  });
}
