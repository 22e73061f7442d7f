import { activityInfo, heartbeat } from '@temporalio/activity';

const BEAT_MS = 5_000;

/** Says now and then that whoever does this activity still lives; outside Temporal, as tests call it, nobody listens. */
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
