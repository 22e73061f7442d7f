import { createHash, createHmac } from 'node:crypto';
import { Readable } from 'node:stream';
import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { auditAfter } from '../../db/audit.ts';
import { organisationById } from '../../db/organisations.ts';
import { bidParts, experts as expertRows, unsealings } from '../../db/schema/sqlite.ts';
import { evaluationOf } from '../../services/evaluation/proceedings.ts';
import { createDraft } from '../../services/procurements/draft.ts';
import type { Entry, MarkSheet } from '../../domain/evaluation/sheets/marks.ts';
import { canonicalHash } from '../../proofs/hash.ts';
import type { ScoreSheet } from '../../proofs/sheet.ts';
import { verifySheet } from '../../proofs/sheet.ts';
import { startTestApi, type Answered, type Member, type TestApi } from '../setup/api.ts';
import { confirmAll, drawn, poolOf, expertGiven, requestOf } from '../setup/tenders/committees.ts';
import { entriesOf, NOTHING_STATED, worksScheme } from '../setup/tenders/evaluations.ts';
import { candidateTold } from '../setup/tenders/particulars.ts';
import { addTenderDocument, advance, at, bid, draftOf, handClock, type People } from '../setup/tenders/tender.ts';

const SCHEME = worksScheme({ abnormalLow: [{ of: 'mean', percent: '50' }] });
/** The first and the third are equal in points, price and technical marks. */
const PRICES = [340_000_000, 350_000_000, 340_000_000];

let api: TestApi;
let clock: ReturnType<typeof handClock>;
let purchaser: Member;
let suppliers: Member[];
let everyExpert: Member[];
let members: Member[];
let bidIds: string[];
let names: readonly { readonly name: string }[];
let base: string;

const call = (member: Member, method: string, path: string, json?: unknown): Promise<Answered> =>
  member.call(method, `${base}${path}`, { ...(json === undefined ? {} : { json }), key: null });
const paths = (answer: Answered): string[] => (answer.get('items') as { path: string }[]).map(({ path }) => path);

/** What an opening leaves of a bid: its parts, one of them blind. Its price is decided by the members. */
async function opened(procurementId: string, bidId: string, n: number): Promise<void> {
  const files = [
    ['资格文件.pdf', `资格 ${n}`],
    ['暗标/甲公司方案.PDF', `方案 ${n}`],
    ['price/报价.pdf', `报价 ${n}`],
  ] as const;
  const parts = await Promise.all(
    files.map(async ([path, text], no) => {
      const { sha256, size } = await api.db.blobs.store(Readable.from([Buffer.from(text)]), 1_000);
      return { bidId, no, path, mediaType: 'application/pdf', size, sha256 };
    }),
  );
  const outcome = { state: 'opened', manifest: null, reasonZh: null, reasonEn: null } as const;
  await api.db.transaction(async (tx) => {
    await tx.q.insert(unsealings).values({ ...outcome, custodians: [], bidId, procurementId, lotNo: 1, at: tx.now });
    await tx.q.insert(bidParts).values(parts);
  });
}

const leaderIs = (): Member => members[0] as Member;

/** Everything in one tender: each step rests on the one before. */
beforeAll(async () => {
  clock = handClock('2026-03-01T09:00+08:00');
  api = await startTestApi({ database: { machineClock: clock.read }, deps: { realNow: clock.read } });
  purchaser = await api.member('purchaser');
  suppliers = await Promise.all([1, 2, 3].map(() => api.member('supplier')));
  everyExpert = [];
  for (let n = 0; n < 8; n += 1) everyExpert.push(await api.member('expert'));
});
afterAll(() => api[Symbol.asyncDispose]());

describe('a lot that is evaluated over HTTP', () => {
  it('has its scheme stated in the draft: kept as typed, checked, pinned with the launch, public with the documents', async () => {
    const draft = draftOf('tendering', purchaser.organisationId);
    clock.set(draft.noticeAt - 86_400_000);
    const actor = { ...purchaser, address: null, requestId: null };
    const asPurchaser = {
      ...{ accountId: actor.accountId, organisationId: actor.organisationId, role: 'purchaser' },
      ...{ address: null, requestId: null },
    };
    const { id } = await api.db.transaction((tx) => createDraft(tx, asPurchaser, draft));
    base = `/api/procurements/${id}/lots/1`;
    const templates = await api.call('GET', '/api/law/schemes?regime=tendering&noticeAt=2026-03-27');
    expect((templates.get('items') as { method: string }[]).map(({ method }) => method)).toEqual([
      'lowest-evaluated',
      'comprehensive',
    ]);
    const state = (scheme: object) => call(purchaser, 'PUT', '/scheme', { scheme, statements: NOTHING_STATED });
    const light = await state({ ...SCHEME, total: '90' });
    expect([light.status, light.get('violations.0.rule')]).toEqual([200, 'works-quantify-same-base']);
    await addTenderDocument(api.db, asPurchaser, id);
    const launch = () => purchaser.call('POST', `/api/procurements/${id}/launch`);
    const refused = await launch();
    const blocking = (refused.get('violations') as { rule: string; severity: string }[]).filter(
      ({ severity }) => severity === 'block',
    );
    expect([refused.status, ...blocking.map(({ rule }) => rule)]).toEqual([422, 'works-quantify-same-base']);
    const kept = await state(SCHEME);
    expect((kept.get('violations') as { severity: string }[]).filter(({ severity }) => severity === 'block')).toEqual(
      [],
    );
    expect((await launch()).status).toBe(200);
    expect((await state(SCHEME)).get('code')).toBe('forbidden');
    clock.set(draft.noticeAt);
    await advance(api.db, id);
    expect((await api.call('GET', `${base}/scheme`)).get('hash')).toBe(kept.get('hash'));
    const amended = (change: object, affectsBids = true) =>
      purchaser.call('POST', `/api/procurements/${id}/amendments`, {
        json: {
          ...{ textZh: '评标办法修改如下。', affectsBids },
          schemes: [{ lotNo: 1, scheme: { ...SCHEME, ...change }, statements: NOTHING_STATED }],
        },
      });
    expect((await amended({}, false)).get('violations.0.field')).toBe('affectsBids');
    expect((await amended({ total: '90' })).status).toBe(422);
    expect((await amended({ digits: 3 })).status).toBe(200);
    expect(((await api.call('GET', `${base}/scheme/versions`)).get('items') as unknown[]).length).toBe(2);

    const who: People = {
      purchaser: await organisationById(api.db.read, purchaser.organisationId),
      suppliers: await Promise.all(suppliers.map((each) => organisationById(api.db.read, each.organisationId))),
      asPurchaser,
      asSupplier: (index) => ({
        ...asPurchaser,
        ...{ accountId: String(suppliers[index]?.accountId), role: 'supplier' },
        organisationId: String(suppliers[index]?.organisationId),
      }),
    };
    const given = everyExpert.map(({ username }, n) => expertGiven(n + 1, { name: `评审专家${username}` }));
    const poolId = await poolOf(api.db, purchaser.organisationId, given);
    await api.db.transaction(async (tx) => {
      for (const [n, { accountId }] of everyExpert.entries())
        await tx.q
          .update(expertRows)
          .set({ accountId })
          .where(eq(expertRows.number, `E${n + 1}`));
    });
    clock.set('2026-04-17T09:00+08:00');
    const request = requestOf(poolId, [purchaser.accountId], at('2026-04-20T14:00+08:00'), {
      groups: [{ field: 'A08', seats: 6 }],
    });
    const draw = await drawn(api.db, who, { id }, request);
    await confirmAll(api.db, draw);
    bidIds = [];
    for (const index of [0, 1, 2]) bidIds.push((await bid(api.db, who, index, id)).id);
    clock.set('2026-04-20T09:00+08:00');
    await advance(api.db, id);
    names = who.suppliers;
    for (const [n, bidId] of bidIds.entries()) await opened(id, bidId, n);
    const sits = await Promise.all(
      everyExpert.map(async (expert) => (await call(expert, 'GET', '/evaluation')).status === 200),
    );
    members = [...everyExpert.filter((_, n) => sits[n]), purchaser];
    expect(members).toHaveLength(7);
  });

  it('nobody else acts in it, and nobody before stating that there is no conflict', async () => {
    const outside = everyExpert.find((expert) => !members.includes(expert)) as Member;
    const entries = entriesOf(SCHEME, 'review', '0');
    const mark = (member: Member) => call(member, 'PUT', `/sheets/${bidIds[0]}`, { entries });
    const stranger = await mark(outside);
    expect([stranger.status, stranger.get('violations.0.rule')]).toEqual([422, 'works-committee-min']);
    expect((await mark(suppliers[0] as Member)).status).toBe(403);
    expect((await mark(leaderIs())).get('violations.0.rule')).toBe('works-bar-interest');
    expect((await call(leaderIs(), 'GET', '/evaluation')).get('sheets')).toEqual([]);
    for (const member of members) {
      const stated = await call(member, 'POST', '/evaluation/conflicts', { bidIds: [] });
      expect(stated.get('recused')).toBe(false);
    }
    expect((await mark(leaderIs())).status).toBe(200);
  });

  it('a blind part is read by number, under neutral names, apart from the rest of its bid', async () => {
    const first = leaderIs();
    const place = { procurementId: String(base.split('/')[3]), lotNo: 1 };
    const { numbering } = await evaluationOf({ q: api.db.read, committees: api.db.committees }, place, api.db.now());
    const blindId = String(numbering?.bids.find(({ bidId }) => bidId === bidIds[0])?.blindId);
    const rest = await call(first, 'GET', `/evaluation/bids/${bidIds[0]}/parts`);
    expect(rest.get('items')).toMatchObject([
      { no: 0, path: '资格文件.pdf' },
      { no: 1, path: 'price/报价.pdf' },
    ]);
    expect((await call(first, 'GET', `/evaluation/bids/${bidIds[0]}/parts/2`)).status).toBe(404);
    const part = await call(first, 'GET', `/evaluation/bids/${blindId}/parts`);
    expect(part.get('items')).toMatchObject([{ no: 0, path: '暗标/1.pdf' }]);
    for (const told of ['甲公司', String(bidIds[0])]) expect(part.text).not.toContain(told);
    const file = await call(first, 'GET', `/evaluation/bids/${blindId}/parts/0`);
    expect([file.status, file.text]).toEqual([200, '方案 0']);
    expect(decodeURIComponent(String(file.headers.get('content-disposition')))).not.toContain('甲公司');
    const price = await call(first, 'GET', `/evaluation/bids/${bidIds[0]}/parts/1`);
    expect([price.status, price.get('violations.0.field')]).toEqual([422, 'file']);
    // Neither id is of use for the other's items.
    const technical = entriesOf(SCHEME, 'technical', '1');
    const byBid = await call(first, 'PUT', `/sheets/${bidIds[0]}`, { entries: technical });
    expect([byBid.status, byBid.get('violations.0.field')]).toEqual([422, 'entries[0]']);
    const byNumber = await call(first, 'PUT', `/sheets/${blindId}`, { entries: entriesOf(SCHEME, 'review', '0') });
    expect([byNumber.status, byNumber.get('violations.0.given')]).toEqual([422, blindId]);
    expect(byNumber.text).not.toContain(bidIds[0]);
  });

  it('members mark alone, sign each part by password, and see the others and the prices only then', async () => {
    const [first, second] = members as [Member, Member];
    const sheet = (member: Member, bidId: string, entries: readonly Entry[]) =>
      call(member, 'PUT', `/sheets/${bidId}`, { entries });
    // Only the platform knows which number is which bid.
    const place = { procurementId: String(base.split('/')[3]), lotNo: 1 };
    const { numbering } = await evaluationOf({ q: api.db.read, committees: api.db.committees }, place, api.db.now());
    const numberOf = (bidId: string) => String(numbering?.bids.find((each) => each.bidId === bidId)?.blindId);
    const blindIds = bidIds.map(numberOf);
    const own = (view: Answered) => view.get('sheets') as { bidId: string; entries: { item: string }[] }[];
    const told: string[] = [];
    const over = await sheet(first, String(bidIds[0]), [{ item: 'responds', passes: true }]);
    expect(over.get('violations.0.rule')).toBe('works-unlisted-criteria');
    for (const part of ['review', 'technical', 'commercial'] as const) {
      for (const [n, member] of members.entries()) {
        for (const [index, bidId] of bidIds.entries()) {
          const id = part === 'technical' ? numberOf(bidId) : bidId;
          const marked = await sheet(member, id, entriesOf(SCHEME, part, ['18', '16', '18'][index] ?? '0'));
          expect([marked.status, marked.get('bidId')]).toEqual([200, id]);
          if (part === 'technical') told.push(marked.text);
        }
        const sign = (password: string) => call(member, 'POST', `/evaluation/parts/${part}/signature`, { password });
        if (n === 0) expect((await sign('not the password')).status).toBe(401);
        if (part === 'technical') {
          const blind = await call(member, 'GET', '/evaluation');
          expect(blind.get('blind.secret')).toBeNull();
          expect(blind.get('blind.bids')).toEqual(
            blindIds.toSorted().map((blindId, index) => ({ number: index + 1, blindId, bidId: null })),
          );
          expect(blind.get('parts.1.bidIds')).toEqual(blindIds.toSorted());
          for (const { bidId, entries } of own(blind))
            expect(entries.map(({ item }) => item.startsWith('technical-'))).toEqual(
              entries.map(() => blindIds.includes(bidId)),
            );
          const ordered = own(blind).flatMap(({ bidId }) => (blindIds.includes(bidId) ? [bidId] : []));
          expect(ordered).toEqual(ordered.toSorted());
          expect(
            (blind.get('bids') as { supplier: string | null; priceFen: number | null }[]).map(
              ({ supplier, priceFen }) => [supplier, priceFen],
            ),
          ).toEqual(bidIds.map(() => [null, null]));
          for (const { name } of names) expect(blind.text).not.toContain(name);
        }
        const before = await call(second, 'GET', '/evaluation');
        const seen = new Set((before.get('sheets') as { memberId: string }[]).map(({ memberId }) => memberId));
        if (part === 'review') expect([...seen].every((id) => id === before.get('memberId'))).toBe(true);
        expect((await sign(member.password)).status).toBe(200);
      }
    }
    for (const bidId of bidIds) expect(told.join()).not.toContain(bidId);
    // Who reads the trail and guesses the marks does not find that he has guessed them.
    const trail = await auditAfter(api.db.read, 0, 10_000);
    const recorded = trail.filter(({ action }) => action === 'evaluation.part').map(({ detail }) => detail['hash']);
    expect(new Set(recorded).size).toBe(members.length * 3);
    const asked = await call(first, 'GET', '/evaluation');
    const items = new Set(entriesOf(SCHEME, 'review', '0').map(({ item }) => item));
    const known = (asked.get('sheets') as MarkSheet[]).filter(({ memberId }) => memberId === asked.get('memberId'));
    const guessed = (asked.get('parts.0.bidIds') as string[]).map((bidId) => ({
      ...{ memberId: asked.get('memberId'), bidId },
      entries: known.find((each) => each.bidId === bidId)?.entries.filter(({ item }) => items.has(item)),
    }));
    expect(recorded).not.toContain(canonicalHash(guessed));
    const view = await call(first, 'GET', '/evaluation');
    expect((view.get('parts') as { closed: boolean }[]).map(({ closed }) => closed)).toEqual([true, true, true]);
    expect(new Set((view.get('sheets') as { memberId: string }[]).map(({ memberId }) => memberId)).size).toBe(7);
    expect((await sheet(first, String(bidIds[0]), entriesOf(SCHEME, 'technical', '1'))).get('violations.0.rule')).toBe(
      'works-all-sign',
    );
    expect(paths(await call(first, 'GET', `/evaluation/bids/${bidIds[0]}/parts`))).toEqual([
      '资格文件.pdf',
      '暗标/甲公司方案.PDF',
      'price/报价.pdf',
    ]);
  });

  it('which number is which bid is shown after the technical marks are signed, as it was committed to before', async () => {
    const blind = (await call(leaderIs(), 'GET', '/evaluation')).get('blind') as {
      commitment: string;
      secret: string;
      bids: { number: number; blindId: string; bidId: string }[];
    };
    const hmac = (bidId: string) => createHmac('sha256', blind.secret).update(bidId).digest('hex').slice(0, 32);
    expect(blind.bids.map(({ bidId }) => bidId).toSorted()).toEqual(bidIds.toSorted());
    for (const { blindId, bidId } of blind.bids) {
      const [own, made] = [blindId.replaceAll('-', ''), hmac(bidId)];
      // The digits of the version and of the variant are a UUID's own.
      expect(own.replace(/^(.{12}).(...)./, '$1$2')).toBe(made.replace(/^(.{12}).(...)./, '$1$2'));
    }
    expect(blind.bids.map(({ number }) => number)).toEqual([1, 2, 3]);
    expect(blind.bids.map(({ blindId }) => blindId)).toEqual(blind.bids.map(({ blindId }) => blindId).toSorted());
    const trail = await auditAfter(api.db.read, 0, 10_000);
    const committed = trail.find(({ action }) => action === 'evaluation.blind-numbers');
    const read = trail.find(({ action }) => action === 'evaluation.read-bid');
    expect(committed?.detail).toMatchObject({ commitment: createHash('sha256').update(blind.secret).digest('hex') });
    expect(committed?.seq).toBeLessThan(read?.seq ?? 0);
  });

  it('they elect a leader, decide by majority, and sign: one dissents, one says nothing', async () => {
    const first = leaderIs();
    const memberId = (await call(first, 'GET', '/evaluation')).get('memberId');
    for (const member of members.slice(0, 4)) await call(member, 'POST', '/evaluation/leader', { memberId });
    for (const [index, bidId] of bidIds.entries()) {
      const motion = { on: 'price', bidId, priceFen: PRICES[index] };
      const moved = await call(first, 'POST', '/evaluation/motions', { motion });
      const motionId = String((moved.get('motions') as { id: string }[]).at(-1)?.id);
      for (const member of members.slice(1, 5))
        await call(member, 'POST', `/evaluation/motions/${motionId}/vote`, { yes: true });
      expect((await call(first, 'POST', `/evaluation/motions/${motionId}/vote`, { yes: true })).status).toBe(409);
    }
    // What is left to chance nobody types.
    const typed = { motion: { on: 'draw', bidIds: [bidIds[2], bidIds[0]] } };
    expect((await call(first, 'POST', '/evaluation/motions', typed)).get('code')).toBe('bad-input');
    const settled = await call(first, 'GET', '/evaluation');
    expect((settled.get('outcome.ties.0.bidIds') as string[]).toSorted()).toEqual(
      [String(bidIds[0]), String(bidIds[2])].toSorted(),
    );
    expect([settled.get('leader'), settled.get('outcome.pending')]).toEqual([memberId, []]);
    expect((await call(first, 'POST', '/evaluation/answers', { key: 'none', reasonZh: '没有' })).status).toBe(404);
    const asked = await call(members[1] as Member, 'POST', '/evaluation/requests', {
      on: 'low-price',
      bidId: bidIds[0],
      minutes: 30,
    });
    expect(asked.status).toBe(422);
    const request = { on: 'low-price', bidId: bidIds[1], minutes: 30 };
    expect((await call(first, 'POST', '/evaluation/requests', request)).status).toBe(200);
    const seenBy = (supplier: number) =>
      suppliers[supplier]?.call('GET', `${base}/bids/${bidIds[1]}/requests`) as Promise<Answered>;
    expect([(await seenBy(0)).status, (await seenBy(1)).get('items.0.on')]).toEqual([404, 'low-price']);
    const asks = { reasonZh: '投标文件较多' };
    for (const member of members.slice(0, 3)) await call(member, 'POST', '/evaluation/time-requests', asks);
    const until = { until: '2026-04-21T18:00:00+08:00' };
    const extend = (who: Member) => who.call('POST', `${base}/evaluation/extension`, { json: until });
    expect((await extend(suppliers[0] as Member)).status).toBe(403);
    expect((await extend(purchaser)).get('until')).toBe(until.until);
    expect((await call(first, 'GET', '/evaluation')).get('moreTime.until')).toBe(until.until);
    const explain = (member: Member) =>
      member.call('POST', `${base}/bids/${bidIds[1]}/explanation`, { json: { textZh: '自有设备。' } });
    expect([(await explain(suppliers[0] as Member)).status, (await explain(suppliers[1] as Member)).status]).toEqual([
      404, 200,
    ]);
    expect((await suppliers[1]?.call('GET', '/api/notifications'))?.text).toContain('bid.asked');
    const motion = { on: 'low-price', bidId: bidIds[1], reasonable: true, reasonZh: '说明可信' };
    const moved = await call(first, 'POST', '/evaluation/motions', { motion });
    const motionId = String((moved.get('motions') as { id: string }[]).at(-1)?.id);
    for (const member of members.slice(1, 4))
      await call(member, 'POST', `/evaluation/motions/${motionId}/vote`, { yes: true });
    for (const [n, member] of members.slice(0, 6).entries()) {
      const password = member.password;
      const json = n === 5 ? { as: 'dissent', reasonsZh: '第三家方案更优。', password } : { as: 'signed', password };
      expect((await call(member, 'POST', '/evaluation/signature', json)).status).toBe(200);
    }
    expect((await call(first, 'POST', '/evaluation/report', { details: [] })).get('code')).toBe('stage-conflict');
    expect((await call(members[1] as Member, 'POST', '/evaluation/closing', { minutes: 30 })).status).toBe(422);
    const ended = await call(first, 'POST', '/evaluation/closing', { minutes: 30 });
    expect(ended.status, ended.text).toBe(200);
    // Until then the others can still sign, or dissent.
    expect((await call(first, 'POST', '/evaluation/report', { details: [] })).get('code')).toBe('stage-conflict');
    clock.set(clock.read() + 30 * 60_000 + 1);
  });

  it('the report comes from the marks, and each bidder recomputes its own score after the award', async () => {
    const details = bidIds.map((bidId) => ({ bidId, ...candidateTold() }));
    const made = await call(leaderIs(), 'POST', '/evaluation/report', { details });
    expect(made.status, made.text).toBe(200);
    const report = await call(purchaser, 'GET', '/report');
    expect([report.get('made'), report.get('committee'), report.get('documentId')]).toEqual([
      'here',
      null,
      made.get('documentId'),
    ]);
    const page = await purchaser.call(
      'GET',
      `/api/procurements/${base.split('/')[3]}/documents/${String(made.get('documentId'))}/content`,
    );
    expect(page.headers.get('content-sha256')).toBe(made.get('sha256'));
    expect(page.text).toContain('第三家方案更优。');
    expect(page.text).not.toContain('评审专家');
    expect(page.text).toContain('暗标编号');
    expect(page.text).toContain('随机抽取');
    const own = suppliers[0] as Member;
    expect((await call(own, 'GET', '/score-sheet')).get('details.reason')).toBe('before-award');
    clock.set('2026-04-27T09:00+08:00');
    await advance(api.db, String(base.split('/')[3]), 1);
    const [best] = report.get('candidates') as { bidId: string }[];
    const award = { bidId: best?.bidId, ground: null, reasonZh: null };
    expect((await purchaser.call('POST', `${base}/award`, { json: award })).status).toBe(200);
    const sheet = await call(own, 'GET', '/score-sheet');
    expect(sheet.status).toBe(200);
    expect(verifySheet(sheet.get('sheet') as ScoreSheet).faults).toEqual([]);
    expect(sheet.text).not.toContain(String(bidIds[1]));
    // The tie is in the sheets of both, by the hashes that the record of the opening has; the third is told of none.
    const sheets = await Promise.all(
      suppliers.map(async (each) => (await call(each, 'GET', '/score-sheet')).get('sheet') as ScoreSheet),
    );
    const recorded = (await api.call('GET', `${base.slice(0, -'/lots/1'.length)}/opening`)).get('items.0.entries') as {
      bidId: string;
      sha256: string;
    }[];
    const fileOf = (bidId: string) => String(recorded.find((each) => each.bidId === bidId)?.sha256);
    const candidates = report.get('candidates') as { bidId: string; rank: number; tieZh?: string }[];
    const equal = candidates.filter(({ tieZh }) => tieZh !== undefined);
    expect(equal.map(({ bidId }) => bidId).toSorted()).toEqual([String(bidIds[0]), String(bidIds[2])].toSorted());
    for (const [place, { bidId, rank, tieZh }] of equal.entries()) {
      const tied = sheets.find(({ bid: { bidId: of } }) => of === bidId);
      expect([rank, tied?.rank, tied?.tie?.file]).toEqual([place + 1, place + 1, fileOf(bidId)]);
      expect(tied?.tie?.among).toEqual(equal.map((each) => fileOf(each.bidId)));
      expect(tied?.tie?.terms.bids.map(({ file }) => file)).toEqual(recorded.map(({ sha256 }) => sha256).toSorted());
      expect(tieZh).toContain('随机抽取');
    }
    expect(sheets[1]?.tie).toBeNull();
    const trail = (await auditAfter(api.db.read, 0, 10_000)).filter(({ action }) => action.startsWith('evaluation.'));
    for (const { accountId } of everyExpert) expect(JSON.stringify(trail)).not.toContain(accountId);
    // The purchaser extends the time in its own name, as it runs the tender. What a member or a bidder does has no address here.
    const logged = api
      .log()
      .split('\n')
      .flatMap((line) => (line === '' ? [] : [JSON.parse(line) as { readonly req?: { readonly path?: string } }]))
      .flatMap(({ req }) => req?.path ?? []);
    expect(logged).toContain('(bidders)');
    const ofEvaluation = logged.filter((path) => /\/(evaluation|sheets|score-sheet|bids)(\/|$)/.test(path));
    expect(ofEvaluation).toEqual([`${base}/evaluation/extension`, `${base}/evaluation/extension`]);
    for (const { accountId, username } of [...everyExpert, ...suppliers]) {
      expect(api.log()).not.toContain(accountId);
      expect(api.log()).not.toContain(username);
    }
  });
});
