import 'zod-openapi';
import * as z from 'zod';
import { DomainError } from '../../domain/errors.ts';
import { versionsIn } from '../http/if-match.ts';

export const ifMatch = z.object({
  'If-Match': z.string().meta({
    description: '读取草稿时的 ETag / The ETag the draft was read with',
    example: '"1"',
    pattern: '^"[0-9]{1,15}"$',
  }),
});

/** @throws DomainError `precondition-required`, `malformed-request` */
export function versionsOf(header: string | undefined): number[] | null {
  if (header !== undefined) return versionsIn(header);
  throw new DomainError('precondition-required', {
    messageZh: '修改草稿须带请求头 If-Match（读取时的 ETag），以免覆盖他人的修改',
    messageEn: 'Changing a draft requires If-Match with the ETag it was read with, so that no other change is lost',
    details: { field: 'If-Match' },
  });
}
