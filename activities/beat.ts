import { activityInfo, heartbeat } from '@temporalio/activity';

const BEAT_MS = 5_000;

/** Sends a heartbeat now and then while the activity runs; outside Temporal, as in tests, it does nothing. */
export async function whileBeating<T>(work: Promise<T>): Promise<T> {
  if (!inActivity()) return work;
  heartbeat();
  const timer = setInterval(heartbeat, BEAT_MS);
  try {
    return await work;
  } finally {
    clearInterval(timer);
  }
}

function inActivity(): boolean {
  try {
    activityInfo();
    return true;
  } catch {
    return false;
  }
}
