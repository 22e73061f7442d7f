import {
  ScheduleAlreadyRunning,
  ScheduleNotFoundError,
  ScheduleOverlapPolicy,
  type ScheduleSpec,
} from '@temporalio/client';
import type { ClockSetting } from '../../domain/clock.ts';
import { DIGEST_HOUR } from '../../domain/notifications/digest.ts';
import { DIGEST_TYPE } from '../../workflows/messages.ts';
import type { Engine } from '../starting.ts';

/** Of the schedule, one an installation. */
export const digestScheduleId = (taskQueue: string): string => `${taskQueue}-digest`;

/** China is eight hours ahead of UTC all year. */
const UTC_HOUR = DIGEST_HOUR - 8;
/** In a drill, whose day may last a second. */
const LEAST_INTERVAL_MS = 10_000;

/**
 * When the digest is asked for: at its hour of the civil day; in a drill as often as a civil day passes, and the database
 * says whether its hour has come.
 */
export const digestSpec = (clock: ClockSetting): ScheduleSpec =>
  clock.mode === 'real'
    ? { calendars: [{ hour: UTC_HOUR, minute: 0, second: 0 }] }
    : { intervals: [{ every: Math.max(clock.msPerDay, LEAST_INTERVAL_MS) }] };

/** Makes the schedule of the digest where there is none, as on a server that has lost it, or where it is another. */
export async function keepDigestSchedule({ client, taskQueue }: Engine, clock: ClockSetting): Promise<void> {
  const scheduleId = digestScheduleId(taskQueue);
  const spec = digestSpec(clock);
  const note = JSON.stringify(spec);
  const handle = client.schedule.getHandle(scheduleId);
  try {
    const { state } = await handle.describe();
    if (state.note !== note)
      await handle.update((previous) => ({ ...previous, spec, state: { ...previous.state, note } }));
  } catch (error) {
    if (!(error instanceof ScheduleNotFoundError)) throw error;
    try {
      await client.schedule.create({
        ...{ scheduleId, spec, state: { note } },
        action: { type: 'startWorkflow', workflowType: DIGEST_TYPE, workflowId: scheduleId, taskQueue, args: [] },
        // After an outage one comes, and no two run at once.
        policies: { overlap: ScheduleOverlapPolicy.SKIP, catchupWindow: '1 day' },
      });
    } catch (failure) {
      // Another worker was quicker.
      if (!(failure instanceof ScheduleAlreadyRunning)) throw failure;
    }
  }
}
