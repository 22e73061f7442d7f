import { request } from 'node:http';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { ROLES, type Role } from '../../domain/roles.ts';
import { MEMBER_ROLES, startTestApi, type Member, type TestApi } from '../setup/api.ts';
import { unpacked } from '../setup/tenders/dossiers.ts';
import { handClock } from '../setup/tenders/tender.ts';
import { draftOf, tenderAt } from '../setup/tenders/tenders.ts';

const clock = handClock('2026-03-05T10:00:00+08:00');
let api: TestApi;
let tender: string;
const members = new Map<Role, Member>();
const as = (role: Role): Member => members.get(role) as Member;

beforeAll(async () => {
  api = await startTestApi({ database: { machineClock: clock.read } });
  for (const role of MEMBER_ROLES) members.set(role, await api.member(role));
  tender = await tenderAt(api.db, 'evaluation', draftOf({ purchaserId: as('purchaser').organisationId }));
});
afterAll(() => api[Symbol.asyncDispose]());

/** The bytes as they come: other answers are text. */
function download(path: string, token: string): Promise<{ headers: NodeJS.Dict<string | string[]>; bytes: Buffer }> {
  return new Promise((resolve, reject) => {
    request(`${api.url}${path}`, { headers: { authorization: `Bearer ${token}` } }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () => resolve({ headers: response.headers, bytes: Buffer.concat(chunks) }));
      response.on('error', reject);
    })
      .on('error', reject)
      .end();
  });
}

it('who runs, serves or supervises the tender may ask for it; nobody else, and nobody of another tender', async () => {
  const statuses = new Map<Role, number>();
  for (const role of ROLES) {
    const caller = role === 'public' ? api : as(role);
    statuses.set(role, (await caller.call('GET', `/api/procurements/${tender}/dossier`)).status);
  }
  expect(Object.fromEntries(statuses)).toEqual({
    ...{ purchaser: 200, centre: 200, office: 200, supervisor: 200, discipline: 200, auditor: 200 },
    // Not the agency of this tender.
    ...{ agency: 403, expert: 403, supplier: 403, administrator: 403, public: 401 },
  });
  const draft = await tenderAt(api.db, 'draft', draftOf({ purchaserId: as('purchaser').organisationId }));
  const refused = await as('purchaser').call('GET', `/api/procurements/${draft}/dossier`);
  expect([refused.status, refused.get('code')]).toEqual([403, 'forbidden']);
});

it('comes as a file with the name of the tender in Chinese, and proves itself', async () => {
  const { headers, bytes } = await download(`/api/procurements/${tender}/dossier`, as('auditor').token);
  expect(headers['content-type']).toBe('application/zip');
  // RFC 8187, with something for who does not know it.
  const name = encodeURIComponent('某区中学教学楼工程档案.zip');
  expect(headers['content-disposition']).toMatch(/^attachment; filename="[ -~]+"; filename\*=UTF-8''/);
  expect(headers['content-disposition']).toContain(`filename*=UTF-8''${name}`);
  const { manifest, verified } = await unpacked(bytes);
  expect(verified.faults).toEqual([]);
  expect(manifest.asked).toMatchObject({ role: 'auditor', person: as('auditor').username });
});

it('that it was asked for is in the audit trail, and in the dossier itself', async () => {
  const { bytes } = await download(`/api/procurements/${tender}/dossier`, as('supervisor').token);
  const found = await as('auditor').call('GET', `/api/audit?procurementId=${tender}&action=dossier.make&limit=1`);
  expect(found.get('items.0')).toMatchObject({
    actor: { role: 'supervisor', name: as('supervisor').username },
    subject: `procurement/${tender}`,
  });
  const { text } = await unpacked(bytes);
  const actions = text('audit.jsonl')
    .trim()
    .split('\n')
    .map((line) => (JSON.parse(line) as { action: string }).action);
  expect(actions.at(-1)).toBe('dossier.make');
});
