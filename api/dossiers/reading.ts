import { once } from 'node:events';
import * as z from 'zod';
import { DomainError } from '../../domain/errors.ts';
import type { LeftOut, Words } from '../../proofs/dossier/manifest.ts';
import { readAs, type Reader } from '../http/acts/read.ts';
import type { Answer, Route } from '../http/route.ts';
import type { Services } from '../http/services.ts';

/** A file of a dossier, or what there is instead of it. */
export type Item =
  | { readonly name: string; readonly what: Words; readonly bytes: AsyncIterable<Uint8Array> }
  | { readonly leftOut: LeftOut };

type Params = Readonly<Record<string, unknown>>;
type File = NonNullable<Answer['file']>;

const page = z.object({ items: z.array(z.record(z.string(), z.unknown())), next: z.string().nullable() });

/** The most that a page of a list may have. */
const PAGE = 100;

const UNTIL = {
  'before-opening': { zh: '开标（开启）后', en: 'the opening' },
  'before-result': { zh: '结果公告后', en: 'the result is announced' },
  'before-award': { zh: '中标（成交）结果公告后', en: 'the award is public' },
  'before-announcement': { zh: '随结果或者合同公告后', en: 'a notice announces it' },
  'before-head': { zh: '签署下一个树头后', en: 'the next head of the log is signed' },
  'before-others': { zh: '此前公告的其他项目开标后', en: 'the tenders that were announced before are opened' },
} as const satisfies Record<string, Words>;

const isKnown = (reason: unknown): reason is keyof typeof UNTIL => typeof reason === 'string' && reason in UNTIL;

/**
 * What is not shown, in the words of the refusal itself.
 * @param name the file that it would be, or the folder
 */
export function leftOutBy(error: unknown, what: Words, name: string): Item {
  if (!(error instanceof DomainError)) throw error;
  const reason = error.details?.['reason'];
  const because = { zh: error.messageZh, en: error.messageEn };
  return { leftOut: { what, because, until: isKnown(reason) ? UNTIL[reason] : null, name } };
}

export const leftOut = (what: Words, because: Words, until: keyof typeof UNTIL): Item => ({
  leftOut: { what, because, until: UNTIL[until], name: null },
});

export const jsonItem = (name: string, what: Words, value: unknown): Item => ({
  ...{ name, what },
  bytes: bytesOfText([`${JSON.stringify(value, null, 2)}\n`]),
});

/** A text as bytes, in pieces. */
export async function* bytesOfText(texts: AsyncIterable<string> | Iterable<string>): AsyncGenerator<Uint8Array> {
  for await (const text of texts) yield Buffer.from(text);
}

/**
 * What the reader of a dossier is answered by the routes of the API: they decide what is shown to whom, and nothing here
 * decides it again.
 */
export class Reading {
  readonly #routes: readonly Route[];
  readonly #services: Services;
  readonly #reader: Reader;

  constructor(routes: readonly Route[], services: Services, reader: Reader) {
    this.#routes = routes;
    this.#services = services;
    this.#reader = reader;
  }

  /** @throws DomainError what the route refuses it with */
  async body(path: string, params: Params, query: Params = {}): Promise<Readonly<Record<string, unknown>>> {
    return (await this.#answer(path, params, query)).body as Readonly<Record<string, unknown>>;
  }

  /** Every item of a list that comes in pages. @throws DomainError */
  async *items(path: string, query: Params): AsyncGenerator<Readonly<Record<string, unknown>>> {
    let cursor: string | null = null;
    do {
      const asked = { ...query, limit: String(PAGE), ...(cursor === null ? {} : { cursor }) };
      const { items, next } = page.parse((await this.#answer(path, {}, asked)).body);
      yield* items;
      cursor = next;
    } while (cursor !== null);
  }

  /** A file; one that the store has lost is said to be. @throws DomainError */
  async file(path: string, params: Params): Promise<File> {
    const { file } = await this.#answer(path, params);
    if (!file) throw new TypeError(`${path} answers with no file`);
    try {
      await once(file.stream, 'readable');
      return file;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
      throw new DomainError('not-found', {
        messageZh: '平台的文件库中缺少此文件，请运行 kaibiao verify 检查',
        messageEn: 'The store of the platform lacks this file; check it with kaibiao verify',
      });
    }
  }

  #answer(path: string, params: Params, query: Params = {}): Promise<Answer> {
    const spec = this.#routes.find((each) => each.method === 'get' && each.path === path);
    if (!spec) throw new TypeError(`there is no route ${path}`);
    return readAs(spec, this.#services, this.#reader, { params, query });
  }
}
