import type { Database } from '../../db/access/database.ts';
import { signingKeysOf } from '../../db/signing-keys.ts';
import type { PublicPage } from '../visit.ts';

/** The public keys that the platform has signed with (RFC 7517), retired ones included: their signatures stay valid. */
export const keySet = (db: Database): PublicPage => ({
  path: '/.well-known/jwks.json',
  handle: async (_request, response) => {
    response
      .set({ 'Cache-Control': 'public, max-age=300', 'Access-Control-Allow-Origin': '*' })
      .type('application/jwk-set+json')
      .send(JSON.stringify({ keys: await signingKeysOf(db.read) }));
  },
});
