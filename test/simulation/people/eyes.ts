import { createHash } from 'node:crypto';
import { createServer, request, type Server } from 'node:http';
import { duplexPair } from 'node:stream';
import { pino } from 'pino';
import { createApi, DEFAULT_SETTINGS } from '../../../api/http/app.ts';
import type { Passwords } from '../../../api/http/auth.ts';
import { createMetrics } from '../../../api/http/metrics.ts';
import type { Route } from '../../../api/http/route.ts';
import { ROUTES } from '../../../api/routes.ts';
import { UNATTENDED } from '../../../db/audit.ts';
import { permission, ROLES, type Role } from '../../../domain/roles.ts';
import { createAccount } from '../../../services/accounts/create.ts';
import { dossierPages } from '../../../web/dossiers/pages.ts';
import { publicPages } from '../../../web/pages.ts';
import { receiptPrinter } from '../../../web/bids/receipt-pdf.ts';
import { evaluationPrinter } from '../../../web/evaluation/report.ts';
import { testSigner } from '../../setup/signer.ts';
import { Broken } from '../invariants/judge.ts';
import type { World } from '../world.ts';
import type { Story } from './story.ts';

const PASSWORD = 'a-password-of-a-simulation';
const hash = (password: string): string => createHash('sha256').update(password).digest('hex');
const QUICK: Passwords = {
  hash: async (password) => hash(password),
  verify: async (given) => given.hash === hash(given.password),
};
const PUBLIC_URL = 'http://tender.test';
const NOTHING = '01900000-0000-7000-8000-000000000000';

/** Everybody who may look, each with a session; `public` has none. */
export interface Eyes {
  readonly roles: ReadonlyMap<Role, string | null>;
  get(path: string, token: string | null): Promise<{ readonly status: number; readonly text: string }>;
}

/** The API itself, over streams in memory: nothing listens and nothing is sent. */
export async function openEyes(world: World): Promise<Eyes> {
  const { db, people } = world;
  const settings = {
    ...DEFAULT_SETTINGS,
    publicUrl: PUBLIC_URL,
    sessionKey: 'a key of a simulation, long enough to be taken seriously',
    rateLimit: 'off' as const,
    sealing: 'optional' as const,
  };
  const { app } = await createApi({
    ...{ db, settings, metrics: createMetrics(), passwords: QUICK, signer: await testSigner() },
    log: pino({ level: 'silent' }),
    pages: publicPages({ db, publicUrl: PUBLIC_URL }),
    temporalReady: async () => true,
    printReceipt: receiptPrinter(PUBLIC_URL),
    printEvaluation: evaluationPrinter(PUBLIC_URL),
    dossierPages: dossierPages(PUBLIC_URL),
  });
  const server = createServer(app);
  const roles = new Map<Role, string | null>();
  for (const role of ROLES) {
    if (role === 'public') roles.set(role, null);
    else {
      const username = `eyes.${role}`;
      const organisationId = (role === 'purchaser' || role === 'supplier' ? people.outsider : people.centre).id;
      await db.transaction((tx) =>
        createAccount(tx, UNATTENDED, {
          ...{ username, name: username, passwordHash: hash(PASSWORD), oneTimeUntil: null },
          memberships: [{ organisationId, role }],
        }),
      );
      const { text } = await send(server, 'POST', '/api/session', null, { username, password: PASSWORD });
      roles.set(role, String((JSON.parse(text) as { token?: string }).token));
    }
  }
  return { roles, get: (path, token) => send(server, 'GET', path, token) };
}

function send(server: Server, method: string, path: string, token: string | null, json?: unknown) {
  const [near, far] = duplexPair();
  server.emit('connection', far);
  const body = json === undefined ? '' : JSON.stringify(json);
  return new Promise<{ status: number; text: string }>((resolve, reject) => {
    const headers = {
      ...(token === null ? {} : { authorization: `Bearer ${token}` }),
      ...(body === '' ? {} : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) }),
      host: 'tender.test',
      connection: 'close',
    };
    request({ method, path, headers, createConnection: () => near }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () => resolve({ status: response.statusCode ?? 0, text: Buffer.concat(chunks).toString() }));
    })
      .on('error', reject)
      .end(body);
  });
}

/** What would tell, before the opening, who bids or what. */
function secretsOf(world: World, story: Story): string[] {
  const bids = [...story.receipts.values()].flatMap(({ bidId, sha256 }) => [bidId, sha256]);
  const bidders = [...story.receipts.values()].map(({ supplier }) => supplier);
  const named = [...new Set([...bidders, ...story.obtained])].flatMap(
    (index) => world.people.suppliers[index]?.name ?? [],
  );
  // Whoever is invited is known to those who invite.
  return story.invited ? bids : [...bids, ...named];
}

const looked = ROUTES.filter(({ method, path }) => method === 'get' && !/session|calendar|law|catalogue/.test(path));

function addressOf({ path }: Route, story: Story, bidId: string): string {
  const named: Record<string, string> = { id: story.id, no: '1', bidId };
  return `/api${path.replace(/\{(\w+)\}/g, (_, name: string) => named[name] ?? NOTHING)}`;
}

/**
 * Everybody looks everywhere while the bids of a tender are secret.
 * @throws Broken
 */
export async function look(world: World, story: Story, eyes: Eyes): Promise<void> {
  const { stage } = story.seen?.procurement ?? {};
  if (stage !== 'bidding' || story.receipts.size === 0) return;
  const secrets = secretsOf(world, story);
  // Of an opening that is held up everybody may learn that and why.
  const suspended = story.seen?.suspensions.some(({ lotNo, until }) => lotNo === 0 && until === null) ?? false;
  const bidId = [...story.receipts.keys()][0] ?? NOTHING;
  for (const [role, token] of eyes.roles) {
    for (const spec of looked) {
      const path = addressOf(spec, story, bidId);
      const { status, text } = await eyes.get(path, token);
      const where = `${role} at ${spec.path} (${status})`;
      if (status >= 500) throw new Broken('nothing fails but by the law', `${where}: ${text.slice(0, 300)}`);
      const granted = permission(role, spec.action, { stage, opened: false, awarded: false, suspended });
      if (spec.at !== 'anywhere' && 'denied' in granted && status < 400)
        throw new Broken('nobody sees what the role table hides', where);
      // Organisations have public names, and who has filed a grievance is known to those who judge it.
      const isOfTender = spec.path.startsWith('/procurements/{id}') && spec.action !== 'grievance.read';
      // An answer may name what it was asked for.
      const told = secrets.find(
        (secret) =>
          (isOfTender || /^[0-9a-f-]{36,64}$/.test(secret)) && !path.includes(secret) && text.includes(secret),
      );
      if (told !== undefined)
        throw new Broken(
          'nobody sees what the role table hides',
          `${where} shows ${told} of ${story.name}: ${text.slice(0, 300)}`,
        );
    }
  }
  world.note(`${story.name} was looked at by everybody`);
  world.count('look');
}
