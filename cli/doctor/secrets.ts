import { existsSync, statSync } from 'node:fs';
import type { TemporalConfig } from '../../temporal.config.ts';
import { LEAST_BANK_SECRET } from '../settings/deposits.ts';
import { guessable } from '../settings/secrets.ts';
import { fail, ok, warn, type Verdict } from './findings.ts';

/** Files that hold secrets, and whether others on this machine may read them. */
export function checkSecrets(files: readonly string[]): Verdict {
  if (process.platform === 'win32')
    return ok('此系统上不检查文件权限', 'file permissions are not checked on this system');
  const open = files.filter((file) => existsSync(file) && (statSync(file).mode & 0o077) !== 0);
  if (open.length === 0) return ok('密钥文件仅本用户可读', 'files with secrets are for this user only');
  const list = open.join(' ');
  return warn(
    `其他用户可读：${list}`,
    `others can read: ${list}`,
    `chmod -R go-rwx ${list}`,
    `chmod -R go-rwx ${list}`,
  );
}

/** Keys and passwords that are printed in examples, or that an attacker would try first. */
export function checkKeys(env: NodeJS.ProcessEnv): Verdict {
  const found = guessable(env);
  if (found.length === 0)
    return ok('密钥与口令不是示例或易猜的值', 'no key or password is an example or easily guessed');
  const list = found.join(' ');
  return (env.NODE_ENV === 'production' ? fail : warn)(
    `密钥或口令是示例值或易猜：${list}`,
    `a key or password that is an example or easily guessed: ${list}`,
    '改为随机值：openssl rand -base64 32（数据库口令须先在数据库中修改）',
    'make it a random one: openssl rand -base64 32 (a password of the database is changed there first)',
  );
}

/** The bank signs deposit messages with it; the API rejects a short one too. */
export function checkBankSecret(env: NodeJS.ProcessEnv): Verdict {
  const { KAIBIAO_BANK_SECRET: secret, KAIBIAO_DEPOSIT_ACCOUNT: account } = env;
  const mend = [
    '以 openssl rand -base64 32 生成，另行交给银行，设为 KAIBIAO_BANK_SECRET（或 KAIBIAO_BANK_SECRET_FILE）',
    'make one (openssl rand -base64 32), give it to the bank, set KAIBIAO_BANK_SECRET (or KAIBIAO_BANK_SECRET_FILE)',
  ] as const;
  if (secret && secret.length < LEAST_BANK_SECRET) {
    return fail(
      `银行通知的密钥不足 ${LEAST_BANK_SECRET} 个字符`,
      `the bank's secret has fewer than ${LEAST_BANK_SECRET} characters`,
      ...mend,
    );
  }
  if (secret) return ok('银行到账通知须有签名', 'bank notifications of deposits must be signed');
  if (!account) return ok('未设收款账户，不收银行通知', 'no account to pay to, and nothing is taken from a bank');
  return warn(
    '已设收款账户而未设银行通知密钥：到账只能由经办人导入对账单，经办人因此知道谁已汇款',
    'a payment account is set without the secret of its bank: payments can only be imported from a file, whose reader learns who has paid',
    ...mend,
  );
}

export function checkPayloadKey(config: TemporalConfig): Verdict {
  const [current] = config.payloadKeys;
  if (current !== undefined) {
    return ok(`流程数据以密钥 ${current.id} 加密`, `what workflows carry is encrypted with key ${current.id}`);
  }
  if (config.address === undefined) {
    return ok(
      '未加密流程数据（内嵌服务器，数据不出本机）',
      'not encrypted: the embedded server keeps it on this machine',
    );
  }
  return warn(
    '流程数据未加密，Temporal 的管理者可见编号与时间',
    "not encrypted: Temporal's administrators can read ids and instants",
    '设置 KAIBIAO_PAYLOAD_KEYS（写法见 .env.example）',
    'set KAIBIAO_PAYLOAD_KEYS (.env.example shows how)',
  );
}
