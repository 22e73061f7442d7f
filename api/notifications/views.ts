import * as z from 'zod';
import type { Queries } from '../../db/access/database.ts';
import type { Notification } from '../../db/accounts/notifications.ts';
import { discretionOf } from '../../db/notifications/audience.ts';
import type { ListedDelivery } from '../../db/notifications/deliveries.ts';
import type { EventNotification } from '../../db/notifications/inbox.ts';
import { idsIn, namesOf } from '../../db/parties/names.ts';
import { procurementRow } from '../../db/procurements.ts';
import { MILESTONES, milestoneName } from '../../domain/law/milestones.ts';
import { ADDRESSED, CHANNELS, LANGUAGES, type Channel, type Contact } from '../../domain/notifications/channels.ts';
import { ALL_KINDS, textOfKind } from '../../domain/notifications/kinds.ts';
import { procedureOf } from '../../domain/procedures/index.ts';
import { at, atOrNull, id, instantOut } from '../http/schemas.ts';

export const notificationSchema = z
  .object({
    ...{ id, kind: z.enum(ALL_KINDS), at: instantOut, readAt: instantOut.nullable() },
    ...{ messageZh: z.string(), messageEn: z.string(), detail: z.record(z.string(), z.unknown()) },
    names: z
      .record(z.string(), z.string())
      .meta({ description: '其中编号所指的机构和人员的名称 / Organisations and people that the ids in it name' }),
    about: z
      .object({
        procurementId: id,
        title: z.string(),
        lotNo: z.int().min(0).meta({ description: '0 为整个项目 / 0: the procurement as a whole' }),
        subject: z.string().nullable().meta({ description: '所涉对象，如 notice/编号 / As notice/ and its id' }),
        duty: z.object({ key: z.enum(MILESTONES), nameZh: z.string(), nameEn: z.string() }).nullable(),
        dueAt: instantOut.nullable(),
      })
      .nullable()
      .meta({ description: '所涉采购项目 / The procurement that it is about; null for what is of no procurement' }),
  })
  .meta({ id: 'Notification' });

type NotificationView = z.infer<typeof notificationSchema>;

/** Of an account, or of a tender: both have ids that sort by creation. */
export type InboxRow = Notification | EventNotification;

const isOfTender = (row: InboxRow): row is EventNotification => 'source' in row;

const common = ({ id, kind, at: when, readAt }: InboxRow) => ({
  ...{ id, kind, at: at(when), readAt: atOrNull(readAt) },
  ...{ messageZh: textOfKind(kind).zh, messageEn: textOfKind(kind).en },
});

export async function notificationViews(q: Queries, rows: readonly InboxRow[]): Promise<NotificationView[]> {
  const names = await namesOf(q, idsIn(rows.filter((row) => !isOfTender(row)).map(({ detail }) => detail)));
  const views: NotificationView[] = [];
  for (const row of rows) {
    if (isOfTender(row)) {
      const { dueAt } = row.detail;
      const detail = row.procurementId === null && dueAt !== undefined ? { dueAt: at(dueAt) } : {};
      views.push({ ...common(row), detail, names: {}, about: await aboutOf(q, row) });
      continue;
    }
    const named = idsIn(row.detail).flatMap((each) => {
      const name = names.get(each);
      return name === undefined ? [] : [[each, name] as const];
    });
    views.push({ ...common(row), detail: row.detail, names: Object.fromEntries(named), about: null });
  }
  return views;
}

async function aboutOf(
  q: Queries,
  { procurementId, lotNo, detail }: EventNotification,
): Promise<NotificationView['about']> {
  if (procurementId === null) return null;
  const tender = await procurementRow(q, procurementId);
  const { subject = null, duty, dueAt = null } = detail;
  const name = duty === undefined ? null : milestoneName(duty, procedureOf(tender).words);
  return {
    ...{ procurementId, title: tender.title, lotNo, subject, dueAt: atOrNull(dueAt) },
    duty: duty === undefined || name === null ? null : { key: duty, nameZh: name.zh, nameEn: name.en },
  };
}

export const channel = z.enum(CHANNELS);
export const addressedChannel = z.enum(ADDRESSED);
export const language = z.enum(LANGUAGES);

export const contactSchema = z
  .object({
    language,
    channels: z.array(channel),
    ...{ mail: z.string().nullable(), sms: z.string().nullable() },
    offered: z.array(channel).meta({ description: '本平台开通的渠道 / The channels of this installation' }),
  })
  .meta({ id: 'Contact' });

export const contactView = (
  { language: spoken, channels, mail, sms }: Contact,
  offered: readonly Channel[],
): z.infer<typeof contactSchema> => ({
  ...{ language: spoken, channels: [...channels], mail, sms, offered: [...offered] },
});

export const deliverySchema = z
  .object({
    ...{ id, channel, queuedAt: instantOut, attempts: z.int() },
    state: z.enum(['waiting', 'sent', 'given-up', 'dropped']),
    username: z
      .string()
      .nullable()
      .meta({ description: '收件人；评标专家不显示 / To whom; null where it is an expert' }),
    lastError: z.string().nullable().meta({ description: '如 smtp-550、http-timeout / As smtp-550, http-timeout' }),
  })
  .meta({ id: 'Delivery' });

/** Not about what it is, nor to which expert: a committee is secret until the award (招标投标法 37). */
export async function deliveryViews(
  q: Queries,
  rows: readonly ListedDelivery[],
): Promise<z.infer<typeof deliverySchema>[]> {
  const discretion = await discretionOf(q, [...new Set(rows.map(({ accountId }) => accountId))]);
  return rows.map(({ id: deliveryId, accountId, channel: by, queuedAt, attempts, state, username, lastError }) => ({
    ...{ id: deliveryId, channel: by, queuedAt: at(queuedAt), attempts, state, lastError },
    username: discretion.get(accountId) === 'expert' ? null : username,
  }));
}
