import { readHref } from '../acts/links.ts';
import type { Child } from '#jsx';
import type { PageContext } from '../http/page.ts';
import { Instant } from '../parts/instant.tsx';

const MESSAGES = {
  zh: {
    title: '运行状况',
    clock: '平台时钟',
    clockGood: '正常',
    clockJumped: '跳变',
    stopped: '受理已暂停，由管理办公室确认时钟。',
    now: '现在：',
    head: '日志签名',
    headGood: '已签名',
    headNone: '还没有签名的树头',
    signed: '最近一次：',
    separation: '管办分离',
    separationGood: '未发现冲突',
    separationFound: (count: number) => `发现 ${count} 处冲突`,
    see: '查看',
    ways: '登录方式',
    password: '密码',
    certificate: '数字证书',
    registration: {
      confirmed: '供应商自行注册，须经确认',
      open: '供应商自行注册，无须确认',
      closed: '不开放供应商自行注册',
    },
  },
  en: {
    title: 'How it runs',
    clock: 'Clock of the platform',
    clockGood: 'in order',
    clockJumped: 'jumped',
    stopped: 'Nothing is taken in until the office accepts the clock. ',
    now: 'Now: ',
    head: 'Signing of the log',
    headGood: 'signed',
    headNone: 'no signed head yet',
    signed: 'Last: ',
    separation: 'Who runs and who supervises',
    separationGood: 'no collision found',
    separationFound: (count: number) => `${count} ${count === 1 ? 'collision' : 'collisions'} found`,
    see: 'Look',
    ways: 'Ways to sign in',
    password: 'password',
    certificate: 'certificate',
    registration: {
      confirmed: 'suppliers register themselves and are confirmed',
      open: 'suppliers register themselves, unconfirmed',
      closed: 'suppliers cannot register themselves',
    },
  },
};

interface Ways {
  readonly oidc: { readonly name: string } | null;
  readonly certificate: boolean;
  readonly registration: 'confirmed' | 'open' | 'closed';
}

/** What the platform itself can say of how it runs, as far as the role may read it. */
export async function stateOf({ ask, lang, href }: PageContext): Promise<Child> {
  const t = MESSAGES[lang];
  const read = async <T,>(path: string): Promise<T | null> => {
    const { body, problem } = await ask({ method: 'get', path });
    return problem ? null : (body as T);
  };
  const [clock, head, separation, ways] = await Promise.all([
    read<{ now: string; alarm: unknown }>('/clock'),
    read<{ signedAt: string }>('/log/head'),
    read<{ items: unknown[] }>('/organisations/separation'),
    read<Ways>('/session/ways'),
  ]);
  const collisions = separation?.items.length ?? 0;
  const line = (name: string, isGood: boolean, said: string, more: Child = null) => (
    <li>
      <strong>{name}</strong> <span class={`tag ${isGood ? 'good' : 'warn'}`}>{said}</span> {more}
    </li>
  );
  return (
    <>
      <h2>{t.title}</h2>
      <ul class="plain card">
        {clock
          ? line(
              t.clock,
              clock.alarm === null,
              clock.alarm === null ? t.clockGood : t.clockJumped,
              <span class="small">
                {clock.alarm === null ? null : t.stopped}
                {t.now}
                <Instant at={clock.now} bare />
              </span>,
            )
          : null}
        {line(
          t.head,
          head !== null,
          head ? t.headGood : t.headNone,
          head ? (
            <span class="small">
              {t.signed}
              <Instant at={head.signedAt} />
            </span>
          ) : null,
        )}
        {separation
          ? line(
              t.separation,
              collisions === 0,
              collisions === 0 ? t.separationGood : t.separationFound(collisions),
              collisions === 0 ? null : (
                <a class="small" href={href(readHref('/organisations/separation', '/console/setup'))}>
                  {t.see}
                </a>
              ),
            )
          : null}
        {ways ? (
          <li>
            <strong>{t.ways}</strong>{' '}
            {[t.password, ...(ways.oidc ? [ways.oidc.name] : []), ...(ways.certificate ? [t.certificate] : [])].join(
              lang === 'zh' ? '、' : ', ',
            )}
            {lang === 'zh' ? '；' : '; '}
            {t.registration[ways.registration]}
          </li>
        ) : null}
      </ul>
    </>
  );
}
