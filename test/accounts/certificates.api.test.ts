import { expect, it } from 'vitest';
import { auditAfter } from '../../db/audit.ts';
import { ANOTHER_CERTIFICATE, CERTIFICATE } from '../setup/sign-in/certificates.ts';
import { startTestApi, TEST_PASSWORD, type Answered } from '../setup/api.ts';

const NOW = Date.parse('2027-03-01T00:00:00Z');
const SECRET = 'a secret of the proxy, long enough';
const byPassword = { password: TEST_PASSWORD };

/** What the proxy adds to a request whose certificate it has verified. */
const proxied = (certificate: string): Record<string, string> => ({
  'x-client-cert': encodeURIComponent(certificate),
  'x-client-verify': 'SUCCESS',
  'x-proxy-secret': SECRET,
});

const start = (settings: Parameters<typeof startTestApi>[0] = {}) =>
  startTestApi({
    settings: { certificates: { secret: SECRET, proxies: ['127.0.0.1'] }, ...settings?.settings },
    deps: { realNow: () => NOW },
  });

const codeOf = ({ status, body }: Answered) => [status, (body as { code?: string } | undefined)?.code];

it('a certificate is linked by its holder, signed in and confirmed; then it signs them in, and nobody else', async () => {
  await using api = await start();
  const [member, other] = [await api.member('supplier'), await api.member('supplier')];
  const signIn = (certificate: string, headers = proxied(certificate)) =>
    api.call('POST', '/api/session/certificate', { headers });
  expect((await api.call('GET', '/api/session/ways')).get('certificate')).toBe(true);
  expect(codeOf(await signIn(CERTIFICATE))).toEqual([403, 'not-linked']);

  const link = (json: unknown, certificate = CERTIFICATE, as = member) =>
    as.call('POST', '/api/session/identities/certificate', { json, headers: proxied(certificate) });
  expect(codeOf(await link({ password: 'not the password' }))).toEqual([401, 'unauthenticated']);
  const linked = await link(byPassword);
  expect([linked.status, linked.get('kind'), linked.get('label'), linked.get('expiresAt')]).toEqual([
    ...[201, 'certificate', 'CN=张三, O=某某建设有限公司, C=CN', '2036-11-26T21:58:46+08:00'],
  ]);
  expect((await member.call('GET', '/api/notifications')).get('items.0.kind')).toBe('identity.linked');
  expect(codeOf(await link(byPassword, CERTIFICATE, other))).toEqual([409, 'already-exists']);

  const signedIn = await signIn(CERTIFICATE);
  expect([signedIn.get('account.id'), signedIn.get('signedInBy')]).toEqual([member.accountId, 'certificate']);
  const headers = { authorization: `Bearer ${String(signedIn.get('token'))}` };
  expect((await api.call('GET', '/api/session', { headers })).get('memberships.0.role')).toBe('supplier');

  expect(codeOf(await signIn(ANOTHER_CERTIFICATE))).toEqual([403, 'not-linked']);
  // Whoever reaches the API beside the proxy says what they like.
  const { 'x-proxy-secret': _, ...beside } = proxied(CERTIFICATE);
  expect(codeOf(await signIn(CERTIFICATE, beside))).toEqual([403, 'forbidden']);
  expect(codeOf(await signIn(CERTIFICATE, { ...proxied(CERTIFICATE), 'x-client-verify': 'NONE' }))).toEqual([
    ...[401, 'unauthenticated'],
  ]);

  const trail = await auditAfter(api.db.read, 0, 200);
  const entry = trail.find(({ action }) => action === 'identity.link');
  // Who signs in as a supplier is nobody's to know before an opening.
  expect(entry).toMatchObject({ actor: { accountId: member.accountId }, confidential: true });
  expect(api.log()).not.toContain(SECRET);

  const path = `/api/session/identities/${String(linked.get('id'))}/remove`;
  expect((await other.call('POST', path, { json: byPassword })).status).toBe(404);
  expect((await member.call('POST', path, { json: byPassword })).status).toBe(204);
  expect((await api.call('GET', '/api/session', { headers })).status).toBe(401);
  expect(codeOf(await signIn(CERTIFICATE))).toEqual([403, 'not-linked']);
});

it('the address of the connection counts, not what a header says of it', async () => {
  await using api = await start({
    settings: { certificates: { secret: null, proxies: ['10.0.0.5'] }, trustedProxies: 1 },
  });
  const headers = { ...proxied(CERTIFICATE), 'x-forwarded-for': '10.0.0.5' };
  expect(codeOf(await api.call('POST', '/api/session/certificate', { headers }))).toEqual([403, 'forbidden']);
});

it('where a certificate is said to prove two factors, it is enough for a role that must have them', async () => {
  for (const proves of [true, false]) {
    const provenBy = new Set(proves ? (['certificate'] as const) : []);
    await using api = await start({ settings: { secondFactor: { roles: new Set(), provenBy } } });
    const member = await api.member('supplier');
    await member.call('POST', '/api/session/identities/certificate', {
      ...{ json: byPassword, headers: proxied(CERTIFICATE) },
    });
    const signedIn = await api.call('POST', '/api/session/certificate', { headers: proxied(CERTIFICATE) });
    expect(signedIn.get('secondFactor.state')).toBe(proves ? 'proven' : 'not-required');
  }
});
