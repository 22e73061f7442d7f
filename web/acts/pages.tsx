import { Readable } from 'node:stream';
import { Busboy } from '@fastify/busboy';
import type { Request } from 'express';
import type { Asked, Told } from '../../api/visit.ts';
import type { Route } from '../../api/http/route.ts';
import { placesOf } from '../../domain/fields/field.ts';
import { DomainError } from '../../domain/errors.ts';
import { page, type Outcome, type PageContext } from '../http/page.ts';
import { errorsOf, Form, Refusal } from '../parts/form.tsx';
import { TextField } from '../parts/field.tsx';
import { Note } from '../parts/note.tsx';
import { ConsoleFrame } from '../console/frame.tsx';
import { AnswerView } from './answer.tsx';
import { Fields } from './fields.tsx';
import { recordBeside } from './beside.tsx';
import { routeAt } from './find-route.ts';
import { formHref } from './links.ts';
import { bodyFields, queryFields, type FormField } from './form-fields.ts';
import { typedOf, valueIn, withRows, type Typed } from './form-values.ts';
import { namesIn, optionsFor } from './options.ts';
import { storedValues } from './stored.ts';

// Every act and every read of the API has a page: the form is what the act asks, the answer is what it says. A page of its own, where
// there is one, is a better way to the same route.

const MESSAGES = {
  zh: { done: '已办理', back: '返回', file: '文件', again: '再次办理', name: '文件名' },
  en: { done: 'Done', back: 'Back', file: 'File', again: 'Once more', name: 'Name of the file' },
};

const restOf = ({ request }: PageContext): string => {
  const rest = request.params['rest'] as unknown;
  return `/${Array.isArray(rest) ? rest.join('/') : String(rest)}`;
};

/** An address of our own site, as a form or a link names it. */
export const ownPath = (text: string, otherwise: string): string =>
  /^\/(?![/\\])[^\s]*$/.test(text) ? text : otherwise;

function found(context: PageContext, method: string): { spec: Route; path: string } {
  const path = restOf(context);
  const route = routeAt(method, path);
  if (!route)
    throw new DomainError('not-found', {
      messageZh: '没有该页面',
      messageEn: 'There is no such page',
      details: { path },
    });
  return { spec: route.spec, path };
}

interface Filled {
  readonly typed: Typed;
  readonly told: Told | null;
  readonly key?: string | undefined;
  /** What was typed is what is stored. */
  readonly stored?: boolean;
}

async function form(context: PageContext, method: string, filled: Filled): Promise<Outcome> {
  const { spec, path } = found(context, method);
  const { lang } = context;
  const t = MESSAGES[lang];
  const title = spec[lang];
  const back = ownPath(context.query('back'), '/console');
  const problem = filled.told?.problem ?? null;
  const errors = errorsOf(problem, lang);
  const body = bodyFields(spec);
  const fields = [...(body?.fields ?? []), ...(spec.upload ? queryFields(spec) : [])];
  const options = await optionsFor(context, path, { fields, typed: filled.typed });
  const own = `${formHref(method, path)}?back=${encodeURIComponent(back)}`;
  const beside = await recordBeside(context, path);
  const given = { typed: filled.typed, errors, options };
  return {
    title,
    status: problem?.status ?? 200,
    content: (
      <ConsoleFrame crumbs={[[back, t.back]]}>
        <h1>{title}</h1>
        <Refusal problem={problem} linked />
        <div class="with-record">
          {beside}
          <Form
            action={own}
            submit={title}
            formKey={problem ? undefined : filled.key}
            files={spec.upload !== undefined}
            dirty={filled.typed.size > 0 && filled.stored !== true}
          >
            {spec.upload ? (
              <>
                <Fields fields={queryFields(spec)} {...given} />
                <TextField
                  name="_file"
                  label={t.file}
                  hint={spec.upload[lang]}
                  type="file"
                  wanted={!spec.upload.optional}
                  errors={errors}
                />
              </>
            ) : null}
            {body ? <Fields fields={body.fields} {...given} /> : null}
          </Form>
        </div>
      </ConsoleFrame>
    ),
  };
}

async function done(
  context: PageContext,
  { spec, path, told }: { readonly spec: Route; readonly path: string; readonly told: Told },
): Promise<Outcome> {
  const { lang } = context;
  const t = MESSAGES[lang];
  const back = ownPath(context.query('back'), '/console');
  // Another person confirms it: its page says who.
  if (told.status === 202 && isPrepared(told.body)) return { redirect: `/console/prepared/${told.body.id}` };
  return {
    title: `${t.done}：${spec[lang]}`,
    content: (
      <ConsoleFrame crumbs={[[back, t.back]]}>
        <Note kind="good" title={`${t.done}：${spec[lang]}`} />
        {told.body === undefined ? null : (
          <AnswerView value={told.body} places={placesOf(spec.path)} names={await namesIn(context, path, told.body)} />
        )}
        <p class="buttons">
          <a class="button" href={context.href(back)}>
            {t.back}
          </a>
        </p>
      </ConsoleFrame>
    ),
  };
}

const isPrepared = (body: unknown): body is { readonly id: string } =>
  typeof body === 'object' && body !== null && 'id' in body && 'lapsesAt' in body;

const LAST_KEY = '_key';

export const actPages = [
  page({
    path: '/console/do/:method/*rest',
    for: 'person',
    handle: async (context) => {
      const method = context.param('method');
      const { spec, path } = found(context, method);
      const typed = await storedValues(context, { method, path, body: bodyFields(spec) });
      return form(context, method, { typed, told: null, stored: true });
    },
  }),
  page({
    path: '/console/do/:method/*rest',
    method: 'post',
    for: 'person',
    handle: async (context) => {
      const method = context.param('method') as Asked['method'];
      const { spec, path } = found(context, method);
      if (spec.upload) return upload(context, spec, path);
      const typed = typedOf(context.request.body);
      await context.assertForm(typed.get('_token')?.at(-1));
      const rows = withRows(typed);
      if (rows) return form(context, method, { typed: rows, told: null, key: typed.get(LAST_KEY)?.at(-1) });
      const told = await context.ask({
        method,
        path,
        ...bodyOf(bodyFields(spec), typed),
        ...keyOf(typed),
        headers: await matchOf(context, spec, path),
      });
      return told.problem ? form(context, method, { typed, told }) : done(context, { spec, path, told });
    },
  }),
  page({
    path: '/console/read/*rest',
    for: 'person',
    handle: async (context) => {
      const { spec, path } = found(context, 'get');
      const { lang } = context;
      const back = ownPath(context.query('back'), '/console');
      const query = new URLSearchParams(
        Object.entries(context.request.query).flatMap(([name, value]) =>
          name === 'back' || typeof value !== 'string' || value === '' ? [] : [[name, value] as [string, string]],
        ),
      ).toString();
      const told = await context.ask({ method: 'get', path: query === '' ? path : `${path}?${query}` });
      const type = String(told.headers['content-type'] ?? '');
      if (!told.problem && !/json/.test(type)) {
        const disposition = told.headers['content-disposition'];
        if (typeof disposition === 'string') context.response.set('Content-Disposition', disposition);
        return { type, text: told.bytes };
      }
      const t = MESSAGES[lang];
      return {
        title: spec[lang],
        status: told.problem?.status ?? 200,
        content: (
          <ConsoleFrame crumbs={[[back, t.back]]}>
            <h1>{spec[lang]}</h1>
            <Refusal problem={told.problem} />
            {told.problem ? null : (
              <AnswerView
                value={told.body}
                places={placesOf(spec.path)}
                names={await namesIn(context, path, told.body)}
              />
            )}
          </ConsoleFrame>
        ),
      };
    },
  }),
];

const bodyOf = (body: FormField | null, typed: Typed): { json?: unknown } =>
  body ? { json: valueIn(body, typed, '') } : {};

const keyOf = (typed: Typed): { key?: string } => {
  const key = typed.get(LAST_KEY)?.at(-1);
  return key === undefined || key === '' ? {} : { key };
};

/** The version that a change is of, where the act asks for one: that which is stored now. */
async function matchOf(context: PageContext, spec: Route, path: string): Promise<Record<string, string>> {
  if (!spec.headers || !('if-match' in spec.headers.shape || 'If-Match' in spec.headers.shape)) return {};
  const [, tender] = /^(\/procurements\/[^/]+)/.exec(path) ?? [];
  if (tender === undefined) return {};
  const { headers } = await context.ask({ method: 'get', path: tender });
  return typeof headers['etag'] === 'string' ? { 'if-match': headers['etag'] } : {};
}

/** A file goes on to the API as it arrives; the fields before it are its query. */
async function upload(context: PageContext, spec: Route, path: string): Promise<Outcome> {
  const { typed, told } = await sentFile(context.request, async (fields, file) => {
    await context.assertForm(fields.get('_token')?.at(-1));
    const query = new URLSearchParams();
    for (const field of queryFields(spec)) {
      const value = valueIn(field, fields, field.key);
      if (value !== undefined && value !== null)
        query.set(field.key, typeof value === 'string' ? value : JSON.stringify(value));
      else if (field.key === 'name' && file) query.set('name', file.name);
    }
    const search = query.toString();
    return context.ask({
      method: spec.method as Asked['method'],
      path: search === '' ? path : `${path}?${search}`,
      ...keyOf(fields),
      ...(file ? { file: { stream: file.stream, mediaType: spec.upload?.mediaType ?? file.mediaType } } : {}),
    });
  });
  return told.problem ? form(context, spec.method, { typed, told }) : done(context, { spec, path, told });
}

interface ArrivingFile {
  readonly stream: Readable;
  readonly name: string;
  readonly mediaType: string;
}

/**
 * The fields of a form, and the first of its files as it arrives.
 * @throws DomainError `media-type-unsupported`, `malformed-request`, `upload-incomplete`
 */
export async function sentFile(
  request: Request,
  send: (fields: Typed, file: ArrivingFile | null) => Promise<Told>,
): Promise<{ typed: Typed; told: Told }> {
  if (!request.is('multipart/form-data')) {
    throw new DomainError('media-type-unsupported', {
      messageZh: '表单应以 multipart/form-data 提交',
      messageEn: 'The form must be sent as multipart/form-data',
    });
  }
  return new Promise((resolve, reject) => {
    const fields = new Map<string, readonly string[]>();
    let sent: Promise<Told> | undefined;
    let arriving: Readable | undefined;
    const parser = parserOf(request);
    parser.on('field', (name, value) => fields.set(name, [...(fields.get(name) ?? []), value]));
    parser.on('file', (_name, stream, name, _encoding, mediaType) => {
      if (name === '' || name === undefined) stream.resume();
      else {
        arriving = stream;
        sent = send(fields, { stream: Readable.from(stream), name, mediaType });
      }
      sent?.catch(() => stream.resume());
    });
    parser.on('error', () => reject(malformed()));
    parser.on('finish', () => {
      (sent ?? send(fields, null)).then((told) => resolve({ typed: fields, told }), reject);
    });
    request.once('close', () => {
      if (request.complete) return;
      const broken = new DomainError('upload-incomplete', {
        messageZh: '上传中断',
        messageEn: 'The upload broke off',
      });
      arriving?.destroy(broken);
      reject(broken);
    });
    request.pipe(parser);
  });
}

/** @throws DomainError `malformed-request` for a form that names no boundary */
function parserOf({ headers }: Request): Busboy {
  try {
    return new Busboy({
      headers: headers as { 'content-type': string },
      limits: { files: 1, fields: 200, fieldSize: 100_000 },
    });
  } catch {
    throw malformed();
  }
}

const malformed = (): DomainError =>
  new DomainError('malformed-request', {
    messageZh: '表单格式不正确',
    messageEn: 'The form is not well-formed',
  });
