import { describe, expect, it } from 'vitest';
import { createActivities } from '../../activities/index.ts';
import { createUnsealingDesk } from '../../services/openings/unsealing/desk.ts';
import { launchProcurement } from '../../services/procurements/launch.ts';
import { UNATTENDED } from '../../db/audit.ts';
import { latestNotice, listNotices } from '../../db/notices.ts';
import { waitingWakes } from '../../db/engine/outbox.ts';
import { OUTAGE_FROM_MS } from '../../domain/outages.ts';
import { noteServing } from '../../services/outages/note-serving.ts';
import { procurementById } from '../../db/procurements.ts';
import { createDraft } from '../../services/procurements/draft.ts';
import { unsealingsOf } from '../../db/openings/unsealings.ts';
import { verifyInstallation } from '../../db/integrity/verify.ts';
import { CUSTODIANS, type Custodian } from '../../domain/bids/sealing.ts';
import { parseInstant } from '../../domain/civil-time.ts';
import { organisationById } from '../../db/organisations.ts';
import { PARTICULARS_TOLD } from '../setup/tenders/particulars.ts';
import { v7 as newId } from 'uuid';
import { openingSubject } from '../../domain/subjects.ts';
import { openShare, resealShare } from '../../sealing/shares.ts';
import { sealBid } from '../../sealing/seal.ts';
import { startTestApi, type Answered, type Member, type TestApi } from '../setup/api.ts';
import { custodiansWithKeys, partOf } from '../setup/tenders/sealed.ts';
import { testSigner } from '../setup/signer.ts';
import { advance, addTenderDocument } from '../setup/tenders/tender.ts';
import { draftOf } from '../setup/tenders/tenders.ts';
import { documentOf } from '../../web/notices/templates.ts';
import { concludeOpening } from '../../services/openings/conclude.ts';
import { recordCustodians, type CustodianNote } from '../../services/openings/custodians.ts';

const at = (clock: string): number => parseInstant(`2026-04-01T${clock}+08:00`);
const DEADLINE = at('09:30:00');

interface Scene extends AsyncDisposable {
  readonly api: TestApi;
  readonly id: string;
  readonly purchaser: Member;
  readonly bidders: readonly Member[];
  readonly bids: readonly { readonly bidId: string; readonly share: string | null }[];
  readonly setNow: (ms: number) => void;
  readonly activities: ReturnType<typeof createActivities>;
  /** What the workflow does, without it: custodians give, and every bid is unsealed. */
  readonly unseal: () => Promise<void>;
  readonly closeWindow: () => Promise<object>;
}

/** A sealed tender during its opening. */
async function opening(change: Parameters<typeof draftOf>[1] = {}, ...signs: string[]): Promise<Scene> {
  let now = parseInstant('2026-03-01T09:00:00+08:00');
  const api = await startTestApi({ database: { machineClock: () => now } });
  const identities = await custodiansWithKeys(api.db);
  const purchaser = await api.member('purchaser');
  const draft = draftOf({ purchaserId: purchaser.organisationId }, change);
  const { id } = await api.db.transaction((tx) => createDraft(tx, UNATTENDED, draft));
  await addTenderDocument(api.db, UNATTENDED, id);
  await api.db.transaction((tx) => launchProcurement(tx, UNATTENDED, id));
  now = draft.noticeAt;
  const signer = await testSigner();
  const desk = createUnsealingDesk({ db: api.db, signer, taskQueue: 'unsealing', threads: 2 });
  const activities = createActivities({ db: api.db, signer, desk });
  await advance(api.db, id);
  const { sealing } = await procurementById(api.db.read, id);
  if (!sealing) throw new Error('it was not sealed');
  const bidders: Member[] = [];
  const bids: Scene['bids'][number][] = [];
  for (const index of [0, 1, 2]) {
    const bidder = await api.member('supplier');
    const { bidder: code } = await creditCodeOf(api, bidder);
    const sealed = await sealBid({
      terms: sealing,
      procurementId: id,
      lotNo: 1,
      bidder: code,
      figures: { priceFen: 90_000_000 + index, periodDays: 300, quality: '合格' },
      parts: [partOf('投标函.txt', `letter ${index}`), partOf('空.txt', '')],
    });
    const body = Buffer.from(await new Response(sealed.stream).arrayBuffer());
    const receipt = await bidder.call('POST', `/api/procurements/${id}/lots/1/bids`, { body });
    expect(receipt.status).toBe(201);
    bidders.push(bidder);
    bids.push({ bidId: String(receipt.get('bidId')), share: sealed.bidderShare });
  }
  for (const sign of signs) {
    now = at(sign);
    await api.db.transaction(noteServing, 'single-rows');
  }
  now = DEADLINE;
  if (signs.length > 0) await api.db.transaction(noteServing, 'single-rows');
  await advance(api.db, id);
  const begin = async () => {
    const begun = await activities.beginOpening({ procurementId: id });
    if (begun.state !== 'begun') throw new Error(begun.state);
    return { procurementId: id, recipient: begun.recipient };
  };
  return {
    api,
    id,
    purchaser,
    bidders,
    bids,
    activities,
    setNow: (ms) => (now = ms),
    closeWindow: async () => desk.closeBidderWindow({ ...(await begin()), notes: [] }),
    unseal: async () => {
      const own = await begin();
      const notes: CustodianNote[] = [];
      for (const custodian of CUSTODIANS) {
        const asked = await desk.releaseRequest({ ...own, custodian, page: 0, knownSize: 0 });
        const shares = await Promise.all(
          asked.shares.map(async ({ bidId, share }) => ({
            bidId,
            sealed: await resealShare(await openShare(share, [String(identities.get(custodian))], id), own.recipient),
            fault: null,
          })),
        );
        const { at } = await desk.takeShares({ ...own, custodian, shares });
        notes.push({ custodian, state: 'released', reason: null, at });
      }
      expect(await desk.unseal({ ...own, notes })).toEqual({ outcome: 'done' });
      expect(await desk.concludeOpening({ ...own, notes })).toEqual({ outcome: 'done' });
    },
    async [Symbol.asyncDispose]() {
      await desk.close();
      await api[Symbol.asyncDispose]();
    },
  };
}

async function creditCodeOf(api: TestApi, member: Member): Promise<{ bidder: string }> {
  const { organisationById } = await import('../../db/organisations.ts');
  return { bidder: (await organisationById(api.db.read, member.organisationId)).creditCode };
}

const path = (id: string, rest = ''): string => `/api/procurements/${id}${rest}`;
const said = ({ status, get }: Answered): unknown[] => [status, get('code')];

describe('an opening over HTTP', () => {
  it('is public while it is in progress, without figures or names, and complete when it has ended', async () => {
    await using scene = await opening();
    const { api, id, bidders, purchaser, bids } = scene;
    const during = await api.call('GET', path(id, '/opening'));
    expect(during.body).toMatchObject({ state: 'under-way', beganAt: '2026-04-01T09:30:00+08:00', items: [] });
    expect(during.text).not.toContain(String(bids[0]?.bidId));
    expect(said(await purchaser.call('GET', path(id, `/lots/1/bids/${bids[0]?.bidId}/parts`)))).toEqual([
      403,
      'forbidden',
    ]);
    expect(said(await purchaser.call('GET', path(id, `/lots/1/bids/${bids[0]?.bidId}/file`)))).toEqual([
      403,
      'forbidden',
    ]);
    const late = await bidders[0]?.call('POST', path(id, '/lots/1/bids'), { body: Buffer.from('x') });
    expect(late && said(late)).toEqual([409, 'bid-late']);

    await scene.unseal();
    const after = await api.call('GET', path(id, '/opening'));
    expect(after.get('state')).toBe('concluded');
    expect(after.get('items.0')).toMatchObject({ opened: true, bidders: 3, signatures: [] });
    expect(after.get('items.0.entries.1')).toMatchObject({
      state: 'opened',
      priceFen: 90_000_001,
      periodDays: 300,
      quality: '合格',
      reason: null,
    });
    expect(after.get('custodians.0')).toMatchObject({ custodian: 'centre', state: 'released' });
  });

  it('two custodians missing: everybody sees who, and since when', async () => {
    await using scene = await opening();
    const { api, id, setNow } = scene;
    setNow(at('09:32:00'));
    for (const custodian of ['centre', 'purchaser'] satisfies Custodian[]) {
      const note = { custodian, state: 'missing', reason: null, at: null } as const;
      await api.db.transaction((tx) => recordCustodians(tx, id, [note]));
    }
    const status = await api.call('GET', path(id, '/opening'));
    expect(status.body).toMatchObject({
      state: 'waiting-for-custodians',
      since: '2026-04-01T09:32:00+08:00',
      custodians: [
        { custodian: 'centre', state: 'missing' },
        { custodian: 'purchaser', state: 'missing' },
        { custodian: 'supervisor', state: 'waiting' },
      ],
    });
  });

  it('the parts of an opened bid are listed and read by those who may, each by its hash', async () => {
    await using scene = await opening();
    const { api, id, purchaser, bids, bidders } = scene;
    await scene.unseal();
    const parts = path(id, `/lots/1/bids/${bids[2]?.bidId}/parts`);
    const listed = await purchaser.call('GET', parts);
    expect(listed.get('items')).toMatchObject([
      { path: '投标函.txt', size: 8 },
      { path: '空.txt', size: 0 },
    ]);
    const file = await purchaser.call('GET', `${parts}/${String(listed.get('items.0.sha256'))}`);
    expect([file.status, file.text]).toEqual([200, 'letter 2']);
    expect((await purchaser.call('GET', `${parts}/${'0'.repeat(64)}`)).status).toBe(404);
    expect((await bidders[0]?.call('GET', parts))?.status).toBe(403);
    const verified = await verifyInstallation(api.db);
    expect(verified).toMatchObject({ parts: 6, faults: [] });
  });

  it('the supervisor alone pauses and resumes, with a reason that everybody reads', async () => {
    await using scene = await opening();
    const { api, id, purchaser } = scene;
    const supervisor = await api.member('supervisor');
    const json = { reasonZh: '收到举报，核查中' };
    expect((await purchaser.call('POST', path(id, '/opening/pause'), { json })).status).toBe(403);
    expect((await supervisor.call('POST', path(id, '/opening/pause'), { json: {} })).status).toBe(422);
    expect((await supervisor.call('POST', path(id, '/opening/pause'), { json })).status).toBe(200);
    expect(said(await supervisor.call('POST', path(id, '/opening/pause'), { json }))).toEqual([409, 'opening-paused']);
    expect((await api.call('GET', path(id, '/opening'))).body).toMatchObject({
      state: 'paused',
      pauses: [{ reasonZh: '收到举报，核查中', until: null }],
    });
    const pausesInTimeline = async () => {
      const { items } = (await api.call('GET', path(id, '/timeline'))).body as {
        items: { key: string; pauses: { reasonZh: string; from: string; until: string | null }[] }[];
      };
      return items.flatMap(({ key, pauses }) =>
        pauses.map(({ reasonZh, from, until }) => ({ key, reasonZh, from, until })),
      );
    };
    const paused = await pausesInTimeline();
    expect(paused).toMatchObject([{ key: 'opening', reasonZh: '收到举报，核查中', until: null }]);
    expect(await scene.activities.beginOpening({ procurementId: id })).toEqual({ state: 'paused' });
    const nothing = { notes: [], outcomes: new Map() };
    expect(await api.db.transaction((tx) => concludeOpening(tx, id, nothing))).toBe('paused');
    expect((await supervisor.call('POST', path(id, '/opening/resume'))).status).toBe(200);
    expect(said(await supervisor.call('POST', path(id, '/opening/resume')))).toEqual([409, 'stage-conflict']);
    const until = (await api.call('GET', path(id, '/opening'))).get('pauses.0.until');
    expect(until).toMatch(/^2/);
    expect(await pausesInTimeline()).toEqual([{ ...paused[0], until }]);
    await scene.unseal();
    expect((await procurementById(api.db.read, id)).stage).toBe('evaluation');
  });

  it('双锁: a bidder releases the share that fits, its own, in time (电子招标投标办法 31)', async () => {
    await using scene = await opening({ bidderWindowMinutes: 30 });
    const { api, id, bidders, bids, setNow } = scene;
    const release = (index: number, share: string | null | undefined, of = index) =>
      (bidders[index] as Member).call('POST', path(id, `/lots/1/bids/${bids[of]?.bidId}/share`), { json: { share } });
    expect(said(await release(0, bids[1]?.share))).toEqual([422, 'share-unfit']);
    expect(said(await release(0, 'AAAA'))).toEqual([422, 'share-unfit']);
    expect(said(await release(0, bids[1]?.share, 1))).toEqual([404, 'bid-unknown']);
    expect((await release(0, bids[0]?.share)).body).toMatchObject({ releasedAt: '2026-04-01T09:30:00+08:00' });
    expect((await release(0, bids[0]?.share)).status).toBe(200);
    expect((await api.call('GET', path(id, '/opening'))).get('bidderWindow')).toEqual({
      from: '2026-04-01T09:30:00+08:00',
      until: '2026-04-01T10:00:00+08:00',
    });
    const centre = await api.member('centre');
    const fault = { bidId: null, minutes: 10, reasonZh: '平台中断十分钟' };
    expect((await centre.call('POST', path(id, '/opening/faults'), { json: fault })).status).toBe(200);
    setNow(at('10:09:59'));
    expect((await release(1, bids[1]?.share)).status).toBe(200);
    setNow(at('10:10:00'));
    expect(said(await release(2, bids[2]?.share))).toEqual([409, 'share-late']);
    expect(said(await centre.call('POST', path(id, '/opening/faults'), { json: fault }))).toEqual([409, 'share-late']);
    expect(await scene.closeWindow()).toMatchObject({ then: 'ended' });
    await scene.unseal();
    const record = await api.call('GET', path(id, '/opening'));
    expect((record.get('items.0.entries') as { state: string }[]).map(({ state }) => state)).toEqual([
      'opened',
      'opened',
      'revoked',
    ]);
    expect(record.get('items.0.entries.2.reason.zh')).toContain('撤销');
    // After the opening too it is late, and not forbidden; who was in time and asks again is told so.
    const late = await release(2, bids[2]?.share);
    expect(said(late)).toEqual([409, 'share-late']);
    expect(late.get('details')).toMatchObject({ until: '2026-04-01T10:10:00+08:00', law: '20号令', article: '31' });
    expect(late.get('messageZh')).toContain('解密时限已于 2026年4月1日 10:10 届满');
    expect((await release(1, bids[1]?.share)).body).toMatchObject({ releasedAt: '2026-04-01T10:09:59+08:00' });
    expect(said(await release(2, bids[0]?.share, 0))).toEqual([404, 'bid-unknown']);
    // Neither share nor key is anywhere in what was logged.
    expect(api.log()).not.toContain(String(bids[0]?.share));
  });

  describe('outages that the platform finds itself (电子招标投标办法 30, 31)', () => {
    /** An API serves from one time to the other, and shows it. */
    const serves = async ({ api, setNow }: Scene, from: string, until: string): Promise<void> => {
      for (let now = at(from); now <= at(until); now += OUTAGE_FROM_MS) {
        setNow(now);
        await api.db.transaction(noteServing, 'single-rows');
      }
    };
    const windowUntil = async ({ api, id }: Scene) =>
      (await api.call('GET', path(id, '/opening'))).get('bidderWindow.until');
    const wakings = async ({ api, id }: Scene): Promise<number> =>
      (await waitingWakes(api.db.read, Number.MAX_SAFE_INTEGER, 100)).find(
        ({ subject }) => subject === openingSubject(id),
      )?.wanted ?? 0;

    it('a restart in the window gives its time back; who then does not release its share is revoked', async () => {
      await using scene = await opening({ bidderWindowMinutes: 30 });
      const { api, id, bidders, bids, setNow } = scene;
      const release = (index: number) =>
        (bidders[index] as Member).call('POST', path(id, `/lots/1/bids/${bids[index]?.bidId}/share`), {
          json: { share: bids[index]?.share },
        });
      await serves(scene, '09:30:00', '09:35:00');
      expect(await windowUntil(scene)).toBe('2026-04-01T10:00:00+08:00');
      const before = await wakings(scene);
      await serves(scene, '09:40:00', '10:04:30');
      expect(await wakings(scene)).toBe(before + 1);
      const told = await api.call('GET', path(id, '/opening'));
      expect(told.get('outages')).toEqual([{ from: '2026-04-01T09:35:00+08:00', until: '2026-04-01T09:40:00+08:00' }]);
      expect(told.get('bidderWindow.until')).toBe('2026-04-01T10:05:00+08:00');
      expect((await release(0)).status).toBe(200);
      expect((await release(1)).status).toBe(200);
      setNow(at('10:05:00'));
      expect(said(await release(2))).toEqual([409, 'share-late']);
      expect(await scene.closeWindow()).toMatchObject({ then: 'ended' });
      expect((await unsealingsOf(api.db.read, id)).map(({ state }) => state)).toEqual(['revoked']);
    });

    it('an outage over the end of the window: the rest is given back, and who has not come even then is withdrawn, not revoked', async () => {
      await using scene = await opening({ bidderWindowMinutes: 30 });
      const { api, id, bidders, bids, setNow } = scene;
      const release = (index: number) =>
        (bidders[index] as Member).call('POST', path(id, `/lots/1/bids/${bids[index]?.bidId}/share`), {
          json: { share: bids[index]?.share },
        });
      await serves(scene, '09:29:00', '09:50:00');
      expect((await release(0)).status).toBe(200);
      setNow(at('10:10:00'));
      // No API serves: the workers continue, and decide nothing.
      expect(await windowUntil(scene)).toBeNull();
      expect(await scene.closeWindow()).toMatchObject({ then: 'wait', until: null });
      const before = await wakings(scene);
      await serves(scene, '10:20:00', '10:29:30');
      expect(await wakings(scene)).toBe(before + 1);
      expect(await windowUntil(scene)).toBe('2026-04-01T10:30:00+08:00');
      expect((await release(1)).status).toBe(200);
      setNow(at('10:30:00'));
      expect(said(await release(2))).toEqual([409, 'share-late']);
      expect(await scene.closeWindow()).toMatchObject({ then: 'ended' });
      await scene.unseal();
      const record = await api.call('GET', path(id, '/opening'));
      expect((record.get('items.0.entries') as { state: string }[]).map(({ state }) => state)).toEqual([
        'opened',
        'opened',
        'returned',
      ]);
      expect(record.get('items.0.entries.2.reason.zh')).toMatch(
        /平台自 2026年4月1日 09:50 至 2026年4月1日 10:20 中断.*视为撤回.*20号令第31条/,
      );
      const notice = await latestNotice(api.db.read, id, 1, 'opening-record');
      const outages = [{ from: '2026-04-01T09:50:00+08:00', until: '2026-04-01T10:20:00+08:00' }];
      expect(notice?.content['outages']).toEqual(outages);
      expect(JSON.stringify(notice && documentOf(notice))).toContain('平台中断');
    });

    it('what a person has recorded is added, and is shown first', async () => {
      await using scene = await opening({ bidderWindowMinutes: 30 });
      const { api, id, bids, setNow } = scene;
      const centre = await api.member('centre');
      await serves(scene, '09:30:00', '09:50:00');
      const fault = { bidId: bids[2]?.bidId, minutes: 0, reasonZh: '专线中断' };
      expect((await centre.call('POST', path(id, '/opening/faults'), { json: fault })).status).toBe(200);
      await serves(scene, '10:20:00', '10:30:00');
      setNow(at('10:30:00'));
      expect(await scene.closeWindow()).toMatchObject({ then: 'ended' });
      const reasons = new Map((await unsealingsOf(api.db.read, id)).map((each) => [each.bidId, each.reasonZh]));
      expect(reasons.get(String(bids[2]?.bidId))).toContain('专线中断');
      expect(reasons.get(String(bids[0]?.bidId))).toContain('平台自');
    });

    it('in the last hour before the deadline it is shown, and has no automatic consequence', async () => {
      await using scene = await opening({}, '07:00:00', '08:00:00', '08:40:00');
      const { api, id } = scene;
      const told = await api.call('GET', path(id, '/opening'));
      expect(told.get('outages')).toEqual([
        { from: '2026-04-01T08:00:00+08:00', until: '2026-04-01T08:40:00+08:00' },
        { from: '2026-04-01T08:40:00+08:00', until: '2026-04-01T09:30:00+08:00' },
      ]);
      await scene.unseal();
      expect((await procurementById(api.db.read, id)).stage).toBe('evaluation');
    });
  });

  it('objections are made on the spot by those who bid, answered, and published (条例 44)', async () => {
    await using scene = await opening({ objectionMinutes: 30 });
    const { api, id, bidders, purchaser, setNow } = scene;
    const object = (member: Member | undefined, textZh: string) =>
      (member as Member).call('POST', path(id, '/lots/1/opening/objections'), { json: { textZh } });
    expect((await object(await api.member('supplier'), '我也来')).status).toBe(403);
    const early = await object(bidders[0], '开标未按时进行');
    expect(early.status).toBe(201);
    expect((await api.call('GET', path(id, '/opening'))).get('objections.0')).toMatchObject({ supplier: null });
    const answer = (objection: Answered, answerZh: string) =>
      purchaser.call('POST', path(id, `/lots/1/opening/objections/${String(objection.get('id'))}/answer`), {
        json: { answerZh },
      });
    expect((await answer(early, '按时进行，见记录')).status).toBe(200);
    expect(said(await answer(early, '再答'))).toEqual([409, 'grievance-settled']);
    await scene.unseal();
    setNow(at('09:59:59'));
    const second = await object(bidders[1], '唱标价格有误');
    expect(second.status).toBe(201);
    setNow(at('10:00:00'));
    const late = await object(bidders[2], '晚了');
    expect([...said(late), late.get('details.rule')]).toEqual([409, 'grievance-late', 'works-opening-objection']);
    const record = await api.call('GET', path(id, '/opening'));
    expect(record.get('objections')).toMatchObject([
      { textZh: '开标未按时进行', answerZh: '按时进行，见记录' },
      { textZh: '唱标价格有误', answerZh: null },
    ]);
    expect((await answer(second, '以清单所载为准')).status).toBe(200);
    const published = await listNotices(api.db.read, { procurementId: id, kind: 'opening-record', limit: 9 });
    expect(published.map(({ version, corrects }) => [version, corrects])).toEqual([
      [2, published[1]?.id],
      [1, null],
    ]);
    expect(published[0]?.content.objections).toMatchObject([
      { textZh: '开标未按时进行', answerZh: '按时进行，见记录' },
      { textZh: '唱标价格有误', answerZh: '以清单所载为准' },
    ]);
  });

  it('those present may sign the record, the one that they have read', async () => {
    await using scene = await opening();
    const { api, id, bidders, purchaser } = scene;
    await scene.unseal();
    const hash = String((await api.call('GET', path(id, '/opening'))).get('items.0.recordHash'));
    const sign = (member: Member, recordHash = hash) =>
      member.call('POST', path(id, '/lots/1/opening/signatures'), { json: { recordHash } });
    for (const member of [purchaser, bidders[0] as Member, await api.member('centre')]) {
      expect((await sign(member)).status).toBe(200);
      expect((await sign(member)).status).toBe(200);
    }
    expect(said(await sign(purchaser, '0'.repeat(64)))).toEqual([422, 'hash-mismatch']);
    expect((await sign(await api.member('supplier'))).status).toBe(404);
    const signed = (await api.call('GET', path(id, '/opening'))).get('items.0.signatures');
    expect(signed).toMatchObject([{ role: 'purchaser' }, { role: 'supplier' }, { role: 'centre' }]);
  });

  it('the published record has project, lot, place and ceiling, who was present and who was not, and signatures (20号令 32, 财政部令87号 42)', async () => {
    const particulars = { projectNumber: 'KB-7', openingPlace: '一号开标室', ceilingPriceFen: 95_000_000 };
    await using scene = await opening({ particulars: { ...PARTICULARS_TOLD, ...particulars } });
    const { api, id, bidders, purchaser } = scene;
    const centre = await api.member('centre');
    const attend = (member: Member, people: object[]) =>
      member.call('PUT', path(id, '/opening/attendance'), { json: { people } });
    const [first, second] = bidders as [Member, Member];
    const bidder = { capacity: 'bidder', name: '张三', organisationId: first.organisationId };
    const host = { capacity: 'centre', name: '李四', organisation: '县公共资源交易中心' };
    // Who bids is confidential until the record is out.
    expect((await attend(centre, [bidder])).status).toBe(403);
    await scene.unseal();
    expect((await attend(first, [bidder])).status).toBe(403);
    for (const [wrong, rule] of [
      [{ ...bidder, organisationId: centre.organisationId }, 'bidder'],
      [{ ...bidder, organisationId: null }, 'bidder'],
      [{ ...host, organisationId: newId() }, 'unknown'],
      [{ ...host, capacity: 'agency' }, 'own'],
      [{ ...host, capacity: 'purchaser', organisationId: first.organisationId }, 'own'],
      [host, 'unique'],
    ] as const) {
      const refused = await attend(centre, [host, wrong]);
      expect([refused.status, refused.get('details.issues.0.rule') ?? refused.get('issues.0.rule')]).toEqual([
        422,
        rule,
      ]);
    }
    expect((await attend(centre, [host])).status).toBe(200);
    const recorded = await attend(centre, [host, bidder, { capacity: 'purchaser', name: '王五' }]);
    expect(recorded.body).toMatchObject({
      version: 2,
      people: [{}, { name: '张三' }, { organisationId: purchaser.organisationId }],
    });
    const seen = await api.call('GET', path(id, '/opening'));
    expect(seen.get('attendance.people.1.name')).toBe('张三');
    expect(seen.get('items.0')).toMatchObject({
      ...{ projectNumber: 'KB-7', place: '一号开标室', ceilingPriceFen: 95_000_000 },
      lotTitle: '施工',
    });
    const signing = { json: { recordHash: seen.get('items.0.recordHash') } };
    expect((await first.call('POST', path(id, '/lots/1/opening/signatures'), signing)).status).toBe(200);
    const published = await listNotices(api.db.read, { procurementId: id, kind: 'opening-record', limit: 9 });
    expect(published.map(({ version }) => version)).toEqual([4, 3, 2, 1]);
    expect(published[3]?.content).not.toHaveProperty('present');
    const nameOf = async ({ organisationId }: Member) => (await organisationById(api.db.read, organisationId)).name;
    expect(published[0]).toMatchObject({
      corrects: published[1]?.id,
      content: {
        ...{ projectNumber: 'KB-7', openingPlace: '一号开标室', ceilingPriceFen: 95_000_000, lotTitle: '施工' },
        present: [
          { capacity: 'centre', organisation: '县公共资源交易中心', name: '李四' },
          { capacity: 'bidder', organisation: await nameOf(first) },
          { capacity: 'purchaser', organisation: await nameOf(purchaser) },
        ],
        absent: expect.arrayContaining([await nameOf(second)]) as string[],
        // Works: no article takes the absent to accept it.
        absentAccept: false,
        signatures: [{ organisation: await nameOf(first), role: 'supplier' }],
      },
    });
    const shown = JSON.stringify(documentOf(published[0] as (typeof published)[number]));
    for (const told of ['KB-7', '一号开标室', '最高限价', '950,000.00', '施工', '张三', '签字'])
      expect(shown).toContain(told);
    expect(shown).not.toMatch(/其他补充事宜|absentAccept/);
  });
});
