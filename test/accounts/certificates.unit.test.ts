import { X509Certificate } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { listOf, presentedCertificate, type CertificateSettings } from '../../api/http/sign-in/certificate.ts';
import type { DomainError } from '../../domain/errors.ts';
import { CERTIFICATE } from '../setup/sign-in/certificates.ts';

const NOW = Date.parse('2027-03-01T00:00:00Z');
const SECRET = 'a secret of the proxy, long enough';
const escaped = encodeURIComponent(CERTIFICATE);
const structured = `:${new X509Certificate(CERTIFICATE).raw.toString('base64')}:`;

const presented = (
  settings: CertificateSettings | null,
  from: string | null,
  headers: Record<string, string>,
  now = NOW,
): string => {
  const request = { address: from, header: (name: string) => headers[name] };
  try {
    return presentedCertificate(settings, request, now).subject;
  } catch (error) {
    return (error as DomainError).code;
  }
};
const verified = { 'X-Client-Cert': escaped, 'X-Client-Verify': 'SUCCESS' };
const FINGERPRINT = new X509Certificate(CERTIFICATE).fingerprint256.replaceAll(':', '').toLowerCase();

describe('a certificate is believed', () => {
  const byAddress = { secret: null, proxies: ['10.0.0.5', '192.168.7.0/24', '2001:db8::/32'] };
  const bySecret = { secret: SECRET, proxies: [] };

  it.each([
    ['10.0.0.5', FINGERPRINT],
    ['192.168.7.200', FINGERPRINT],
    // As a socket of both kinds tells it.
    ['::ffff:10.0.0.5', FINGERPRINT],
    ['2001:db8:1::9', FINGERPRINT],
    ['10.0.0.6', 'forbidden'],
    ['192.168.8.1', 'forbidden'],
    ['::1', 'forbidden'],
    [null, 'forbidden'],
  ])('from the addresses of its proxy: %s', (from, expected) => {
    expect(presented(byAddress, from, verified)).toBe(expected);
  });

  it('from who knows the secret of the proxy', () => {
    expect(presented(bySecret, '203.0.113.1', { ...verified, 'X-Proxy-Secret': SECRET })).toBe(FINGERPRINT);
    for (const wrong of ['', SECRET.slice(1), `${SECRET}x`])
      expect(presented(bySecret, '203.0.113.1', { ...verified, 'X-Proxy-Secret': wrong })).toBe('forbidden');
    expect(presented(bySecret, '203.0.113.1', verified)).toBe('forbidden');
  });

  it('from its address and with its secret, where both are asked for', () => {
    const both = { secret: SECRET, proxies: ['10.0.0.5'] };
    const known = { ...verified, 'X-Proxy-Secret': SECRET };
    expect(presented(both, '10.0.0.5', known)).toBe(FINGERPRINT);
    expect(presented(both, '10.0.0.6', known)).toBe('forbidden');
    expect(presented(both, '10.0.0.5', verified)).toBe('forbidden');
  });

  it('in no installation that takes none, and where nothing says which proxy it is', () => {
    expect(presented(null, '10.0.0.5', verified)).toBe('not-found');
    expect(presented({ secret: null, proxies: [] }, '10.0.0.5', verified)).toBe('forbidden');
  });

  it.each([
    ['none came', { 'X-Client-Verify': 'SUCCESS' }],
    [
      'the proxy has not verified it',
      { 'X-Client-Cert': escaped, 'X-Client-Verify': 'FAILED:self-signed certificate' },
    ],
    ['the proxy does not say so', { 'X-Client-Cert': escaped }],
    ['it is sent twice', { ...verified, 'X-Client-Cert': `${escaped}, ${escaped}` }],
    ['it is no certificate', { ...verified, 'X-Client-Cert': ':bm90IGEgY2VydGlmaWNhdGU=:' }],
    ['it is badly escaped', { ...verified, 'X-Client-Cert': '%E4%B8' }],
  ])('not where %s', (_what, headers) => {
    expect(presented(byAddress, '10.0.0.5', headers)).toBe('unauthenticated');
  });

  it('in either of its spellings (RFC 9440, nginx), while it is valid', () => {
    const headers = { ...verified, 'X-Client-Cert': structured };
    expect(presented(byAddress, '10.0.0.5', headers)).toBe(FINGERPRINT);
    const [from, until] = [Date.parse('2026-11-29T13:58:46Z'), Date.parse('2036-11-26T13:58:46Z')];
    expect(presented(byAddress, '10.0.0.5', headers, from)).toBe(FINGERPRINT);
    expect(presented(byAddress, '10.0.0.5', headers, from - 1)).toBe('unauthenticated');
    expect(presented(byAddress, '10.0.0.5', headers, until - 1)).toBe(FINGERPRINT);
    expect(presented(byAddress, '10.0.0.5', headers, until)).toBe('unauthenticated');
  });

  it('with settings that are addresses', () => {
    for (const wrong of ['proxy.example', '10.0.0.0/33', '10.0.0.0/24/1', '10.0.0', ''])
      expect(() => listOf([wrong]), wrong).toThrow();
  });
});
