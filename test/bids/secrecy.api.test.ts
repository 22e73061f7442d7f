import { randomBytes } from 'node:crypto';
import { expect, it } from 'vitest';
import { ROUTES } from '../../api/routes.ts';
import { addDocument } from '../../services/documents/add.ts';
import { auditAfter, UNATTENDED } from '../../db/audit.ts';
import { parseInstant } from '../../domain/civil-time.ts';
import { MEMBER_ROLES, startTestApi, type Member } from '../setup/api.ts';
import { testSigner } from '../setup/signer.ts';
import { draftOf, tenderAt } from '../setup/tenders/tenders.ts';
import { signHead } from '../../services/log/sign-head.ts';
import { publishKey } from '../../services/signing-keys/publish.ts';

const DEADLINE = parseInstant('2026-04-01T09:30:00+08:00');
const ID = /[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g;
const TUS = { 'tus-resumable': '1.0.0' };

// @rule gp-no-open-before-opening, gp-secret-before-deadline
it('before the opening nobody, of any role, at any address, learns who or how many have bid, uploaded, submitted guarantees or obtained documents', async () => {
  const now = parseInstant('2026-03-05T09:00:00+08:00');
  await using api = await startTestApi({ database: { machineClock: () => now }, settings: { publicMetrics: true } });
  const members = new Map<string, Member>();
  for (const role of MEMBER_ROLES) members.set(role, await api.member(role));
  const bidders = [await api.member('supplier'), await api.member('supplier'), await api.member('supplier')];
  const parties = {
    purchaserId: members.get('purchaser')?.organisationId ?? '',
    agencyId: members.get('agency')?.organisationId ?? '',
  };
  const tender = await tenderAt(
    api.db,
    'bidding',
    draftOf(parties, {
      bidDeadline: DEADLINE,
      lots: [{ no: 1, title: '施工', budgetFen: 1_000_000_00, bidBondFen: 100 }],
    }),
  );
  const documentId = await api.db.transaction(async (tx) => {
    const file = { sha256: 'c'.repeat(64), size: 8 };
    const added = {
      procurementId: tender,
      kind: 'tender-documents' as const,
      name: '招标文件',
      mediaType: 'text/plain',
      file,
    };
    return (await addDocument(tx, UNATTENDED, added)).id;
  });

  const bids: string[] = ['01900000-0000-7000-8000-000000000000'];
  const uploads: string[] = ['01900000-0000-7000-8000-000000000000'];
  const guarantees: string[] = ['01900000-0000-7000-8000-000000000000'];
  const addresses = (): string[] => {
    const named: Record<string, readonly string[]> = {
      id: [tender],
      no: ['1'],
      bidId: bids,
      uploadId: uploads,
      depositId: guarantees,
    };
    // Who asks for a dossier is on the trail, and the next look would show it; what is in one is held by test/dossiers.
    const asked = ROUTES.filter(({ method, action }) => ['get', 'head'].includes(method) && action !== 'dossier.make');
    return asked.flatMap(({ method, path }) => {
      // All of the trail, and not its first page.
      let filled = [`${method.toUpperCase()} /api${path}${path === '/audit' ? '?limit=200' : ''}`];
      for (const [, name = ''] of path.matchAll(/\{(\w+)\}/g)) {
        const values = named[name] ?? ['01900000-0000-7000-8000-000000000000'];
        filled = filled.flatMap((each) => values.map((value) => each.replace(`{${name}}`, value)));
      }
      return filled;
    });
  };
  /** What everybody sees, but for what is of the asking itself: its own id and instant. */
  const look = async (): Promise<Map<string, string>> => {
    const seen = new Map<string, string>();
    const lookAs = async ([role, person]: readonly [string, Pick<Member, 'call'>]): Promise<void> => {
      for (const address of addresses()) {
        // Sessions are the person's own, and change with every look.
        if (/\/api\/sessions?$/.test(address)) continue;
        const [method = '', path = ''] = address.split(' ');
        const headers = { 'x-request-id': 'look', ...(method === 'HEAD' ? TUS : {}) };
        const { status, text, headers: told } = await person.call(method, path, { headers });
        // A cursor is encrypted, with chance in it.
        const body = text.replaceAll(ID, 'ID').replace(/"next":"[^"]+"/, '"next":"…"');
        const place = `${role} ${address.replace(tender, 'TENDER')}`.replaceAll(ID, 'ID');
        const shown = `${status} ${told.get('etag') ?? ''} ${told.get('content-length') ?? ''} ${body}`;
        // The same address with an id that exists and with one that does not must not differ either.
        expect(seen.get(place) ?? shown, place).toBe(shown);
        seen.set(place, shown);
      }
    };
    await Promise.all([...members, ['public', api] as const].map(lookAs));
    return seen;
  };

  // As the API does when it starts.
  await publishKey(api.db, await testSigner());
  await signHead(api.db, await testSigner());
  // A supplier that asks where to pay takes part from then on, and is shown so: it asks before either look.
  await members.get('supplier')?.call('GET', `/api/procurements/${tender}/lots/1/deposit`);
  const before = await look();
  const seen = (await auditAfter(api.db.read, 0, 1_000)).length;
  for (const [n, bidder] of bidders.entries()) {
    await api.signIn(bidder.username, 'another password');
    const again = await api.signIn(bidder.username, bidder.password);
    await api.call('DELETE', '/api/session', { headers: { authorization: `Bearer ${String(again.get('token'))}` } });
    await bidder.call('GET', `/api/procurements/${tender}/documents/${documentId}/content`).catch(() => null);
    const bid = await bidder.call('POST', `/api/procurements/${tender}/lots/1/bids`, { body: randomBytes(100 + n) });
    bids.push(String(bid.get('bidId')));
    const begun = await bidder.call('POST', `/api/procurements/${tender}/lots/1/uploads`, {
      key: null,
      headers: { ...TUS, 'upload-length': '10' },
    });
    const own = `/api/procurements/${tender}/lots/1/deposit`;
    const json = {
      form: 'guarantee',
      transactionId: `G-${n}`,
      issuer: '某银行',
      amountFen: 100,
      validUntil: '2027-01-01T00:00:00Z',
    };
    const taken = await bidder.call('POST', `${own}/guarantee`, { json });
    guarantees.push(String(taken.get('depositId')));
    const document = `${own}/${guarantees.at(-1)}/document?name=G.pdf`;
    expect((await bidder.call('POST', document, { body: randomBytes(99) })).status).toBe(201);
    uploads.push(String(begun.headers.get('location')).slice(-36));
  }
  const trail = await auditAfter(api.db.read, 0, 1_000);
  for (const action of ['session.fail', 'session.begin', 'session.end', 'bid.submit', 'upload.begin', 'deposit.record'])
    expect(
      trail.slice(seen).filter((entry) => entry.action === action),
      action,
    ).toHaveLength(3);
  expect(bids).toHaveLength(4);
  const after = await look();
  expect([...after.keys()].sort()).toEqual([...before.keys()].sort());
  const different = [...before].filter(([place, shown]) => after.get(place) !== shown);
  expect(different.map(([place, shown]) => ({ place, before: shown, after: after.get(place) }))).toEqual([]);

  const { text } = await api.call('GET', '/metrics', { headers: { 'x-forwarded-for': '203.0.113.7' } });
  expect(text).toContain('route="/api/procurements/{id}"');
  expect(text).not.toMatch(/kaibiao_bid|\/bids|\/uploads|\/receipts|documents\/\{documentId\}/);
});
