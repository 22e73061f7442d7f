import type { Answered, Member, TestApi } from '../api.ts';

/** Somebody with a browser that runs no script: pages, forms, cookies. */
export interface Visitor {
  readonly cookie: string;
  get(path: string): Promise<Answered>;
  /** Fills in the form of a page and sends it. @param given.from another page whose form it is */
  submit(
    path: string,
    typed: Readonly<Record<string, string | readonly string[]>>,
    given?: {
      readonly key?: string;
      readonly token?: string;
      readonly from?: string;
      readonly headers?: Readonly<Record<string, string>>;
    },
  ): Promise<Answered>;
  /** Of the forms of this session. */
  token(): Promise<string>;
}

const ORIGIN = 'http://tender.test';

export const cookiesIn = (answer: Answered): string =>
  (answer.headers.get('set-cookie') ?? '')
    .split(/,\s*(?=[\w.]+=)/)
    .map((cookie) => cookie.split(';')[0])
    .join('; ');

/** Signs a member in by the page. */
export async function visitor(api: TestApi, member: Pick<Member, 'username' | 'password'>): Promise<Visitor> {
  const form = (body: URLSearchParams, cookie: string, headers: Readonly<Record<string, string>> = {}) => ({
    key: null,
    body: body.toString(),
    headers: {
      'content-type': 'application/x-www-form-urlencoded',
      origin: ORIGIN,
      ...(cookie ? { cookie } : {}),
      ...headers,
    },
  });
  const signedIn = await api.call(
    'POST',
    '/sign-in',
    form(new URLSearchParams({ username: member.username, password: member.password }), ''),
  );
  if (signedIn.status !== 303)
    throw new Error(`the sign-in of ${member.username} was answered with ${signedIn.status}`);
  let cookie = cookiesIn(signedIn);
  const get = (path: string): Promise<Answered> => api.call('GET', path, { headers: { cookie } });
  /** A browser keeps what it is given: an act may begin another session. */
  const kept = (answer: Answered): Answered => {
    const given = new Map(cookie.split('; ').map((each) => [each.split('=')[0], each]));
    for (const each of cookiesIn(answer).split('; ')) if (each !== '') given.set(each.split('=')[0], each);
    cookie = [...given.values()].join('; ');
    return answer;
  };
  const token = async (from = '/console'): Promise<string> =>
    /name="_token" value="([^"]*)"/.exec((await get(from)).text)?.[1] ?? '';
  return {
    get cookie() {
      return cookie;
    },
    get,
    token,
    submit: async (path, typed, given = {}) => {
      const body = new URLSearchParams();
      body.set('_token', given.token ?? (await token(given.from)));
      body.set('_key', given.key ?? crypto.randomUUID());
      for (const [name, value] of Object.entries(typed))
        for (const each of typeof value === 'string' ? [value] : value) body.append(name, each);
      return kept(await api.call('POST', path, form(body, cookie, given.headers)));
    },
  };
}
