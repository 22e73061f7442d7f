import * as z from 'zod';
import type { CustodianKey } from '../../db/custodians.ts';
import { CUSTODIANS, SEAL_FORMAT, SEAL_SUITES } from '../../domain/bids/sealing.ts';
import type { Acknowledgement } from '../../domain/custodians/acknowledgements.ts';
import { isRecipient } from '../../sealing/recipient.ts';
import { at, atOrNull, id, instantOut } from '../http/schemas.ts';

export const custodian = z.enum(CUSTODIANS).meta({
  description: '保管人：交易中心、招标人（采购人）、行政监督部门 / The centre, the purchaser, the supervisor',
});
export const recipient = z
  .string()
  .max(100)
  .refine(isRecipient, {
    params: {
      rule: 'age-recipient',
      messageZh: '不是 age 公钥（age1 开头，62 个字符）',
      messageEn: 'Not an age recipient (age1…, 62 characters)',
    },
  })
  .meta({
    description: 'age 公钥 / An age recipient',
    pattern: '^age1[02-9ac-hj-np-z]{58}$',
    example: 'age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p',
  });

export const keySchema = z
  .object({ id, custodian, recipient: z.string(), registeredAt: instantOut, retiredAt: instantOut.nullable() })
  .meta({ id: 'CustodianKey', description: '保管人公钥' });

export const keyView = (key: CustodianKey): z.infer<typeof keySchema> => ({
  id: key.id,
  custodian: key.custodian,
  recipient: key.recipient,
  registeredAt: at(key.registeredAt),
  retiredAt: atOrNull(key.retiredAt),
});

export const termsSchema = z
  .object({
    format: z.literal(SEAL_FORMAT),
    suite: z.enum(SEAL_SUITES),
    custodians: z.array(z.object({ custodian, recipient: z.string() })),
    bidderWindowMinutes: z.int().nullable().meta({
      description: '双锁：投标人须在开标后多少分钟内交出自己的份额；null 为无 / The bidder keeps a share too',
    }),
  })
  .meta({ id: 'SealingTerms', description: '密封投标文件所需，docs/sealing.md / What bids are sealed with' });

export const acknowledgementSchema = z.object({
  custodian,
  state: z.enum(['waiting', 'acknowledged', 'refused']),
  reason: z.string().nullable(),
  at: instantOut.nullable(),
});

export const acknowledgementView = (each: Acknowledgement): z.infer<typeof acknowledgementSchema> => ({
  ...each,
  at: atOrNull(each.at),
});

export const answersSchema = z
  .object({ procurementId: id, title: z.string(), acknowledgements: z.array(acknowledgementSchema) })
  .meta({
    id: 'CustodianAnswers',
    description: '保管人对一个项目现行投标截止时间的答复 / What the custodians answered to the deadline of a tender',
  });
