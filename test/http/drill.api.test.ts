import { expect, it } from 'vitest';
import { listNotices } from '../../db/notices.ts';
import { UNATTENDED } from '../../db/audit.ts';
import { startTestApi } from '../setup/api.ts';
import { people, publish } from '../setup/tenders/tender.ts';
import { draftOf, tenderAt } from '../setup/tenders/tenders.ts';

const notice = {
  lotNo: 0,
  kind: 'clarification' as const,
  titleZh: '答疑公告',
  content: {},
  legalAt: 0,
};

it('a drill (演练) marks every answer, the docs and every notice; an installation in use marks none', async () => {
  await using drill = await startTestApi({
    database: { clock: { mode: 'drill', msPerDay: 1000, civilStartMs: 0, realStartMs: 0 } },
  });
  await using real = await startTestApi();
  for (const [api, marked] of [
    [drill, true],
    [real, false],
  ] as const) {
    expect((await api.call('GET', '/health')).headers.get('x-kaibiao-drill')).toBe(marked ? 'true' : null);
    const { info } = (await api.call('GET', '/openapi.json')).body as { info: { title: string } };
    expect(info.title.startsWith('【演练】')).toBe(marked);
    const { purchaser } = await people(api.db, 0);
    const procurementId = await tenderAt(api.db, 'draft', draftOf({ purchaserId: purchaser.id }));
    await publish(api.db, UNATTENDED, { procurementId, ...notice });
    const [published] = await listNotices(api.db.read, { limit: 1 });
    expect([published?.titleZh, published?.content]).toEqual(
      marked ? ['【演练】答疑公告', { template: 3, drill: true }] : ['答疑公告', { template: 3 }],
    );
  }
});
