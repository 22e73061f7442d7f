import { hkdfSync } from 'node:crypto';
import { EncryptJWT, jwtDecrypt } from 'jose';
import * as client from 'openid-client';
import * as z from 'zod';
import { DomainError } from '../../../domain/errors.ts';
import type { ApiSettings, OidcSettings } from '../settings.ts';

// 统一身份认证 (OpenID Connect): the code flow with PKCE, state and nonce. What must be remembered meanwhile is in a cookie,
// encrypted, so that any API of the installation finishes what another began.

/** Who the provider says that a person is. */
export interface ProvidedIdentity {
  readonly issuer: string;
  readonly subject: string;
  readonly label: string;
}

export type OidcPurpose =
  | { readonly purpose: 'sign-in' }
  /** Begun by a person who is signed in, and has confirmed it. */
  | { readonly purpose: 'link'; readonly accountId: string };

export interface Oidc {
  /** Where the browser goes, and the cookie that it needs when it is back. */
  begin(purpose: OidcPurpose): Promise<{ address: string; cookie: string }>;
  /**
   * @param returned the query with which the provider sent the browser back
   * @throws DomainError `unauthenticated`, `provider-unreachable`
   */
  finish(cookies: string | undefined, returned: string): Promise<OidcPurpose & { identity: ProvidedIdentity }>;
  /** Removes the cookie. */
  readonly forget: string;
}

/** The page that the provider sends the browser back to; it posts what it was given. */
export const RETURN_PATH = '/sign-in/oidc';

const COOKIE = 'kaibiao.oidc';
const MINUTES = 10;
const TIMEOUT_SECONDS = 10;

const remembered = z.object({
  state: z.string(),
  nonce: z.string(),
  verifier: z.string(),
  accountId: z.string().nullable(),
});

export function createOidc(settings: Pick<ApiSettings, 'oidc' | 'publicUrl' | 'sessionKey'>): Oidc {
  const key = new Uint8Array(hkdfSync('sha256', settings.sessionKey, '', 'kaibiao oidc', 32));
  const returnsTo = `${settings.publicUrl.replace(/\/+$/, '')}${RETURN_PATH}`;
  const attributes = `Path=/; HttpOnly; SameSite=Strict${settings.publicUrl.startsWith('https:') ? '; Secure' : ''}`;

  let known: Promise<client.Configuration> | undefined;
  /** What the provider says of itself is read once; a failure is not kept. */
  const configuration = (): Promise<client.Configuration> => {
    known ??= discovered(offered(settings.oidc)).catch((error: unknown) => {
      known = undefined;
      throw providerError(error);
    });
    return known;
  };

  return {
    async begin(purpose) {
      const provider = await configuration();
      const [state, nonce, verifier] = [client.randomState(), client.randomNonce(), client.randomPKCECodeVerifier()];
      const address = client.buildAuthorizationUrl(provider, {
        ...{ redirect_uri: returnsTo, scope: 'openid profile', state, nonce },
        ...{ code_challenge: await client.calculatePKCECodeChallenge(verifier), code_challenge_method: 'S256' },
      });
      const accountId = purpose.purpose === 'link' ? purpose.accountId : null;
      const sealed = await new EncryptJWT({ state, nonce, verifier, accountId })
        .setProtectedHeader({ alg: 'dir', enc: 'A256GCM' })
        .setIssuedAt()
        .setExpirationTime(`${MINUTES}m`)
        .encrypt(key);
      return { address: address.href, cookie: `${COOKIE}=${sealed}; Max-Age=${MINUTES * 60}; ${attributes}` };
    },

    async finish(cookies, returned) {
      const provider = await configuration();
      const { state, nonce, verifier, accountId } = await open(cookieIn(cookies), key);
      const url = new URL(returnsTo);
      url.search = returned;
      try {
        const tokens = await client.authorizationCodeGrant(provider, url, {
          ...{ expectedState: state, expectedNonce: nonce, pkceCodeVerifier: verifier, idTokenExpected: true },
        });
        const claims = tokens.claims();
        if (!claims) throw refused();
        const { iss, sub, preferred_username: username, name } = claims;
        const label = [username, name, sub].find((each) => typeof each === 'string' && each !== '') as string;
        const identity = { issuer: iss, subject: sub, label: label.slice(0, 200) };
        return { ...(accountId === null ? { purpose: 'sign-in' } : { purpose: 'link', accountId }), identity };
      } catch (error) {
        throw providerError(error);
      }
    },

    forget: `${COOKIE}=; Max-Age=0; ${attributes}`,
  };
}

function offered(settings: OidcSettings | null): OidcSettings {
  if (settings !== null) return settings;
  throw new DomainError('not-found', {
    messageZh: '本平台未接入统一身份认证',
    messageEn: 'This installation has no provider of identities',
    details: { reason: 'not-offered' },
  });
}

function discovered({ issuer, clientId, clientSecret }: OidcSettings): Promise<client.Configuration> {
  const address = new URL(issuer);
  return client.discovery(address, clientId, undefined, client.ClientSecretBasic(clientSecret), {
    timeout: TIMEOUT_SECONDS,
    // The signature of the identity counts, not only the connection that it came by.
    execute: [
      client.enableNonRepudiationChecks,
      ...(address.protocol === 'http:' ? [client.allowInsecureRequests] : []),
    ],
  });
}

const cookieIn = (cookies: string | undefined): string =>
  cookies
    ?.split(';')
    .map((each) => each.trim())
    .find((each) => each.startsWith(`${COOKIE}=`))
    ?.slice(COOKIE.length + 1) ?? '';

async function open(sealed: string, key: Uint8Array): Promise<z.infer<typeof remembered>> {
  try {
    return remembered.parse((await jwtDecrypt(sealed, key)).payload);
  } catch {
    throw new DomainError('unauthenticated', {
      messageZh: `登录请求不是从这个浏览器发起的，或已超过 ${MINUTES} 分钟；请重新开始`,
      messageEn: `This sign-in was not begun in this browser, or more than ${MINUTES} minutes ago: begin it again`,
    });
  }
}

const refused = (): DomainError =>
  new DomainError('unauthenticated', {
    messageZh: '统一身份认证未能确认您的身份；请重新开始',
    messageEn: 'The provider of identities did not confirm who you are: begin again',
  });

/** What the provider refuses, or says wrongly; and that it does not answer. */
function providerError(error: unknown): DomainError {
  if (error instanceof DomainError) return error;
  const isAnswer =
    error instanceof client.AuthorizationResponseError ||
    (error instanceof client.ResponseBodyError && error.status < 500) ||
    (error instanceof client.ClientError && error.code !== 'OAUTH_TIMEOUT' && !isOfConnection(error));
  if (isAnswer) return refused();
  return new DomainError('provider-unreachable', {
    messageZh: '统一身份认证暂时无法访问；请稍后再试，或用密码登录',
    messageEn: 'The provider of identities does not answer: try again shortly, or sign in by the password',
  });
}

/** `fetch` failed, or the answer was none of the protocol. */
const isOfConnection = (error: Error): boolean =>
  error.cause instanceof TypeError || (error as { code?: unknown }).code === 'OAUTH_RESPONSE_IS_NOT_CONFORM';
