import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { bankSignature } from '../../imports/bank/signature.ts';
import { recordObtained } from '../../services/documents/obtain.ts';
import { fileGrievance } from '../../services/grievances/file.ts';
import { replyToGrievance } from '../../services/grievances/reply.ts';
import { requestCorrection } from '../../services/organisations/correct.ts';
import { submitBid } from '../../services/bids/submit.ts';
import { withdrawBid } from '../../services/bids/withdraw.ts';
import { actorOf, advance, fileOf } from '../setup/tenders/tender.ts';
import { organisationById } from '../../db/organisations.ts';
import { formatInstant, parseInstant } from '../../domain/civil-time.ts';
import type { Role } from '../../domain/roles.ts';
import { refundSubject } from '../../domain/subjects.ts';
import { createAdvance } from '../../services/tender/advance.ts';
import { MEMBER_ROLES, startTestApi, type Answered, type Member, type TestApi } from '../setup/api.ts';
import { draftOf, tenderAt } from '../setup/tenders/tenders.ts';
import { workbook } from '../setup/tenders/workbook.ts';

const DEADLINE = parseInstant('2026-04-01T09:30:00+08:00');
const SECRET = 'a secret of the bank, long enough for a test';
const BOND = 20_000_00;

interface Bidding extends AsyncDisposable {
  readonly api: TestApi;
  readonly tender: string;
  readonly purchaser: Member;
  readonly centre: Member;
  readonly suppliers: Member[];
  readonly setNow: (ms: number) => void;
  /** A notification of the bank, correctly signed unless something else is given. */
  readonly tell: (body: Record<string, unknown>, headers?: Record<string, string>) => Promise<Answered>;
  readonly reference: (supplier: Member) => Promise<string>;
}

async function bidding(change: Parameters<typeof draftOf>[1] = {}, from = DEADLINE - 86_400_000): Promise<Bidding> {
  let now = from;
  const api = await startTestApi({
    settings: {
      bankSecret: SECRET,
      depositAccount: { holder: '某市公共资源交易中心', bank: '某银行某支行', number: '6222000011112222' },
    },
    database: { machineClock: () => now },
    deps: { realNow: () => now },
  });
  const purchaser = await api.member('purchaser');
  const tender = await tenderAt(
    api.db,
    'bidding',
    draftOf(
      { purchaserId: purchaser.organisationId },
      {
        lots: [{ no: 1, title: '施工', budgetFen: 1_000_000_00, bidBondFen: BOND }],
        ...change,
      },
    ),
  );
  const suppliers = [await api.member('supplier', '甲公司'), await api.member('supplier', '乙公司')];
  return {
    api,
    tender,
    purchaser,
    centre: await api.member('centre'),
    suppliers,
    setNow: (ms) => (now = ms),
    tell: (body, headers) => {
      const timestamp = String(Math.floor(now / 1000));
      const sent = JSON.stringify(body);
      return api.call('POST', '/api/deposits/callback', {
        key: null,
        body: sent,
        headers: {
          'content-type': 'application/json',
          'x-bank-timestamp': timestamp,
          'x-bank-signature': bankSignature(SECRET, timestamp, sent),
          ...headers,
        },
      });
    },
    reference: async (supplier) => String((await supplier.call('GET', own(tender))).get('reference')),
    [Symbol.asyncDispose]: () => api[Symbol.asyncDispose](),
  };
}

interface Clue {
  readonly kind: string;
  readonly organisations: readonly { readonly name: string }[];
  readonly rule: { readonly article: string } | null;
}

const own = (tender: string): string => `/api/procurements/${tender}/lots/1/deposit`;
const payment = (transactionId: string, text: string, change: Record<string, unknown> = {}) => ({
  transactionId,
  text,
  amountFen: BOND,
  payer: '甲公司',
  arrivedAt: formatInstant(DEADLINE - 90_000_000),
  ...change,
});

/** One of its own people corrects the name of an organisation. */
const rename = ({ db }: TestApi, { accountId, organisationId, role }: Member, name: string) =>
  db.transaction(async (tx) => {
    const actor = { ...actorOf(await organisationById(tx.q, organisationId), role), accountId };
    return requestCorrection(tx, actor, organisationId, { name, reasonZh: '登记有误' });
  });

describe('a bidder pays its deposit', () => {
  it('quotes the reference that is its own, and sees that the money is there', async () => {
    await using place = await bidding({ depositDecides: true });
    const { tender, suppliers, tell, reference } = place;
    const [one, two] = suppliers as [Member, Member];
    const asked = await one.call('GET', own(tender));
    expect(asked.body).toMatchObject({
      amountFen: BOND,
      forms: ['transfer', 'guarantee', 'insurance'],
      decides: true,
      account: { holder: '某市公共资源交易中心', number: '6222000011112222' },
      bidDeadline: formatInstant(DEADLINE),
      standing: { held: false, amountFen: 0, form: null, faults: [] },
      deposits: [],
    });
    expect(await reference(one)).toBe(asked.get('reference'));
    expect(await reference(two)).not.toBe(asked.get('reference'));
    expect((await tell(payment('T1', `保证金 ${await reference(one)}`))).body).toEqual({ outcome: 'matched' });
    expect((await tell(payment('T1', `保证金 ${await reference(one)}`))).body).toEqual({ outcome: 'duplicate' });
    const held = await one.call('GET', own(tender));
    expect(held.get('standing')).toEqual({ held: true, amountFen: BOND, form: 'transfer', faults: [] });
    expect(held.get('deposits')).toHaveLength(1);
    expect(held.get('deposits.0.refund')).toEqual({ why: 'undecided', rule: null, dueAt: null, overdue: false });
    expect((await two.call('GET', own(tender))).get('deposits')).toEqual([]);
  });

  it('too little, or too late by the bank’s instant, is shown only to the bidder', async () => {
    await using place = await bidding();
    const { tender, suppliers, tell, reference, setNow } = place;
    const [one] = suppliers as [Member];
    await tell(payment('T1', await reference(one), { amountFen: BOND - 1 }));
    expect((await one.call('GET', own(tender))).get('standing.faults.0')).toMatchObject({
      fault: 'short',
      zh: '部分到账：已到 19999.99 元，要求 20000 元',
    });
    setNow(DEADLINE);
    expect((await tell(payment('T2', await reference(one), { arrivedAt: formatInstant(DEADLINE) }))).body).toEqual({
      outcome: 'matched',
    });
    const { body } = await one.call('GET', own(tender));
    expect(body).toMatchObject({ standing: { held: false, amountFen: BOND - 1 } });
  });

  it('while an objection suspends the deadline, what arrives after the old one is not late (招标投标法实施条例 22)', async () => {
    // Objections to the documents are made ten days before the deadline.
    await using place = await bidding({ depositDecides: true }, DEADLINE - 12 * 86_400_000);
    const { api, tender, suppliers, purchaser, tell, reference, setNow } = place;
    const [one, two] = suppliers as [Member, Member];
    const actorFor = async ({ organisationId, role }: Member) =>
      actorOf(await organisationById(api.db.read, organisationId), role);
    const objector = await actorFor(two);
    expect((await one.call('GET', own(tender))).get('suspended')).toBeNull();
    const { id: grievanceId } = await api.db.transaction(async (tx) => {
      const { organisationId } = two;
      await recordObtained(tx, objector, tender, organisationId);
      const about = { procurementId: tender, lotNo: 0, target: 'documents', textZh: '理由见附件' } as const;
      return fileGrievance(tx, objector, { ...about, organisationId });
    });
    const before = await one.call('GET', own(tender));
    expect(before.get('suspended.zh')).toBe('投标截止时间暂停计算，恢复后另行确定');
    setNow(DEADLINE + 3_600_000);
    await tell(payment('T1', await reference(one), { arrivedAt: formatInstant(DEADLINE + 60_000) }));
    const during = await one.call('GET', own(tender));
    expect(during.body).toMatchObject({
      standing: { held: true, amountFen: BOND, form: 'transfer', faults: [] },
      suspended: {
        zh: '投标截止时间暂停计算，恢复后另行确定；暂停期间收到的，在新的截止时间前到账即为按时',
        en: expect.stringContaining('counts if it came before the new deadline') as string,
      },
    });
    // Once the clock runs again the new deadline decides, and the payment was before it.
    const reply = { outcome: 'rejected', effect: 'none', textZh: '答复如下' } as const;
    const replier = await actorFor(purchaser);
    await api.db.transaction((tx) => replyToGrievance(tx, replier, grievanceId, reply));
    const after = await one.call('GET', own(tender));
    expect(after.body).toMatchObject({ standing: { held: true, faults: [] }, suspended: null });
    expect(parseInstant(String(after.get('bidDeadline')))).toBeGreaterThan(DEADLINE + 3_600_000);
  });

  it('the bank alone is believed: other signatures, other bytes, old messages and other figures are refused', async () => {
    await using place = await bidding();
    const { suppliers, tell, reference, setNow } = place;
    const text = await reference((suppliers as [Member])[0]);
    for (const headers of [
      { 'x-bank-signature': 'f'.repeat(64) },
      { 'x-bank-signature': '' },
      { 'x-bank-timestamp': '1' },
    ]) {
      const refused = await tell(payment('T1', text), headers);
      expect([refused.status, refused.get('code')]).toEqual([401, 'unauthenticated']);
    }
    const stale = String(Math.floor((DEADLINE - 86_400_000) / 1000));
    const sent = JSON.stringify(payment('T1', text));
    setNow(DEADLINE - 86_400_000 + 301_000);
    const late = await place.api.call('POST', '/api/deposits/callback', {
      key: null,
      body: sent,
      headers: {
        'content-type': 'application/json',
        'x-bank-timestamp': stale,
        'x-bank-signature': bankSignature(SECRET, stale, sent),
      },
    });
    expect(late.status).toBe(401);
    expect((await tell(payment('T1', text))).status).toBe(200);
    expect((await tell(payment('T1', text, { amountFen: BOND + 1 }))).get('code')).toBe('already-exists');
    const ahead = payment('T9', text, { arrivedAt: formatInstant(DEADLINE + 1) });
    expect((await tell(ahead)).get('code')).toBe('bad-input');
  });

  it('forgot the reference: it claims what it paid, and nobody can claim what another paid', async () => {
    await using place = await bidding();
    const { tender, suppliers, centre, tell } = place;
    const [one, two] = suppliers as [Member, Member];
    expect((await tell(payment('T1', '投标保证金'))).body).toEqual({ outcome: 'unmatched' });
    const listed = await centre.call('GET', '/api/deposits/unmatched');
    expect(listed.get('items')).toMatchObject([{ transactionId: 'T1', source: 'callback' }]);
    expect(listed.text).not.toContain('甲公司');
    expect(listed.text).not.toContain(String(BOND));
    const claim = (who: Member, amountFen: number) =>
      who.call('POST', `${own(tender)}/claim`, { json: { transactionId: 'T1', amountFen } });
    expect((await claim(two, BOND)).status).toBe(404);
    expect((await claim(one, BOND - 1)).status).toBe(404);
    expect((await claim(one, BOND)).get('arrivedAt')).toBe(formatInstant(DEADLINE - 90_000_000));
    expect((await claim(one, BOND)).status).toBe(404);
    expect((await one.call('GET', own(tender))).get('standing.held')).toBe(true);
    expect((await centre.call('GET', '/api/deposits/unmatched')).get('items')).toEqual([]);
  });

  it('a payment under its name as the bank writes it, or under its former one, is its own; one that is merely alike is not', async () => {
    await using place = await bidding();
    const { api, tender, suppliers, tell } = place;
    const [one, two] = suppliers as [Member, Member];
    const claim = (who: Member, transactionId: string) =>
      who.call('POST', `${own(tender)}/claim`, { json: { transactionId, amountFen: BOND } });
    await rename(api, one, 'Jia（南昌）公司');
    for (const payer of ['甲公司', 'JIA (南昌) 公司', 'Jia（南昌）分公司', '甲公司二部']) {
      expect((await tell(payment(payer, '投标保证金', { payer }))).body).toEqual({ outcome: 'unmatched' });
    }
    for (const payer of ['甲公司', 'JIA (南昌) 公司']) {
      expect((await claim(two, payer)).status).toBe(404);
      expect((await claim(one, payer)).status, payer).toBe(201);
    }
    for (const payer of ['Jia（南昌）分公司', '甲公司二部']) expect((await claim(one, payer)).status).toBe(404);
    // Whose name it is now is not who had it before, nor who is called nearly so.
    const [newer, wide] = [await api.member('supplier', '甲公司'), await api.member('supplier', '乙  公司')];
    await tell(payment('T8', '投标保证金', { payer: '甲公司' }));
    await tell(payment('T9', '投标保证金', { payer: '乙公司' }));
    expect([(await claim(one, 'T8')).status, (await claim(newer, 'T8')).status]).toEqual([404, 201]);
    expect([(await claim(wide, 'T9')).status, (await claim(two, 'T9')).status]).toEqual([404, 201]);
  });

  it('hands in a guarantee, which must hold as long as the bids do (招标投标法实施条例 26)', async () => {
    await using place = await bidding();
    const { tender, suppliers } = place;
    const [one] = suppliers as [Member];
    // 90 days from 1 April: to the end of 30 June.
    const guarantee = (validUntil: string) =>
      one.call('POST', `${own(tender)}/guarantee`, {
        json: { form: 'guarantee', transactionId: 'G-1', issuer: '某银行', amountFen: BOND, validUntil },
      });
    const short = await guarantee('2026-06-29T23:59:59+08:00');
    expect([short.status, short.get('details.rule')]).toEqual([422, 'works-bid-bond-validity']);
    expect((await guarantee('2026-06-30')).status).toBe(201);
    expect((await guarantee('2026-06-30T00:00:00+08:00')).get('code')).toBe('already-exists');
    expect((await one.call('GET', own(tender))).get('standing')).toMatchObject({ held: true, form: 'guarantee' });
  });
});

describe('whose a guarantee is, its issuer or the centre says: nobody’s entry decides about another’s', () => {
  const particulars = {
    form: 'guarantee',
    transactionId: 'G-1',
    issuer: '某银行',
    amountFen: BOND,
    validUntil: '2026-06-30',
  };
  const handsIn = (who: Member, tender: string, change: Record<string, unknown> = {}) =>
    who.call('POST', `${own(tender)}/guarantee`, { json: { ...particulars, ...change } });
  const shape = ({ status, body }: Answered) => [status, Object.keys(body as object)];

  it('a number that a rival sent first, or that the centre has on paper, is accepted all the same (招标投标法 22)', async () => {
    await using place = await bidding({ depositDecides: true });
    const { api, tender, suppliers, centre, purchaser, tell, reference, setNow } = place;
    const [one, two] = suppliers as [Member, Member];
    const third = await api.member('supplier', '丙公司');
    const squatted = await handsIn(two, tender);
    expect(shape(await handsIn(one, tender))).toEqual(shape(squatted));
    const paper = { ...particulars, reference: await reference(third) };
    expect((await centre.call('POST', '/api/deposits/guarantee', { json: paper })).status).toBe(201);
    expect((await one.call('GET', own(tender))).get('standing')).toMatchObject({ held: true, amountFen: BOND });
    expect((await one.call('GET', own(tender))).get('deposits')).toHaveLength(1);

    // The issuer confirms whose it is before the opening: the other learns nothing of it yet.
    const message = payment('G-1', await reference(one), { ...particulars, payer: null });
    const before = (await two.call('GET', own(tender))).text;
    expect((await tell({ ...message, issuer: null })).get('issues.0.field')).toBe('issuer');
    expect((await tell({ ...message, text: '保函' })).get('issues.0.field')).toBe('text');
    expect((await tell(message)).body).toEqual({ outcome: 'matched' });
    expect((await tell(message)).body).toEqual({ outcome: 'duplicate' });
    expect((await two.call('GET', own(tender))).text).toBe(before);
    expect((await one.call('GET', own(tender))).get('deposits.0.movements.0')).toMatchObject({ kind: 'confirmed' });
    for (const member of [one, two, third]) {
      const actor = actorOf(await organisationById(api.db.read, member.organisationId), 'supplier');
      const file = await fileOf(api.db, member.username);
      const bid = { procurementId: tender, lotNo: 1, supplierId: member.organisationId, file };
      await api.db.transaction((tx) => submitBid(tx, actor, bid));
    }
    setNow(DEADLINE);
    await advance(api.db, tender);
    const record = await api.call('GET', `/api/procurements/${tender}/opening`);
    const held = (record.get('items.0.entries') as { deposit: { held: boolean } }[]).map(({ deposit }) => deposit.held);
    expect(held).toEqual([true, false, false]);
    const shown = async () => {
      const { get } = await purchaser.call('GET', `/api/procurements/${tender}/deposits`);
      return (get('items') as { depositId: string; supplier: string; standing: unknown; conflicts: unknown[] }[]).sort(
        (a, b) => (a.supplier < b.supplier ? -1 : 1),
      );
    };
    const items = await shown();
    expect(items.map(({ conflicts }) => conflicts.length)).toEqual([2, 2, 2]);
    expect((await two.call('GET', own(tender))).get('standing')).toMatchObject({ held: false });
    // The centre corrects it: the last finding counts, and the paper is one bidder's.
    const paperId = items.find(({ supplier }) => supplier === '丙公司')?.depositId;
    const check = await centre.call('POST', `/api/deposits/${paperId}/check`, {
      json: { outcome: 'confirmed', reasonZh: '开立人来函更正' },
    });
    expect(check.status).toBe(200);
    const standing = async (name: string) => (await shown()).find(({ supplier }) => supplier === name)?.standing;
    expect(await standing('丙公司')).toMatchObject({ held: true });
    expect(await standing('甲公司')).toMatchObject({ held: false });
    expect(await standing('乙公司')).toMatchObject({ held: false });
  });

  it('its own entries a bidder replaces until the deadline: mistyped, extended, or another one', async () => {
    await using place = await bidding();
    const { tender, suppliers, setNow } = place;
    const [one, two] = suppliers as [Member, Member];
    const wrong = await handsIn(one, tender, { amountFen: BOND / 10 });
    expect((await one.call('GET', own(tender))).get('standing.faults.0.fault')).toBe('short');
    // The same paper, with the amount that is on it, and then extended by the bank.
    expect((await handsIn(one, tender)).status).toBe(201);
    const extended = await handsIn(one, tender, { transactionId: 'g 1', validUntil: '2026-07-31' });
    expect(extended.status).toBe(201);
    expect((await handsIn(one, tender, { transactionId: 'g 1', validUntil: '2026-07-31' })).get('code')).toBe(
      'already-exists',
    );
    const mine = await one.call('GET', own(tender));
    expect(mine.get('standing')).toMatchObject({ held: true, amountFen: BOND, faults: [] });
    const entries = mine.get('deposits') as { leftFen: number; movements: { kind: string }[] }[];
    expect(entries.map(({ leftFen, movements }) => [leftFen, ...movements.map(({ kind }) => kind)])).toEqual([
      [0, 'replaced'],
      [0, 'replaced'],
      [BOND],
    ]);
    // The number was wrong: the entry is named. Another's is not found, nor is one that was replaced before.
    const replaces = String(extended.get('depositId'));
    expect((await handsIn(two, tender, { transactionId: 'G-7', replaces })).status).toBe(404);
    expect(
      (await handsIn(one, tender, { transactionId: 'G-7', replaces: String(wrong.get('depositId')) })).status,
    ).toBe(404);
    expect((await handsIn(one, tender, { transactionId: 'G-7', replaces })).status).toBe(201);
    expect((await one.call('GET', own(tender))).get('standing')).toMatchObject({ held: true, amountFen: BOND });
    setNow(DEADLINE);
    expect(
      (await handsIn(one, tender, { transactionId: 'G-7', validUntil: '2026-08-31' })).status,
    ).toBeGreaterThanOrEqual(403);
  });
});

describe('the document of a guarantee', () => {
  const PAPER = Buffer.from('%PDF-1.7 独立保函 G-1');
  const guarantee = { form: 'guarantee', transactionId: 'G-1', issuer: '某银行', amountFen: BOND };
  const valid = { ...guarantee, validUntil: '2026-06-30T00:00:00+08:00' };

  it('is submitted by its bidder once, and read by nobody else before the opening (招标投标法 22)', async () => {
    await using place = await bidding();
    const { api, tender, suppliers, purchaser, setNow } = place;
    const [one, two] = suppliers as [Member, Member];
    const taken = await one.call('POST', `${own(tender)}/guarantee`, { json: valid });
    const depositId = String(taken.get('depositId'));
    const path = `${own(tender)}/${depositId}/document`;
    const read = `/api/deposits/${depositId}/document`;
    const upload = (who: Member, to: string, body: Buffer) =>
      who.call('POST', `${to}?name=${encodeURIComponent('保函.pdf')}`, {
        body,
        headers: { 'content-type': 'application/pdf' },
      });
    expect((await one.call('GET', path)).status).toBe(404);
    expect((await upload(two, path, PAPER)).status).toBe(404);
    expect((await upload(one, path, Buffer.alloc(20 * 1024 * 1024 + 1))).get('code')).toBe('file-too-large');
    const sha256 = createHash('sha256').update(PAPER).digest('hex');
    const document = { name: '保函.pdf', mediaType: 'application/pdf', sha256, size: PAPER.length };
    expect((await upload(one, path, PAPER)).body).toMatchObject(document);
    expect((await upload(one, path, PAPER)).get('code')).toBe('already-exists');
    expect((await one.call('GET', path)).headers.get('content-sha256')).toBe(sha256);
    expect((await one.call('GET', own(tender))).get('deposits.0.document')).toMatchObject(document);
    expect((await two.call('GET', path)).status).toBe(404);

    const members: Member[] = [purchaser];
    for (const role of MEMBER_ROLES) if (role !== 'purchaser') members.push(await api.member(role));
    const unknown = '01900000-0000-7000-8000-000000000000';
    for (const member of members) {
      const of = async (to: string) => {
        const { status, text } = await member.call('GET', to);
        return `${status} ${text.replaceAll(depositId, unknown).replace(/urn:kaibiao:request:[^"]+/, '')}`;
      };
      // One that is there and one that is not are answered alike.
      expect(await of(read), member.role).toBe(await of(read.replace(depositId, unknown)));
      expect(await of(read), member.role).toMatch(/^40[34]/);
      expect((await upload(member, read, PAPER)).status, member.role).toBeGreaterThanOrEqual(403);
      for (const list of [`/api/procurements/${tender}/documents`, `/api/audit?procurementId=${tender}`]) {
        expect((await member.call('GET', list)).text, `${member.role} ${list}`).not.toMatch(
          new RegExp(`${depositId}|${sha256}`),
        );
      }
    }

    for (const member of [...suppliers, await api.member('supplier', '丙公司')]) {
      const actor = actorOf(await organisationById(api.db.read, member.organisationId), 'supplier');
      const bid = { procurementId: tender, lotNo: 1, supplierId: member.organisationId };
      const file = await fileOf(api.db, member.username);
      await api.db.transaction((tx) => submitBid(tx, actor, { ...bid, file }));
    }
    setNow(DEADLINE);
    await advance(api.db, tender);
    expect((await upload(one, path, PAPER)).status).toBe(403);
    const readers: readonly Role[] = ['purchaser', 'centre', 'office', 'supervisor', 'discipline', 'auditor'];
    for (const member of members) {
      expect((await member.call('GET', read)).status, member.role).toBe(readers.includes(member.role) ? 200 : 403);
      expect((await member.call('GET', `/api/procurements/${tender}/documents`)).text).not.toContain(sha256);
    }
    const [shown] = (await purchaser.call('GET', `/api/procurements/${tender}/deposits`)).get('items') as unknown[];
    expect(shown).toMatchObject({ document, issuer: '某银行', transactionId: '某银行#G-1', form: 'guarantee' });
  });

  it('on paper is recorded by the centre from the reference alone, and scanned; it goes back whole', async () => {
    await using place = await bidding();
    const { api, tender, suppliers, centre, purchaser, reference, setNow } = place;
    const [one, two] = suppliers as [Member, Member];
    const code = await reference(one);
    const record = (change: Record<string, unknown>) =>
      centre.call('POST', '/api/deposits/guarantee', { json: { ...valid, ...change } });
    expect((await record({ reference: 'KB0000000000000' })).status).toBe(404);
    // One that is too short is accepted: its fault would disclose the tender.
    const short = await record({
      reference: code,
      transactionId: 'G-0',
      amountFen: BOND - 100,
      validUntil: '2026-05-01T00:00:00+08:00',
    });
    expect(short.status).toBe(201);
    const taken = await record({ reference: code });
    for (const secret of [tender, one.organisationId, '甲公司', code]) expect(taken.text).not.toContain(secret);
    expect((await record({ reference: code })).get('code')).toBe('already-exists');
    const depositId = String(taken.get('depositId'));
    const scan = `/api/deposits/${depositId}/document?name=scan.pdf`;
    expect((await centre.call('POST', scan, { body: PAPER })).status).toBe(201);
    expect((await centre.call('GET', `/api/deposits/${depositId}/document`)).status).toBe(404);
    // What a bidder has handed in itself is not the centre's to add to.
    const theirs = await two.call('POST', `${own(tender)}/guarantee`, { json: { ...valid, transactionId: 'G-2' } });
    const other = scan.replace(depositId, String(theirs.get('depositId')));
    expect((await centre.call('POST', other, { body: PAPER })).status).toBe(404);
    expect((await one.call('GET', own(tender))).body).toMatchObject({
      standing: { held: true, amountFen: BOND, form: 'guarantee', faults: [{ fault: 'validity' }] },
      deposits: [
        { source: 'centre', document: null },
        { source: 'centre', document: { name: 'scan.pdf' } },
      ],
    });
    expect(api.log()).not.toContain(code);

    for (const member of [...suppliers, await api.member('supplier', '丙公司')]) {
      const actor = actorOf(await organisationById(api.db.read, member.organisationId), 'supplier');
      const bid = { procurementId: tender, lotNo: 1, supplierId: member.organisationId };
      const file = await fileOf(api.db, member.username);
      await api.db.transaction((tx) => submitBid(tx, actor, { ...bid, file }));
    }
    setNow(DEADLINE + 60_000);
    await advance(api.db, tender);
    const giveBack = (amountFen: number, interestFen = 0) =>
      purchaser.call('POST', `/api/deposits/${depositId}/refund`, {
        json: { amountFen, interestFen, at: formatInstant(DEADLINE + 60_000), bankReference: '签收单 1' },
      });
    expect((await giveBack(BOND - 1)).get('details.field')).toBe('amountFen');
    expect((await giveBack(BOND, 1)).get('details.field')).toBe('interestFen');
    expect((await giveBack(BOND)).body).toMatchObject({ leftFen: 0 });
    // Nothing is awarded: that its bid goes on without a deposit is seen.
    const after = await purchaser.call('GET', `/api/procurements/${tender}/deposits`);
    expect(after.get('items.1.warnings.0')).toMatchObject({
      rule: { article: '26' },
      zh: '尚未定标，保证金已退还，现余 19999 元，要求 20000 元',
    });
  });

  it('the law of government procurement says nothing of how long a guarantee holds', async () => {
    await using place = await bidding({ regime: 'government', bidValidityDays: 90 });
    const { tender, suppliers } = place;
    const [one] = suppliers as [Member];
    expect((await one.call('GET', own(tender))).get('guaranteeUntil')).toBeNull();
    const json = { ...guarantee, validUntil: '2026-04-02T00:00:00+08:00' };
    expect((await one.call('POST', `${own(tender)}/guarantee`, { json })).status).toBe(201);
    expect((await one.call('GET', own(tender))).get('standing')).toMatchObject({ held: true, faults: [] });
  });
});

describe('the centre brings in a bank’s file', () => {
  const file = (reference: string): string =>
    [
      '流水号,日期,时间,贷方发生额,附言,户名',
      `F1,20260330,08:15:00,"20,000.00",投标保证金${reference},甲公司`,
      'F2,20260330,08:16:00,"20,000.00",货款,丙公司',
      `F1,20260330,08:15:00,"20,000.00",投标保证金${reference},甲公司`,
      'F3,20260330,08:17:00,,手续费,银行',
      'F4,20260330,,5.00,x,丁公司',
      `F5,20260330,08:18:00,0.01,${reference},甲公司`,
    ].join('\n');
  const query = `time=${encodeURIComponent('日期+时间')}&payer=${encodeURIComponent('户名')}`;
  const outcomes = (answer: Answered) =>
    (answer.get('lines') as { outcome: string }[]).map(({ outcome }) => outcome).join(' ');

  it('each line is answered without disclosing the tender, the bidder or whether the sum is right', async () => {
    await using place = await bidding();
    const { tender, suppliers, centre, reference, api } = place;
    const [one] = suppliers as [Member];
    const code = await reference(one);
    const send = (more = '') => centre.call('POST', `/api/deposits/import?${query}${more}`, { body: file(code) });
    const preview = await send('&preview=true');
    expect(outcomes(preview)).toBe('matched unmatched duplicate wrong wrong matched');
    expect((await one.call('GET', own(tender))).get('deposits')).toEqual([]);
    const told = await send();
    expect(outcomes(told)).toBe('matched unmatched duplicate wrong wrong matched');
    const [first, , , , , last] = told.get('lines') as { zh: string }[];
    expect(last?.zh).toBe(first?.zh);
    for (const secret of [tender, one.organisationId, code]) expect(told.text).not.toContain(secret);
    expect(outcomes(await send())).toBe('duplicate duplicate duplicate wrong wrong duplicate');
    expect((await one.call('GET', own(tender))).get('standing')).toMatchObject({ held: true, amountFen: BOND + 1 });
    expect(api.log()).not.toContain(code);
  });

  it('as Chinese banks encode it, and not what is no statement', async () => {
    await using place = await bidding();
    const { centre } = place;
    // 「流水号」 in GB 18030.
    const header = Buffer.from([0xc1, 0xf7, 0xcb, 0xae, 0xba, 0xc5]);
    const body = Buffer.concat([header, Buffer.from(',amount,t,x\nF1,1.00,2026-03-30 08:15:00,none')]);
    const path = '/api/deposits/import?amount=amount&time=t&text=x';
    expect(outcomes(await centre.call('POST', `${path}&encoding=gb18030`, { body }))).toBe('unmatched');
    expect((await centre.call('POST', path, { body })).get('code')).toBe('bad-input');
    expect((await centre.call('POST', path, { body: '' })).get('code')).toBe('file-empty');
  });

  it('as a workbook, under the lines a bank writes above it', async () => {
    await using place = await bidding();
    const { tender, suppliers, centre, reference } = place;
    const [one] = suppliers as [Member];
    const code = await reference(one);
    const body = workbook([
      ['账户明细', null, null],
      [],
      ['流水号', '日期', '时间', '贷方发生额', '附言', '户名'],
      ['F1', 46_111, 0.34375, 20_000, `投标保证金${code}`, '甲公司'],
      [2, '2026-03-30', '08:16:00', '20,000.00', '货款', '丙公司'],
      [6_222_000_011_112_222, 46_111, 0.34375, 5, 'x', '丁公司'],
      ['F4', 46_111, null, 5, 'x', '丁公司'],
    ]);
    const told = await centre.call('POST', `/api/deposits/import?${query}`, { body });
    expect(outcomes(told)).toBe('matched unmatched wrong wrong');
    expect(told.get('lines.0')).toMatchObject({ line: 4, transactionId: 'F1' });
    expect((await one.call('GET', own(tender))).get('deposits.0')).toMatchObject({
      amountFen: BOND,
      payer: '甲公司',
      arrivedAt: '2026-03-30T08:15:00+08:00',
    });
  });

  it('not a workbook that is none, is packed to fill the memory, or has more rows than a statement', async () => {
    await using place = await bidding();
    const { centre } = place;
    const refused = async (body: Buffer): Promise<unknown> => {
      const answer = await centre.call('POST', '/api/deposits/import', { body });
      expect([answer.status, answer.get('code')]).toEqual([422, 'bad-input']);
      return answer.get('issues.0.messageEn');
    };
    expect(await refused(Buffer.from('PK\x03\x04 nonsense'))).toBe('the file is no XLSX workbook');
    expect(await refused(Buffer.from('d0cf11e0a1b11ae1', 'hex'))).toMatch(/XLS, or a workbook under a password/);
    const names = ['流水号', '交易时间', '贷方发生额', '附言'];
    const many = workbook([names, ...Array.from({ length: 50_000 }, () => [])]);
    expect(await refused(many)).toBe('the unpacked workbook is too large');
    const bomb = workbook([names], { sheetEnd: ' '.repeat(65 * 1024 * 1024), deflated: true });
    expect(bomb.length).toBeLessThan(100_000);
    expect(await refused(bomb)).toBe('the unpacked workbook is too large');
  });
});

it('until the opening nobody but the bidder learns who has paid (招标投标法 22), and afterwards those who run and watch do', async () => {
  await using place = await bidding();
  const { api, tender, purchaser, suppliers, tell, reference, setNow } = place;
  const [one] = suppliers as [Member];
  const code = await reference(one);
  await tell(payment('SECRET-1', code));
  const members: Member[] = [purchaser];
  for (const role of MEMBER_ROLES) if (role !== 'purchaser') members.push(await api.member(role));
  const paths = [
    `/api/procurements/${tender}/deposits`,
    `/api/procurements/${tender}`,
    `/api/procurements/${tender}/timeline`,
    '/api/audit',
    `/api/audit?procurementId=${tender}`,
    '/api/deposits/unmatched',
    '/api/deposits/due',
    own(tender),
  ];
  const depositId = String((await one.call('GET', own(tender))).get('deposits.0.depositId'));
  for (const member of members) {
    for (const path of paths) {
      const { text } = await member.call('GET', path);
      // That the organisation is registered is in the trail; that it has paid is not.
      const names = path === '/api/audit' ? [] : [one.organisationId, '甲公司'];
      for (const secret of ['SECRET-1', code, depositId, ...names]) {
        expect(text, `${member.role} ${path}`).not.toContain(secret);
      }
    }
    for (const act of ['refund', 'forfeit', 'check']) {
      const json =
        act === 'refund'
          ? { amountFen: BOND, at: formatInstant(DEADLINE - 86_400_000), bankReference: 'R' }
          : act === 'forfeit'
            ? { amountFen: BOND, ground: 'not-decrypted', reasonZh: '无' }
            : { outcome: 'rejected', reasonZh: '无' };
      const { status } = await member.call('POST', `/api/deposits/${depositId}/${act}`, { json });
      expect([403, 404], `${member.role} ${act}`).toContain(status);
    }
  }
  const supplierId = one.organisationId;
  const supplier = actorOf(await organisationById(api.db.read, supplierId), 'supplier');
  for (const member of suppliers) {
    const file = await fileOf(api.db, member.username);
    await api.db.transaction((tx) =>
      submitBid(tx, supplier, { procurementId: tender, lotNo: 1, supplierId: member.organisationId, file }),
    );
  }
  const third = await api.member('supplier', '丙公司');
  const file = await fileOf(api.db, 'third');
  await api.db.transaction((tx) =>
    submitBid(tx, supplier, { procurementId: tender, lotNo: 1, supplierId: third.organisationId, file }),
  );
  setNow(DEADLINE);
  const readers: readonly Role[] = ['purchaser', 'centre', 'office', 'supervisor', 'discipline', 'auditor'];
  await advance(api.db, tender);
  const record = await api.call('GET', `/api/procurements/${tender}/opening`);
  expect(record.text).toContain('甲公司');
  for (const member of members) {
    const read = await member.call('GET', `/api/procurements/${tender}/deposits`);
    expect(read.status, member.role).toBe(readers.includes(member.role) ? 200 : 403);
    if (read.status === 200) {
      expect(read.get('items')).toMatchObject([
        { depositId, supplier: '甲公司', amountFen: BOND, standing: { held: true, amountFen: BOND }, leftFen: BOND },
      ]);
    }
  }
});

it('after the opening a payer whose name is merely like the bidder’s is shown to be checked, a former name is not', async () => {
  await using place = await bidding();
  const { api, tender, suppliers, purchaser, tell, reference, setNow } = place;
  const [one, two] = suppliers as [Member, Member];
  await rename(api, one, '甲集团公司');
  await tell(payment('T1', await reference(one), { payer: '甲公司' }));
  await tell(payment('T2', await reference(two), { payer: '乙公司南昌分公司' }));
  setNow(DEADLINE);
  await advance(api.db, tender);
  const { get } = await purchaser.call('GET', `/api/procurements/${tender}/deposits`);
  const items = get('items') as { transactionId: string; warnings: { zh: string }[] }[];
  expect(items.map(({ warnings }) => warnings.map(({ zh }) => zh))).toEqual([
    [],
    ['汇款人“乙公司南昌分公司”不是投标人的现名或者曾用名，请核对是否为其本单位'],
  ]);
});

it('after the opening one payer for several bidders (条例 40) and none of the base account (30号令 37) are shown', async () => {
  await using place = await bidding();
  const { api, tender, suppliers, purchaser, centre, tell, reference, setNow } = place;
  const [one, two] = suppliers as [Member, Member];
  await tell(payment('T1', await reference(one), { payerAccount: '6222', fromBaseAccount: true }));
  await tell(payment('T2', await reference(two), { payerAccount: '6222', fromBaseAccount: false }));
  const guarantee = { form: 'insurance', transactionId: 'I-1', issuer: '某保险', amountFen: BOND };
  const [third, supervisor] = [await api.member('supplier', '丙公司'), await api.member('supervisor')];
  const thirds = await reference(third);
  await third.call('POST', `${own(tender)}/guarantee`, {
    json: { ...guarantee, validUntil: '2026-06-30T00:00:00+08:00' },
  });
  for (const member of [one, two, third]) {
    const actor = actorOf(await organisationById(api.db.read, member.organisationId), 'supplier');
    const file = await fileOf(api.db, member.username);
    const bid = { procurementId: tender, lotNo: 1, supplierId: member.organisationId, file };
    await api.db.transaction((tx) => submitBid(tx, actor, bid));
  }
  setNow(DEADLINE);
  await advance(api.db, tender);
  const shown = async () => {
    const { get } = await purchaser.call('GET', `/api/procurements/${tender}/deposits`);
    return get('items') as {
      depositId: string;
      standing: { held: boolean };
      interest: { fen: number | null } | null;
      warnings: { rule: { id: string } }[];
    }[];
  };
  // 同一单位: the third has other accounts, and the first is its payer's name; it is a clue for who supervises.
  const late = payment('T3', thirds, { payer: '甲 公司', payerAccount: '6333' });
  const clues = async () => {
    const { get } = await supervisor.call('GET', `/api/procurements/${tender}/clues`);
    return (get('items') as Clue[])
      .filter(({ kind }) => kind === 'same-payer')
      .map(({ organisations, rule }) => [...organisations.map(({ name }) => name), rule?.article]);
  };
  expect(await clues()).toEqual([['甲公司', '乙公司', '40']]);
  await tell({ ...late, amountFen: 1 });
  expect(await clues()).toEqual([
    ['甲公司', '乙公司', '40'],
    ['甲公司', '丙公司', '40'],
    ['乙公司', '丙公司', '40'],
  ]);
  const items = await shown();
  expect(items.map(({ warnings }) => warnings.map(({ rule }) => rule.id))).toEqual([
    ['works-deemed-collusion'],
    ['works-deemed-collusion', 'works-bid-bond-base-account'],
    [],
    ['works-deemed-collusion'],
  ]);
  // No rate is configured: what is owed is not guessed, and a guarantee earns none.
  expect(items[0]?.interest).toMatchObject({ fen: null, rule: { id: 'works-bond-refund-after-contract' } });
  expect(items[2]?.interest).toBeNull();
  const check = (depositId: string | undefined) =>
    centre.call('POST', `/api/deposits/${depositId}/check`, {
      json: { outcome: 'rejected', reasonZh: '保险人查无此单' },
    });
  expect((await check(items[0]?.depositId)).status).toBe(404);
  expect((await check(items[2]?.depositId)).status).toBe(200);
  expect((await shown()).map(({ standing }) => standing.held)).toEqual([true, true, false, false]);
});

describe('rates of interest are configuration, with their history', () => {
  const rate = (change: Record<string, unknown> = {}) => ({
    ...{ kind: 'loan', from: '2026-01-01', ratePpm: 43_500, source: '测试虚构的贷款基准利率' },
    ...change,
  });

  it('a late refund is recorded as soon as they are, without a file or a restart (财政部令87号 38)', async () => {
    await using place = await bidding({ regime: 'government' });
    const { api, tender, suppliers, centre, purchaser, tell, reference, setNow } = place;
    const [one] = suppliers as [Member];
    await tell(payment('T1', await reference(one)));
    const supplier = actorOf(await organisationById(api.db.read, one.organisationId), 'supplier');
    const at = { procurementId: tender, lotNo: 1, supplierId: one.organisationId };
    const file = await fileOf(api.db, 'sealed');
    await api.db.transaction((tx) => submitBid(tx, supplier, { ...at, file }));
    await api.db.transaction((tx) => withdrawBid(tx, supplier, at));
    // Withdrawn on 31 March: five working days end on 8 April (the 4th to the 6th are 清明); two days late on the 10th.
    setNow(parseInstant('2026-04-10T10:00:00+08:00'));
    const depositId = String((await centre.call('GET', '/api/deposits/due')).get('items.0.depositId'));
    const refund = (interestFen: number) =>
      centre.call('POST', `/api/deposits/${depositId}/refund`, {
        json: { amountFen: BOND, interestFen, at: '2026-04-10T10:00:00+08:00', bankReference: 'R1' },
      });
    const missing = await refund(580);
    expect([missing.status, missing.get('code'), missing.get('details.kind')]).toEqual([409, 'rates-missing', 'loan']);
    expect((await api.call('GET', '/api/deposits/rates')).body).toEqual({ items: [], missing: ['deposit', 'loan'] });

    const office = await api.member('office');
    const records = (who: Member, ...rates: unknown[]) => who.call('POST', '/api/deposits/rates', { json: { rates } });
    for (const member of [purchaser, one, await api.member('administrator')]) {
      expect((await records(member, rate())).status, member.role).toBe(403);
    }
    expect((await records(office, rate({ until: '2025-12-31' }))).get('issues.0.field')).toBe('rates[0].until');
    expect((await records(office, rate({ ratePpm: 4_350 }))).body).toEqual({ recorded: 1 });
    // A zero was lost: the correction is a record too. The very same is not written twice.
    expect((await records(centre, rate(), rate({ kind: 'deposit', ratePpm: 500 }))).body).toEqual({ recorded: 2 });
    expect((await records(centre, rate())).body).toEqual({ recorded: 0 });
    const { get } = await api.call('GET', '/api/deposits/rates');
    expect(get('missing')).toEqual([]);
    expect(get('items')).toMatchObject([
      { kind: 'deposit', ratePpm: 500, inForce: true },
      { kind: 'loan', ratePpm: 4_350, inForce: false },
      { kind: 'loan', ratePpm: 43_500, inForce: true, dayCount: 360, until: null },
    ]);
    // 20 000 yuan × 4.35 % × 1.2 × 2 days / 360 = 5.80 yuan, read in yuan.
    const short = await refund(579);
    expect(short.get('messageZh')).toBe('应付利息 5.80 元（2 天），所登记为 5.79 元（财政部令87号第38条）');
    expect((await refund(580)).body).toEqual({ depositId, leftFen: 0 });
  });
});

it('a bidder that has withdrawn has its money back in five days (条例 35): the centre sees a number to send back, no name', async () => {
  await using place = await bidding();
  const { api, tender, suppliers, centre, purchaser, tell, reference, setNow } = place;
  const [one] = suppliers as [Member];
  await tell(payment('T1', await reference(one)));
  const supplier = actorOf(await organisationById(api.db.read, one.organisationId), 'supplier');
  const at = { procurementId: tender, lotNo: 1, supplierId: one.organisationId };
  const file = await fileOf(api.db, 'sealed');
  const bid = await api.db.transaction((tx) => submitBid(tx, supplier, { ...at, file }));
  expect((await centre.call('GET', '/api/deposits/due')).get('items')).toEqual([]);
  await api.db.transaction((tx) => withdrawBid(tx, supplier, at));
  const due = await centre.call('GET', '/api/deposits/due');
  expect(due.get('items')).toMatchObject([
    {
      transactionId: 'T1',
      leftFen: BOND,
      // Withdrawn on 31 March; the fifth day is 5 April, a Sunday, and 6 April is the holiday of 清明: the 7th (民法典 203).
      refund: {
        why: 'withdrawn',
        rule: { id: 'works-withdrawal-refund', article: '35' },
        dueAt: '2026-04-07T23:59:59.999+08:00',
        overdue: false,
      },
    },
  ]);
  for (const secret of [tender, one.organisationId, '甲公司']) expect(due.text).not.toContain(secret);
  const ask = createAdvance(api.db, { depositAccount: null });
  const overdueFrom = parseInstant('2026-04-08T00:00:00+08:00');
  expect(await ask(refundSubject(bid.id))).toMatchObject({ then: 'wait', stage: 'withdrawn', until: overdueFrom });
  setNow(overdueFrom);
  expect(await ask(refundSubject(bid.id))).toEqual({ then: 'ended', stage: 'withdrawn' });
  expect(await ask(refundSubject(bid.id))).toEqual({ then: 'ended', stage: 'withdrawn' });
  const overdue = await centre.call('GET', '/api/deposits/due');
  expect(overdue.get('items.0.refund.overdue')).toBe(true);
  expect((await api.call('GET', '/metrics')).text).toContain('kaibiao_overdue_deposit_refunds 1');
  const depositId = String(overdue.get('items.0.depositId'));
  const refund = (who: Member, amountFen: number) =>
    who.call('POST', `/api/deposits/${depositId}/refund`, {
      json: { amountFen, at: '2026-04-08T00:00:00+08:00', bankReference: 'R1' },
    });
  expect((await refund(purchaser, BOND)).status).toBe(404);
  expect((await refund(centre, BOND + 1)).get('code')).toBe('bad-input');
  expect((await refund(centre, BOND)).body).toEqual({ depositId, leftFen: 0 });
  expect((await refund(centre, BOND)).get('code')).toBe('bad-input');
  expect((await centre.call('GET', '/api/deposits/due')).get('items')).toEqual([]);
  const kinds = (await one.call('GET', own(tender))).get('deposits.0.movements') as { kind: string }[];
  expect(kinds.map(({ kind }) => kind)).toEqual(['overdue', 'refunded']);
});
