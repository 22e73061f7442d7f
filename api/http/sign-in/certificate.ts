import { createHash, timingSafeEqual, X509Certificate } from 'node:crypto';
import { BlockList, isIP } from 'node:net';
import { DomainError } from '../../../domain/errors.ts';

// CA 数字证书: the proxy in front asks for the certificate and verifies it (mutual TLS); it passes it on in a header, which is
// believed from that proxy only.

/** What the proxy in front is known by: at least one of both. */
export interface CertificateSettings {
  /** What it sends in `X-Proxy-Secret`; null: its address is enough. */
  readonly secret: string | null;
  /** Addresses that it connects from, as `10.0.0.5` or `10.0.0.0/24`; empty: its secret is enough. */
  readonly proxies: readonly string[];
}

/** A request as its connection brings it. */
export interface Proxied {
  /** Of the connection itself, whatever a header says of the address. */
  readonly address: string | null;
  header(name: string): string | undefined;
}

/** A certificate that the proxy has verified. */
export interface PresentedCertificate {
  readonly issuer: string;
  /** Its SHA-256: another certificate of the same person is another one. */
  readonly subject: string;
  readonly label: string;
  /** Real ms. */
  readonly expiresAt: number;
}

export const CERTIFICATE_HEADER = 'X-Client-Cert';
export const VERIFIED_HEADER = 'X-Client-Verify';
export const PROXY_SECRET_HEADER = 'X-Proxy-Secret';

/**
 * The certificate of a request.
 * @throws DomainError `not-found` where this installation takes none, `forbidden` where it does not come from the proxy;
 *   `unauthenticated` where there is none, or it is not valid now
 */
export function presentedCertificate(
  settings: CertificateSettings | null,
  request: Proxied,
  realNowMs: number,
): PresentedCertificate {
  if (settings === null) {
    throw new DomainError('not-found', {
      messageZh: '本平台未开通数字证书登录',
      messageEn: 'This installation takes no certificates',
      details: { reason: 'not-offered' },
    });
  }
  if (!isFromProxy(settings, request)) {
    throw new DomainError('forbidden', {
      messageZh: '数字证书只能经本平台的代理提交',
      messageEn: 'A certificate is taken from the proxy of this installation only',
      details: { reason: 'proxy' },
    });
  }
  const text = request.header(CERTIFICATE_HEADER);
  // nginx: SUCCESS, FAILED:reason or NONE.
  if (!text || request.header(VERIFIED_HEADER) !== 'SUCCESS') throw unverified();
  const certificate = certificateIn(text);
  if (!certificate) throw unverified();
  const [from, until] = [Date.parse(certificate.validFrom), Date.parse(certificate.validTo)];
  if (!(realNowMs >= from && realNowMs < until)) {
    throw new DomainError('unauthenticated', {
      messageZh: '数字证书不在有效期内，请向发证机构更换后重新关联',
      messageEn: 'The certificate is not valid now: have it renewed, and link the new one',
    });
  }
  const oneLine = (name: string): string => name.split('\n').reverse().join(', ').slice(0, 500);
  return {
    issuer: oneLine(certificate.issuer),
    subject: createHash('sha256').update(certificate.raw).digest('hex'),
    label: oneLine(certificate.subject),
    expiresAt: until,
  };
}

function isFromProxy({ secret, proxies }: CertificateSettings, request: Proxied): boolean {
  if (secret === null && proxies.length === 0) return false;
  if (proxies.length > 0 && !listOf(proxies).check(...addressOf(request.address))) return false;
  if (secret === null) return true;
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(request.header(PROXY_SECRET_HEADER) ?? ''), digest(secret));
}

/** @throws Error for what is no address: settings are judged when they are read */
export function listOf(proxies: readonly string[]): BlockList {
  const list = new BlockList();
  for (const proxy of proxies) {
    const [address = '', bits, more] = proxy.split('/');
    const family = familyOf(address);
    if (family === null || more !== undefined) throw new Error(`not an address: ${proxy}`);
    if (bits === undefined) list.addAddress(address, family);
    else if (/^\d{1,3}$/.test(bits)) list.addSubnet(address, Number(bits), family);
    else throw new Error(`not a network: ${proxy}`);
  }
  return list;
}

const familyOf = (address: string): 'ipv4' | 'ipv6' | null => {
  const version = isIP(address);
  return version === 0 ? null : version === 4 ? 'ipv4' : 'ipv6';
};

/** An IPv4 address on a socket of both kinds is the same address. */
function addressOf(given: string | null): [string, 'ipv4' | 'ipv6'] {
  const address = (given ?? '').replace(/^::ffff:(?=\d+\.)/, '');
  const family = familyOf(address);
  return family === null ? ['::', 'ipv6'] : [address, family];
}

/**
 * RFC 9440 (`:base64:`), or the PEM as nginx escapes it ($ssl_client_escaped_cert). One alone: a proxy that adds its header to
 * one that came would have the caller's believed.
 */
function certificateIn(text: string): X509Certificate | null {
  if (text.includes(',')) return null;
  try {
    const plain = /^:([A-Za-z0-9+/]+=*):$/.exec(text.trim());
    return new X509Certificate(plain?.[1] ? Buffer.from(plain[1], 'base64') : decodeURIComponent(text));
  } catch {
    return null;
  }
}

const unverified = (): DomainError =>
  new DomainError('unauthenticated', {
    messageZh: '没有收到经代理验证的数字证书：请插入证书介质（UKey）后重新打开页面',
    messageEn: 'No certificate came that the proxy has verified: insert the key that holds it, and open the page again',
  });
