import { createHash, randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair, SignJWT, type CryptoKey, type JWK } from 'jose';

/** What goes wrong at the issuer, or on the way. */
export type IssuerFault =
  'another-nonce' | 'another-audience' | 'another-issuer' | 'another-key' | 'expired' | 'no-token' | 'down';

export interface TestIssuer extends AsyncDisposable {
  readonly issuer: string;
  readonly client: { readonly clientId: string; readonly clientSecret: string };
  /** Who signs in there next. */
  person: { sub: string; preferred_username?: string; email?: string };
  fault: IssuerFault | null;
  /** How often its token endpoint was asked. */
  readonly asked: () => number;
}

interface Granted {
  readonly nonce: string;
  readonly challenge: string;
  readonly redirectUri: string;
  readonly claims: TestIssuer['person'];
}

/** A provider of identities as Keycloak is one: discovery, code flow with PKCE, signed ID tokens; codes are good once. */
export async function startIssuer(): Promise<TestIssuer> {
  const client = { clientId: 'kaibiao', clientSecret: 'the secret of a client' };
  const keys = await generateKeyPair('RS256');
  const others = await generateKeyPair('RS256');
  const jwk: JWK = { ...(await exportJWK(keys.publicKey)), kid: 'one', alg: 'RS256', use: 'sig' };
  const codes = new Map<string, Granted>();
  let asked = 0;

  const idToken = (granted: Granted): Promise<string> => {
    const { fault } = issuer;
    const key: CryptoKey = fault === 'another-key' ? others.privateKey : keys.privateKey;
    const now = Math.floor(Date.now() / 1000);
    return new SignJWT({ ...granted.claims, nonce: fault === 'another-nonce' ? 'another' : granted.nonce })
      .setProtectedHeader({ alg: 'RS256', kid: 'one' })
      .setIssuer(fault === 'another-issuer' ? 'http://127.0.0.1:1/realms/other' : issuer.issuer)
      .setAudience(fault === 'another-audience' ? 'another' : client.clientId)
      .setIssuedAt(fault === 'expired' ? now - 7200 : now)
      .setExpirationTime(fault === 'expired' ? now - 3600 : now + 300)
      .sign(key);
  };

  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', issuer.issuer);
    const json = (status: number, body: unknown): void => {
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    };
    const answer = async (): Promise<void> => {
      if (issuer.fault === 'down') return json(503, { error: 'temporarily_unavailable' });
      switch (url.pathname.replace('/realms/trade', '')) {
        case '/.well-known/openid-configuration':
          return json(200, {
            issuer: issuer.issuer,
            authorization_endpoint: `${issuer.issuer}/auth`,
            token_endpoint: `${issuer.issuer}/token`,
            jwks_uri: `${issuer.issuer}/certs`,
            response_types_supported: ['code'],
            subject_types_supported: ['public'],
            id_token_signing_alg_values_supported: ['RS256'],
            code_challenge_methods_supported: ['S256'],
            authorization_response_iss_parameter_supported: true,
          });
        case '/certs':
          return json(200, { keys: [jwk] });
        case '/auth': {
          const given = (name: string): string => url.searchParams.get(name) ?? '';
          const code = randomUUID();
          codes.set(code, {
            ...{ nonce: given('nonce'), challenge: given('code_challenge'), redirectUri: given('redirect_uri') },
            claims: issuer.person,
          });
          const back = new URL(given('redirect_uri'));
          back.search = new URLSearchParams({ code, state: given('state'), iss: issuer.issuer }).toString();
          response.writeHead(302, { location: back.href }).end();
          return;
        }
        case '/token': {
          asked += 1;
          const parts: Buffer[] = [];
          for await (const part of request) parts.push(part as Buffer);
          const body = new URLSearchParams(Buffer.concat(parts).toString());
          const basic = `Basic ${Buffer.from(`${client.clientId}:${encodeURIComponent(client.clientSecret).replaceAll('%20', '+')}`).toString('base64')}`;
          if (request.headers.authorization !== basic) return json(401, { error: 'invalid_client' });
          const granted = codes.get(body.get('code') ?? '');
          codes.delete(body.get('code') ?? '');
          const verified = createHash('sha256')
            .update(body.get('code_verifier') ?? '')
            .digest('base64url');
          if (granted?.challenge !== verified || granted.redirectUri !== body.get('redirect_uri'))
            return json(400, { error: 'invalid_grant' });
          const token = issuer.fault === 'no-token' ? {} : { id_token: await idToken(granted) };
          return json(200, { access_token: randomUUID(), token_type: 'Bearer', expires_in: 60, ...token });
        }
        default:
          return json(404, { error: 'not_found' });
      }
    };
    void answer();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const issuer: TestIssuer = {
    issuer: `http://127.0.0.1:${port}/realms/trade`,
    client,
    person: { sub: 'f1c7' },
    fault: null,
    asked: () => asked,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return issuer;
}
