import { setHandler } from '@temporalio/workflow';
import { oneAtATime } from './decisions.ts';
import { recountedSignal, type RefundInput } from './messages.ts';
import { StatutoryWait } from './statutory-wait.ts';

/** A deposit (投标保证金) that goes back because its bidder has withdrawn: what is not back in time is put on the record. */
export async function refund(input: RefundInput): Promise<void> {
  const activities = oneAtATime();
  const wait = new StatutoryWait(input.clock);
  setHandler(recountedSignal, () => wait.askAgain());
  wait.askAgain();
  await wait.thenAct(() => activities.withdrawalRefundDue({ bidId: input.bidId }));
}
