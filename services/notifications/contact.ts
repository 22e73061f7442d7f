import { createHash, randomInt } from 'node:crypto';
import { v7 as newId } from 'uuid';
import type { Tx } from '../../db/access/database.ts';
import { recordAudit, type Actor } from '../../db/audit.ts';
import {
  codesSince,
  deletePendingAddress,
  noteWrongCode,
  pendingAddress,
  setPendingAddress,
} from '../../db/notifications/codes.ts';
import { contactOfAccount, setContact } from '../../db/notifications/contacts.ts';
import { queueDeliveries } from '../../db/notifications/deliveries.ts';
import { DAY_MS, MINUTE_MS } from '../../domain/civil-time.ts';
import { DomainError } from '../../domain/errors.ts';
import { badInput } from '../../domain/issues.ts';
import {
  ADDRESSED,
  addressIssue,
  type AddressedChannel,
  type Channel,
  type Contact,
} from '../../domain/notifications/channels.ts';

/** For how long a code is valid (real minutes), and after how many wrong ones it is void. */
export const CODE_MINUTES = 30;
const MOST_WRONG = 5;
/** Codes to one person a civil day: nobody floods another's address. */
const MOST_CODES = 5;
const CODE_DIGITS = 6;

const NAMES: Readonly<Record<Channel, { zh: string; en: string }>> = {
  mail: { zh: '邮件', en: 'mail' },
  sms: { zh: '短信', en: 'text messages' },
  webhook: { zh: '网络回调', en: 'the webhook' },
};

function notOffered(channel: Channel, field: string): DomainError {
  return badInput([
    {
      field,
      rule: 'channel-offered',
      messageZh: `本平台未开通${NAMES[channel].zh}`,
      messageEn: `This platform does not offer ${NAMES[channel].en}`,
    },
  ]);
}

/**
 * Sets how a person is reached outside the platform. The inbox on the platform gets everything whatever is chosen.
 * @param offered the channels of this installation
 * @throws DomainError `bad-input` for a channel that is not offered, or whose address is not confirmed
 */
export async function choosePreferences(
  tx: Tx,
  actor: Actor,
  accountId: string,
  chosen: Pick<Contact, 'language' | 'channels'>,
  offered: readonly Channel[],
): Promise<Contact> {
  const before = await contactOfAccount(tx.q, accountId);
  const channels = [...new Set(chosen.channels)];
  for (const channel of channels) {
    if (!offered.includes(channel)) throw notOffered(channel, 'channels');
    if (channel === 'webhook' || before[channel] !== null) continue;
    throw badInput([
      {
        field: 'channels',
        rule: 'address-confirmed',
        messageZh: `先登记并验证${NAMES[channel].zh}地址（POST /api/contact/addresses）`,
        messageEn: `Confirm an address for ${NAMES[channel].en} first (POST /api/contact/addresses)`,
      },
    ]);
  }
  return change(tx, actor, accountId, { ...before, language: chosen.language, channels });
}

/**
 * Sends a code to an address, which is used only once its owner has sent the code back.
 * @throws DomainError `bad-input`, `too-many-requests`
 */
export async function requestAddress(
  tx: Tx,
  actor: Actor,
  accountId: string,
  { channel, address }: { readonly channel: AddressedChannel; readonly address: string },
  offered: readonly Channel[],
): Promise<void> {
  if (!offered.includes(channel)) throw notOffered(channel, 'channel');
  const issue = addressIssue(channel, address);
  if (issue) throw badInput([issue]);
  if ((await codesSince(tx.q, accountId, tx.now - DAY_MS)) >= MOST_CODES) {
    throw new DomainError('too-many-requests', {
      messageZh: `每天至多发送 ${MOST_CODES} 个验证码，请明天再试`,
      messageEn: `At most ${MOST_CODES} codes are sent a day; try again tomorrow`,
      details: { perDay: MOST_CODES },
    });
  }
  const code = String(randomInt(10 ** CODE_DIGITS)).padStart(CODE_DIGITS, '0');
  const validUntil = tx.machineNow + CODE_MINUTES * MINUTE_MS;
  const pending = { address, codeHash: hashOf(accountId, code), wrongCodes: 0 };
  await setPendingAddress(tx, accountId, channel, pending, validUntil);
  await queueDeliveries(tx, [
    {
      ...{ accountId, channel, kind: 'code', source: `code/${newId()}`, procurementId: null, lotNo: 0 },
      detail: { code, address, validUntil },
    },
  ]);
  recordAudit(tx, actor, {
    action: 'contact.request-code',
    procurementId: null,
    subject: `account/${accountId}`,
    detail: { channel },
  });
}

/**
 * Whether the code is the one that was sent: then the address is used, by the channel that it is of. Not thrown, so that
 * a wrong one is counted.
 */
export async function confirmAddress(
  tx: Tx,
  actor: Actor,
  accountId: string,
  { channel, code }: { readonly channel: AddressedChannel; readonly code: string },
): Promise<Contact | null> {
  const pending = await pendingAddress(tx.q, accountId, channel, tx.machineNow);
  if (pending === null || pending.wrongCodes >= MOST_WRONG) return null;
  if (pending.codeHash !== hashOf(accountId, code)) {
    await noteWrongCode(tx, accountId, channel, pending);
    return null;
  }
  await deletePendingAddress(tx, accountId, channel);
  const before = await contactOfAccount(tx.q, accountId);
  const channels = [...new Set([...before.channels, channel])];
  return change(tx, actor, accountId, { ...before, channels, [channel]: pending.address });
}

/** What a code is answered with that is not the one that was sent. */
export const codeRefused = (): DomainError =>
  badInput([
    {
      field: 'code',
      rule: 'code-valid',
      messageZh: `验证码不对、已过期（${CODE_MINUTES} 分钟）或已连续输错 ${MOST_WRONG} 次；可重新发送`,
      messageEn: `The code is wrong, older than ${CODE_MINUTES} minutes, or was wrong ${MOST_WRONG} times; request another`,
    },
  ]);

/** Forgets an address; nothing is sent to it any more. */
export async function removeAddress(
  tx: Tx,
  actor: Actor,
  accountId: string,
  channel: AddressedChannel,
): Promise<Contact> {
  await deletePendingAddress(tx, accountId, channel);
  const before = await contactOfAccount(tx.q, accountId);
  const channels = before.channels.filter((each) => each !== channel);
  return change(tx, actor, accountId, { ...before, channels, [channel]: null });
}

async function change(tx: Tx, actor: Actor, accountId: string, contact: Contact): Promise<Contact> {
  await setContact(tx, accountId, contact);
  recordAudit(tx, actor, {
    action: 'contact.change',
    procurementId: null,
    subject: `account/${accountId}`,
    // The trail is read by others, and exported: addresses are not part of it.
    detail: { channels: contact.channels, addresses: ADDRESSED.filter((channel) => contact[channel] !== null) },
  });
  return contact;
}

const hashOf = (accountId: string, code: string): string =>
  createHash('sha256').update(`${accountId}/${code}`).digest('base64url');
