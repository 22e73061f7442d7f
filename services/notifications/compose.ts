import type { Queries } from '../../db/access/database.ts';
import { accountById } from '../../db/accounts/accounts.ts';
import { unreadKinds } from '../../db/accounts/notifications.ts';
import { discretionOf } from '../../db/notifications/audience.ts';
import { contactOfAccount } from '../../db/notifications/contacts.ts';
import type { Delivery } from '../../db/notifications/deliveries.ts';
import { latestUnread, type EventDetail } from '../../db/notifications/inbox.ts';
import { unknownToPublic } from '../../db/invitees.ts';
import { procurementRow } from '../../db/procurements.ts';
import { milestoneName } from '../../domain/law/milestones.ts';
import { openChannels, type Channel, type Contact, type Language } from '../../domain/notifications/channels.ts';
import { digestDayAt, digestSource } from '../../domain/notifications/digest.ts';
import { isCounted } from '../../domain/notifications/kinds.ts';
import {
  NOTHING_NAMED,
  writeMessage,
  writeShort,
  type Content,
  type DigestLine,
  type Named,
  type Sender,
} from '../../domain/notifications/outgoing.ts';
import { procedureOf } from '../../domain/procedures/index.ts';
import { CODE_MINUTES } from './contact.ts';

/** A message as a channel takes it. */
export interface ComposedMessage {
  /** Stays the same at each attempt. */
  readonly id: string;
  readonly channel: Channel;
  /** Null where the channel finds the person by the user name. */
  readonly to: string | null;
  readonly username: string;
  readonly language: Language;
  readonly subject: string;
  readonly text: string;
  /** The same as one line. */
  readonly short: string;
}

/** Lines of a digest; the platform has the rest. */
const MOST_LINES = 20;
const MOST_READ = 200;

export interface Composing {
  readonly sender: Sender;
  readonly drill: boolean;
  /** Civil epoch ms. */
  readonly now: number;
  readonly realNowMs: number;
}

/**
 * Writes a message at the moment it is sent, to the address that its receiver has then. Null: it is not to be sent any
 * more, since the person is not reached by that channel or there is nothing to say.
 */
export async function composeDelivery(
  q: Queries,
  delivery: Delivery,
  { sender, drill, now, realNowMs }: Composing,
): Promise<ComposedMessage | null> {
  const { id, accountId, channel } = delivery;
  const account = await accountById(q, accountId);
  if (account.disabledAt !== null) return null;
  const contact = await contactOfAccount(q, accountId);
  const to = addressOf(delivery, contact, realNowMs);
  // One that was held up is not sent beside the next.
  if (delivery.kind === 'digest' && delivery.source !== digestSource(digestDayAt(now))) return null;
  if (to === undefined) return null;
  const content = await contentOf(q, delivery);
  if (content === null) return null;
  const { language } = contact;
  const place = { language, sender, drill };
  return {
    ...{ id, channel, to, username: account.username, language },
    ...writeMessage(content, place),
    short: writeShort(content, place),
  };
}

/** Undefined: it is not to be sent. */
function addressOf(
  { kind, channel, detail }: Delivery,
  contact: Contact,
  realNowMs: number,
): string | null | undefined {
  if (kind === 'code') return realNowMs < (detail.validUntil ?? 0) ? detail.address : undefined;
  if (!openChannels(contact).includes(channel)) return undefined;
  return channel === 'webhook' ? null : contact[channel];
}

async function contentOf(
  q: Queries,
  { accountId, kind, procurementId, lotNo, detail }: Delivery,
): Promise<Content | null> {
  if (kind === 'code') return { of: 'code', code: detail.code ?? '', minutes: CODE_MINUTES };
  if ((await discretionOf(q, [accountId])).has(accountId)) return { of: 'discreet' };
  if (kind !== 'digest') return { of: 'notification', kind, named: await namedBy(q, procurementId, lotNo, detail) };
  const lines = await digestLines(q, accountId);
  return lines.length === 0 ? null : { of: 'digest', lines };
}

/** Unread notifications, those of one kind and place as one line. */
async function digestLines(q: Queries, accountId: string): Promise<DigestLine[]> {
  const groups = new Map<string, { line: Omit<DigestLine, 'count'>; count: number }>();
  for (const { kind, procurementId, lotNo, detail } of await latestUnread(q, accountId, MOST_READ)) {
    const key = [kind, procurementId, lotNo, detail.duty, detail.dueAt].join('/');
    const group = groups.get(key);
    if (group) group.count += 1;
    else if (isCounted(kind) && groups.size < MOST_LINES) {
      groups.set(key, { line: { kind, ...(await namedBy(q, procurementId, lotNo, detail)) }, count: 1 });
    }
  }
  const ofAccount = (await unreadKinds(q, accountId)).map((each) => ({ ...NOTHING_NAMED, ...each }));
  return [...ofAccount, ...[...groups.values()].map(({ line, count }) => ({ ...line, count }))];
}

async function namedBy(
  q: Queries,
  procurementId: string | null,
  lotNo: number,
  { duty, dueAt }: EventDetail,
): Promise<Named> {
  if (procurementId === null) return { ...NOTHING_NAMED, dueAt: dueAt ?? null };
  const tender = await procurementRow(q, procurementId);
  const isPublic =
    tender.stage !== 'draft' &&
    tender.stage !== 'launched' &&
    !(await unknownToPublic(q, [procurementId])).has(procurementId);
  return {
    titleZh: isPublic ? tender.title : null,
    lotNo,
    duty: duty === undefined ? null : milestoneName(duty, procedureOf(tender).words),
    dueAt: dueAt ?? null,
  };
}
