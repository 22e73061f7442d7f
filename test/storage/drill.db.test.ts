import { expect, it } from 'vitest';
import { setDrillClock } from '../../db/access/drill.ts';
import { temporaryDatabase } from '../setup/database.ts';
import { at, draftOf, launch, people } from '../setup/tenders/tender.ts';

const DAY_MS = 86_400_000;

it('the clock of a drill (演练) may be set forward until the first launch, and a real one never', async () => {
  let machine = at('2026-11-23T09:00+08:00');
  const start = at('2026-03-10T09:00+08:00');
  const db = await temporaryDatabase({
    clock: { mode: 'drill', civilStartMs: start, realStartMs: machine, msPerDay: DAY_MS },
    machineClock: () => machine,
  });
  const real = await temporaryDatabase();
  try {
    const who = await people(db);
    await expect(setDrillClock(db, { civilStartMs: start - 1, msPerDay: 1000 }, machine)).rejects.toMatchObject({
      code: 'bad-input',
    });
    await setDrillClock(db, { civilStartMs: at('2026-03-20T09:00+08:00'), msPerDay: 1000 }, machine);
    machine += 2_000;
    expect(db.now()).toBe(at('2026-03-22T09:00+08:00'));
    expect(await db.transaction((tx) => Promise.resolve(tx.now))).toBe(at('2026-03-22T09:00+08:00'));

    await launch(db, who.asPurchaser, draftOf('tendering', who.purchaser.id));
    await expect(
      setDrillClock(db, { civilStartMs: at('2026-04-20T09:00+08:00'), msPerDay: 1000 }, machine),
    ).rejects.toMatchObject({ code: 'stage-conflict' });
    await expect(setDrillClock(real, { civilStartMs: Date.now() + DAY_MS, msPerDay: 1 })).rejects.toMatchObject({
      code: 'stage-conflict',
    });
  } finally {
    await db.close();
    await real.close();
  }
});
