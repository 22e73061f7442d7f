import { readFileSync } from 'node:fs';
import * as z from 'zod';
import type { ApiSettings } from '../../api/http/app.ts';
import { issuesOf, SAYS_WHAT_CAME } from '../../api/http/fields/issues.ts';
import { civilDate } from '../../api/http/schemas.ts';
import type { BankAccount } from '../../domain/deposits/terms.ts';
import { placesOf } from '../../domain/fields/field.ts';
import { wordsOfIssues } from '../../domain/fields/named.ts';
import { badSetting } from './failure.ts';

/** A shorter key could be found by trying. */
export const LEAST_BANK_SECRET = 32;

const rate = z.strictObject({
  from: civilDate,
  until: civilDate.nullable(),
  ratePpm: z.int().min(0).max(1_000_000),
  source: z.string().trim().min(1),
});
const ratesSchema = z.strictObject({
  dayCount: z.union([z.literal(360), z.literal(365)]),
  deposit: z.array(rate).default([]),
  loan: z.array(rate).default([]),
});

/** All settings of bid bonds. */
export function depositSettings(
  env: NodeJS.ProcessEnv,
): Pick<ApiSettings, 'bankSecret' | 'depositAccount' | 'depositRates'> {
  const { KAIBIAO_BANK_SECRET: secret, KAIBIAO_DEPOSIT_RATES: rates } = env;
  if (secret && secret.length < LEAST_BANK_SECRET) {
    throw badSetting(
      `KAIBIAO_BANK_SECRET 至少 ${LEAST_BANK_SECRET} 个字符`,
      `KAIBIAO_BANK_SECRET needs at least ${LEAST_BANK_SECRET} characters`,
    );
  }
  return {
    bankSecret: secret || null,
    depositAccount: depositAccount(env),
    depositRates: rates ? ratesOf(rates) : null,
  };
}

/** The account for bidders' deposits: returned by the API, and printed in the notice that a worker publishes. */
export function depositAccount({ KAIBIAO_DEPOSIT_ACCOUNT: text }: NodeJS.ProcessEnv): BankAccount | null {
  if (!text) return null;
  const [holder, bank, number, more] = text.split('|').map((part) => part.trim());
  if (holder && bank && number && more === undefined) return { holder, bank, number };
  throw badSetting(
    'KAIBIAO_DEPOSIT_ACCOUNT 应为「户名|开户行|账号」',
    'KAIBIAO_DEPOSIT_ACCOUNT is written holder|bank|number',
  );
}

function ratesOf(file: string): ApiSettings['depositRates'] {
  let found: unknown;
  try {
    found = JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    throw badSetting(
      `KAIBIAO_DEPOSIT_RATES 所指文件 ${file} 无法读取，或者不是 JSON`,
      `the file ${file} named by KAIBIAO_DEPOSIT_RATES cannot be read, or is no JSON`,
    );
  }
  const rates = ratesSchema.safeParse(found, SAYS_WHAT_CAME);
  if (rates.success) return rates.data;
  const places = placesOf('/deposits/rates');
  const { messageZh, messageEn } = wordsOfIssues(issuesOf(rates.error, { schema: ratesSchema, places }), places);
  throw badSetting(
    `KAIBIAO_DEPOSIT_RATES 所指文件 ${file} 有误：${messageZh}`,
    `the file ${file} named by KAIBIAO_DEPOSIT_RATES is wrong: ${messageEn}`,
  );
}
