import { createServer, type Server } from 'node:http';
import express, { type Express } from 'express';
import { z } from 'zod';
import { verifyConsistency } from '../../proofs/merkle.ts';
import { NotSigned } from '../../proofs/signing.ts';
import { verifyTreeHead } from '../../proofs/tree-head.ts';
import { COSIGNED_HEAD, type WitnessedHead } from '../../proofs/witness.ts';
import type { WitnessFolder } from './folder.ts';

/** A proof has as many hashes as the tree has levels, and two. */
const MOST_HASHES = 66;
const HASH = /^[0-9a-f]{64}$/;

const addHead = z.strictObject({
  old: z.int().min(0),
  proof: z.array(z.string().regex(HASH)).max(MOST_HASHES),
  head: z.string().max(4_096),
});

/** Accepts heads of one log that continue each other, and signs them. */
export function witnessApp(folder: WitnessFolder, now: () => number = Date.now): Express {
  const app = express();
  app.disable('x-powered-by');
  app.use((_request, response, next) => {
    response.set({ 'Cache-Control': 'no-store', 'X-Content-Type-Options': 'nosniff' });
    next();
  });
  app.get('/head', (_request, response) => {
    const last = folder.last();
    if (last) response.json(last);
    else response.status(404).json({ code: 'no-head' });
  });
  app.get('/.well-known/jwks.json', (_request, response) => void response.json({ keys: [folder.signer.publicJwk] }));
  app.post('/add-head', express.json({ limit: '16kb' }), async (request, response) => {
    const given = addHead.safeParse(request.body);
    if (!given.success) return void response.status(400).json({ code: 'malformed-request' });
    const answer = await judged(folder, given.data, now);
    response.status(answer.status).json(answer.body);
  });
  app.use((_request, response) => void response.status(404).json({ code: 'not-found' }));
  return app;
}

interface Judged {
  readonly status: number;
  readonly body: object;
}

async function judged(
  folder: WitnessFolder,
  { old, proof, head }: z.infer<typeof addHead>,
  now: () => number,
): Promise<Judged> {
  let signed: { size: number; root: string };
  try {
    signed = await verifyTreeHead(head, folder.platform);
  } catch (error) {
    if (!(error instanceof NotSigned)) throw error;
    return { status: 403, body: { code: 'not-signed' } };
  }
  const { size, root } = signed;
  const at = now();
  const cosignature = await folder.signer.sign(COSIGNED_HEAD, { size, root, at });
  // From here on nothing is awaited: of two requests at once one comes first.
  const last = folder.last();
  if (last && size === last.size && root === last.root) return { status: 200, body: last };
  if (old !== (last?.size ?? 0)) return { status: 409, body: { code: 'another-head', size: last?.size ?? 0 } };
  if (last && !verifyConsistency({ first: last.size, second: size, firstRoot: last.root, secondRoot: root, proof })) {
    return { status: 422, body: { code: 'not-continued', size: last.size } };
  }
  const accepted: WitnessedHead = { size, root, head, cosignature };
  folder.accept(accepted, at);
  return { status: 200, body: accepted };
}

/** Serves until it is closed. */
export async function serveWitness(
  app: Express,
  { host, port }: { host: string; port: number },
): Promise<{ server: Server; url: string }> {
  const server = createServer({ headersTimeout: 15_000, requestTimeout: 30_000 }, app);
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, resolve);
  });
  const address = server.address();
  const bound = typeof address === 'object' && address ? address.port : port;
  return { server, url: `http://${host.includes(':') ? `[${host}]` : host}:${bound}` };
}
