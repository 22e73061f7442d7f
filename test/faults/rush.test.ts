import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { prepareRush, type HandedIn } from '../setup/tenders/rush.ts';

// 电子招标投标办法 27: a receipt at once for what is received; what is not whole at the deadline counts as withdrawn.
it('killed during a rush, the API has lost no bid with a receipt, and counts none without', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'kaibiao-rush-'));
  try {
    await using rush = await prepareRush(folder, 40, 200_000);
    await rush.startApi();
    await rush.begin();
    await rush.deadlineIn(600_000);
    const handingIn = rush.hands.map(async (hand, index) => {
      await sleep(index * 15);
      return rush.finish(hand);
    });
    // Some are through, some under way, some to come.
    await Promise.race(handingIn.slice(10));
    await rush.kill();
    const before: HandedIn[] = await Promise.all(handingIn);
    const accepted = before.flatMap((each) => (each.outcome === 'accepted' ? [each] : []));
    expect(accepted.length).toBeGreaterThan(0);
    expect(before.some(({ outcome }) => outcome === 'unknown')).toBe(true);

    const inTheDatabase = new Map((await rush.standing()).map((bid) => [bid.id, bid.sha256]));
    for (const { bidId, sha256 } of accepted) expect(inTheDatabase.get(bidId)).toBe(sha256);

    await rush.startApi();
    const told = new Set<string>();
    for (const [index, hand] of rush.hands.entries()) {
      const receipts = await rush.receipts(hand);
      for (const { bidId } of receipts) told.add(bidId);
      if (before[index]?.outcome === 'accepted') continue;
      // A client without an answer resumes its upload: never two bids, never none.
      const again = await rush.resume(hand);
      expect(again.outcome).toBe('accepted');
      const now = await rush.receipts(hand);
      expect(now.filter(({ state }) => state === 'standing')).toHaveLength(1);
      if (receipts.length === 1) expect(now).toEqual(receipts);
    }
    expect([...inTheDatabase.keys()].every((id) => told.has(id))).toBe(true);
    expect(await rush.standing()).toHaveLength(rush.hands.length);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});
