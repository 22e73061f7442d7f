import * as z from 'zod';
import { createDocument, type ZodOpenApiOperationObject, type ZodOpenApiPathsObject } from 'zod-openapi';
import type { ErrorCode } from '../../domain/errors.ts';
import { PERMISSIONS, ROLES, type Role } from '../../domain/roles.ts';
import { ACTING_AS } from './access.ts';
import { KEY_HEADER, KEY_PATTERN, REPLAYED_HEADER } from './idempotent.ts';
import { PROBLEM_TYPE, problemSchema, STATUS_OF } from './problems.ts';
import { withFieldNames } from './fields/openapi-names.ts';
import { ROUTES } from '../routes.ts';
import type { Judged, Route } from './route.ts';

const INTRODUCTION = `开标（Kaibiao）接口。时间一律带时区偏移，答复用 +08:00；金额以分为单位；错误为 RFC 9457 problem+json，中英双语。

Instants carry their offset (answers use +08:00), money is integer fen, errors are RFC 9457 problem+json in Chinese and English.
Every POST but sign-in, /api/law/audit and those of resumable uploads requires an \`${KEY_HEADER}\`: a request sent twice is executed once. An account that acts for several organisations names one with \`${ACTING_AS}: <organisationId>:<role>\`.`;

type OpenApiDocument = ReturnType<typeof createDocument>;

let made: OpenApiDocument | undefined;
/**
 * The OpenAPI 3.1 document, generated from the definitions that the server runs on. Made for the first reader in a
 * process: it takes as long as all the rest of a start.
 */
export const openApiDocument = (): OpenApiDocument => (made ??= makeDocument());

function makeDocument(): OpenApiDocument {
  const paths: ZodOpenApiPathsObject = {};
  for (const spec of ROUTES) {
    const path = `/api${spec.path}`;
    paths[path] = { ...paths[path], [spec.method]: operationOf(spec) };
  }
  const document = createDocument({
    openapi: '3.1.0',
    info: {
      title: '开标 Kaibiao',
      version: '0.1.0',
      description: INTRODUCTION,
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: '/' }],
    paths,
    components: {
      securitySchemes: {
        bearer: {
          type: 'http',
          scheme: 'bearer',
          description: 'POST /api/session 返回的 token / the token of POST /api/session',
        },
        cookie: { type: 'apiKey', in: 'cookie', name: 'kaibiao.session_token' },
      },
    },
  });
  return withFieldNames(document);
}

export function rolesOf(spec: Route): Role[] {
  const actions = [spec.action, ...(spec.draftAction ? [spec.draftAction] : []), ...(spec.orElse ?? [])];
  const grants: Partial<Record<Role, unknown>>[] = actions.map((action) => PERMISSIONS[action].roles);
  return ROLES.filter((role) => grants.some((roles) => roles[role] !== undefined));
}

const isForAll = (spec: Route): boolean => spec.signedIn !== true && rolesOf(spec).includes('public');
/** Also where only what is announced needs no sign-in. */
const signInWanted = (spec: Route): boolean => !isForAll(spec) || spec.orElse !== undefined;

function operationOf(spec: Route): ZodOpenApiOperationObject {
  const headers = headersOf(spec);
  return {
    operationId: operationIdOf(spec),
    tags: [spec.tag],
    summary: `${spec.zh} / ${spec.en}`,
    ...descriptionOf(spec),
    security: signInWanted(spec) ? [{ bearer: [] }, { cookie: [] }, ...(isForAll(spec) ? [{}] : [])] : [],
    requestParams: {
      ...(spec.params ? { path: spec.params } : {}),
      ...(spec.query ? { query: spec.query } : {}),
      ...(headers ? { header: headers } : {}),
    },
    ...requestBodyOf(spec),
    responses: { ...outcomesOf(spec), ...problemsOf(spec) },
  };
}

/** A cursor is opaque, and which of several memberships is meant is known to nobody else. */
const CURSOR: Judged = {
  field: 'cursor',
  rule: 'cursor',
  zh: '由本平台为该列表给出',
  en: 'given by this platform for this list',
};
const NAMED_MEMBERSHIP: Judged = {
  field: ACTING_AS,
  rule: 'required',
  zh: '有多个身份的人员必填',
  en: 'wanted from a person with several memberships',
};

export const judgedIn = (spec: Route): Judged[] => [
  ...(spec.query && 'cursor' in spec.query.shape ? [CURSOR] : []),
  ...(signInWanted(spec) ? [NAMED_MEMBERSHIP] : []),
  ...(spec.judged ?? []),
];

function descriptionOf(spec: Route) {
  const who = `${PERMISSIONS[spec.action].zh}（${spec.action}）：${rolesOf(spec).join(', ')}`;
  const judged = judgedIn(spec);
  if (judged.length === 0) return { description: who };
  const lines = judged.map(
    ({ field, rule, zh, en }) => `- \`${[field, rule].filter(Boolean).join(' ')}\`：${zh} / ${en}`,
  );
  return {
    description: `${who}\n\n格式之外的判断（bad-input） / Judged beyond its form (bad-input):\n\n${lines.join('\n')}`,
    'x-judged': judged.map(({ field, rule }) => ({ field, ...(rule === undefined ? {} : { rule }) })),
  };
}

function operationIdOf({ method, path }: Route): string {
  const words = path.split('/').filter(Boolean);
  return [method, ...words.map((word) => word.replace(/[{}]/g, ''))]
    .join('-')
    .replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase());
}

/** Of a file: what was received is compared with it. */
const HASH_HEADERS = {
  'Content-SHA256': z
    .string()
    .optional()
    .meta({ pattern: '^[0-9A-Fa-f]{64}$', description: '十六进制 / In hexadecimal' }),
  'Content-Digest': z.string().optional().meta({ pattern: '^sha-256=:[A-Za-z0-9+/]{43}=:$', description: 'RFC 9530' }),
  Digest: z.string().optional().meta({ pattern: '^[Ss][Hh][Aa]-256=[A-Za-z0-9+/]{43}=$', description: 'RFC 3230' }),
};

function headersOf(spec: Route): z.ZodObject | null {
  const own = {
    ...(spec.method === 'post' && !spec.withoutKey && signInWanted(spec)
      ? {
          [KEY_HEADER]: z.string().meta({
            pattern: KEY_PATTERN.source,
            description: '同一键的同一请求只执行一次 / The same request with the same key acts once',
          }),
        }
      : {}),
    ...(signInWanted(spec)
      ? {
          [ACTING_AS]: z
            .string()
            .optional()
            .meta({
              pattern: `^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}:(?:${ROLES.filter((role) => role !== 'public').join('|')})$`,
              description: '以何身份：机构编号:角色 / As what: organisationId:role',
            }),
        }
      : {}),
  };
  const hashes = spec.upload && !spec.upload.pieces ? HASH_HEADERS : {};
  const all = { ...own, ...hashes, ...spec.headers?.shape };
  return Object.keys(all).length > 0 ? z.object(all) : null;
}

function requestBodyOf(spec: Route): Pick<ZodOpenApiOperationObject, 'requestBody'> {
  if (spec.upload) {
    return {
      requestBody: {
        required: !spec.upload.optional,
        description: `${spec.upload.zh} / ${spec.upload.en}`,
        content: {
          [spec.upload.mediaType ?? 'application/octet-stream']: { schema: { type: 'string', format: 'binary' } },
        },
      },
    };
  }
  if (!spec.body) return {};
  return { requestBody: { required: !spec.bodyOptional, content: { 'application/json': { schema: spec.body } } } };
}

/** RFC 9110 14.2. */
const PART = { status: 206, zh: '请求头 Range 所要的部分', en: 'The part that the header Range wants' };

function outcomesOf(spec: Route): ZodOpenApiOperationObject['responses'] {
  const parts = spec.method === 'get' ? spec.outcomes.flatMap((each) => (each.file ? { ...each, ...PART } : [])) : [];
  return Object.fromEntries(
    [...spec.outcomes, ...parts].map(({ status, schema, file, zh, en }) => [
      `${status}`,
      {
        description: `${zh} / ${en}`,
        ...(schema ? { content: { 'application/json': { schema } } } : {}),
        ...(file ? { content: { [file]: { schema: { type: 'string' as const, format: 'binary' } } } } : {}),
        ...(spec.method === 'post' && !spec.withoutKey
          ? { headers: z.object({ [REPLAYED_HEADER]: z.enum(['true']).optional() }) }
          : {}),
      },
    ]),
  );
}

function problemsOf(spec: Route): ZodOpenApiOperationObject['responses'] {
  const codes = new Set<ErrorCode>(['malformed-request', 'bad-input', 'too-many-requests', ...(spec.errors ?? [])]);
  const add = (...more: ErrorCode[]): void => more.forEach((code) => codes.add(code));
  if (signInWanted(spec)) add('unauthenticated', 'forbidden');
  // Also where nobody need sign in: of who has not signed in completely.
  if (!spec.beforePasswordChange) add('password-change-required');
  if (spec.beforeSecondFactor !== 'to-prove') add('second-factor-required');
  if (spec.fresh) add('verification-required');
  if (spec.at !== 'anywhere') add('not-found', 'forbidden');
  if (spec.at !== 'anywhere' && rolesOf(spec).includes('agency')) add('not-mandated');
  if (spec.params) add('not-found');
  if (spec.body) add('file-too-large', 'media-type-unsupported');
  if (spec.body || spec.upload) add('request-timeout');
  if (spec.upload) add('database-full', 'media-type-unsupported');
  if (spec.method === 'get' && spec.outcomes.some(({ file }) => file)) add('range-not-satisfiable');
  if (spec.method === 'post' && !spec.withoutKey) {
    add('idempotency-key-missing', 'idempotency-conflict', 'request-in-progress');
  }
  if (!['get', 'head', 'options'].includes(spec.method)) {
    add('cross-site', 'database-busy', 'database-full', 'clock-jumped');
  }
  add('database-unreachable');
  const byStatus = new Map<number, ErrorCode[]>();
  for (const code of codes) byStatus.set(STATUS_OF[code], [...(byStatus.get(STATUS_OF[code]) ?? []), code]);
  return Object.fromEntries(
    [...byStatus]
      .sort(([a], [b]) => a - b)
      .map(([status, list]) => [
        `${status}`,
        { description: list.sort().join(', '), content: { [PROBLEM_TYPE]: { schema: problemSchema } } },
      ]),
  );
}
