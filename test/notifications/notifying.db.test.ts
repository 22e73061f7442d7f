import type { Client } from '@temporalio/client';
import { pino } from 'pino';
import { expect, it } from 'vitest';
import { notifyPeople } from '../../cli/worker/notifying.ts';
import { recordEvent } from '../../db/events.ts';
import type { OutgoingChannel } from '../../engine/notifications/channel.ts';
import { temporaryDatabase } from '../setup/database.ts';
import { eventually } from '../setup/eventually.ts';
import { handClock, people, publishedTender } from '../setup/tenders/tender.ts';
import { queued, reached } from './reached.ts';

it('a channel that hangs and a Temporal that is away delay neither events, reminders nor the other channel', async () => {
  const clock = handClock('2026-02-01');
  const db = await temporaryDatabase({ machineClock: clock.read });
  const who = await people(db, 3);
  await reached(db, 'purchaser', who.purchaser.id, { channels: ['mail', 'webhook'] });
  const { id } = await publishedTender(db, clock, who, 'tendering');

  let hanging = 0;
  const called: string[] = [];
  const closed: string[] = [];
  const close = (name: string) => () => void closed.push(name);
  const channels: OutgoingChannel[] = [
    {
      ...{ channel: 'mail', close: close('mail') },
      send: () => {
        hanging += 1;
        return new Promise(() => undefined);
      },
    },
    {
      ...{ channel: 'webhook', close: close('webhook') },
      send: async ({ subject }) => {
        called.push(subject);
        return { outcome: 'sent' };
      },
    },
  ];
  const stopping = new AbortController();
  const running = notifyPeople(
    {
      // Its schedule cannot be read.
      ...{ db, client: {} as Client, taskQueue: 'kaibiao', channels, publicUrl: 'http://tender.test' },
      ...{ reminderDays: [3, 1], log: pino({ level: 'silent' }), graceMs: 0 },
    },
    stopping.signal,
  );
  const ask = (n: number) =>
    db.transaction(async (tx) =>
      recordEvent(tx, { kind: 'question.asked', procurementId: id, lotNo: 0, subject: `question/${n}` }),
    );
  await ask(1);
  await eventually('the first is sent, and mail hangs', async () => called.length === 1 && hanging === 1);
  await ask(2);
  await eventually('the second is sent all the same', async () => called.length === 2);
  expect(called).toEqual(['有供应商对采购文件提出疑问', '有供应商对采购文件提出疑问']);

  // A worker that stops does not wait for it: another sends what was cut off.
  stopping.abort();
  await running;
  expect(closed.sort()).toEqual(['mail', 'webhook']);
  const mails = (await queued(db)).filter(({ channel }) => channel === 'mail');
  expect(mails.map(({ state }) => state)).toEqual(['waiting', 'waiting']);
  await db.close();
});
