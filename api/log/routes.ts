import { Readable } from 'node:stream';
import * as z from 'zod';
import { headsAfter, latestHead, type TreeHeadRow } from '../../db/log.ts';
import { consistencyProof, inclusionProof } from '../../services/log/proofs.ts';
import { exportLog } from '../../services/log/export.ts';
import type { Queries } from '../../db/access/database.ts';
import { notFound } from '../../db/procurements.ts';
import { permission } from '../../domain/roles.ts';
import { ok, route } from '../http/route.ts';
import { at, instantOut, pageOf, pageQuery, sha256, whole } from '../http/schemas.ts';

const tag = 'log';

const leaf = whole(0, Number.MAX_SAFE_INTEGER);

export const headSchema = z
  .object({
    size: z.int().meta({ description: '叶子数 / Leaves' }),
    root: sha256,
    signedAt: instantOut,
    jws: z.string().meta({ description: '签名（JWS kb-tree-head） / What is signed' }),
  })
  .meta({ id: 'TreeHead', description: '日志的签名树头（RFC 6962） / Signed head of the log' });

export const headView = ({ size, root, signedAt, jws }: TreeHeadRow): z.infer<typeof headSchema> => ({
  size,
  root,
  signedAt: at(signedAt),
  jws,
});

const proofSchema = z.array(sha256).meta({ description: 'RFC 6962 2.1.1, 2.1.2' });

/** Up to the last signed head only: later entries are not shown. */
async function lastHead(q: Queries): Promise<TreeHeadRow> {
  const head = await latestHead(q);
  if (!head) throw notFound('tree-head', '');
  return head;
}

export const logRoutes = [
  route({
    method: 'get',
    path: '/log/head',
    action: 'log.read',
    at: 'anywhere',
    tag,
    zh: '日志最近一次签名的树头（每次发布公告、每日签名）',
    en: 'The last signed head of the log: one at each publication and each day',
    outcomes: [{ status: 200, schema: headSchema, zh: '树头', en: 'The head' }],
    errors: ['not-found'],
    handle: async ({ services: { db } }) => ok(headView(await lastHead(db.read))),
  }),
  route({
    method: 'get',
    path: '/log/heads',
    action: 'log.read',
    at: 'anywhere',
    tag,
    zh: '日志的全部签名树头，由小到大',
    en: 'Every signed head, the smallest first',
    query: pageQuery,
    outcomes: [{ status: 200, schema: pageOf(headSchema), zh: '一页', en: 'A page' }],
    handle: async ({ services: { db, cursors }, query: { limit, cursor } }) => {
      const rows = await headsAfter(db.read, cursors.read(cursor, z.int()) ?? 0, limit + 1);
      return ok(cursors.page(rows, limit, headView, ({ size }) => size));
    },
  }),
  route({
    method: 'get',
    path: '/log/inclusion',
    action: 'log.read',
    at: 'anywhere',
    tag,
    zh: '某片叶子在日志中的证明',
    en: 'That a leaf is in the log of a size',
    query: z.strictObject({ index: leaf, size: leaf }),
    outcomes: [
      {
        status: 200,
        schema: z.object({ index: z.int(), size: z.int(), proof: proofSchema }),
        zh: '证明',
        en: 'The proof',
      },
    ],
    errors: ['not-found'],
    handle: async ({ services: { db }, query: { index, size } }) => {
      const last = await lastHead(db.read);
      if (size > last.size) throw notFound('tree-head', String(size));
      if (index >= size) throw notFound('leaf', String(index));
      return ok({ index, size, proof: await inclusionProof(db.read, index, size) });
    },
  }),
  route({
    method: 'get',
    path: '/log/consistency',
    action: 'log.read',
    at: 'anywhere',
    tag,
    zh: '较大的日志是较小的日志的延续',
    en: 'That a log of a size continues one of a smaller size',
    query: z.strictObject({ first: leaf, second: leaf }),
    outcomes: [
      {
        status: 200,
        schema: z.object({ first: z.int(), second: z.int(), proof: proofSchema }),
        zh: '证明',
        en: 'The proof',
      },
    ],
    errors: ['not-found'],
    handle: async ({ services: { db }, query: { first, second } }) => {
      const last = await lastHead(db.read);
      if (second > last.size) throw notFound('tree-head', String(second));
      if (first < 1 || first > second) throw notFound('tree-head', String(first));
      return ok({ first, second, proof: await consistencyProof(db.read, first, second) });
    },
  }),
  route({
    method: 'get',
    path: '/log/export',
    action: 'log.read',
    at: 'anywhere',
    tag,
    zh: '导出整个日志（JSON 行），供离线核验：kaibiao verify',
    en: 'The whole log as JSON lines, for kaibiao verify; with the entries themselves for those who read the audit trail',
    outcomes: [{ status: 200, file: 'application/jsonl', zh: '日志', en: 'The log' }],
    handle: async ({ services: { db }, role }) => {
      const watching = 'scope' in permission(role, 'audit.read', {});
      return {
        ...ok(undefined),
        file: {
          stream: Readable.from(textOf(exportLog(db, watching))),
          name: 'kaibiao-log.jsonl',
          mediaType: 'application/jsonl',
          size: null,
        },
      };
    },
  }),
];

/** Bytes sent in one chunk: sending a line by itself costs more than reading it. */
const CHUNK = 64 * 1024;

async function* textOf(lines: AsyncIterable<unknown>): AsyncGenerator<Buffer> {
  let text = '';
  for await (const line of lines) {
    text += `${JSON.stringify(line)}\n`;
    if (text.length < CHUNK) continue;
    yield Buffer.from(text);
    text = '';
  }
  if (text !== '') yield Buffer.from(text);
}
