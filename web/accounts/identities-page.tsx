import type { Problem } from '../../api/http/problems.ts';
import { typedOf } from '../acts/form-values.ts';
import { ConsoleFrame } from '../console/frame.tsx';
import { page, type Outcome, type PageContext } from '../http/page.ts';
import { ConfirmFields } from '../parts/confirm-fields.tsx';
import { Empty } from '../parts/empty.tsx';
import { Facts } from '../parts/facts.tsx';
import { NO_ERRORS, type Errors } from '../parts/field.tsx';
import { errorsOf, Form, Refusal } from '../parts/form.tsx';
import { Instant } from '../parts/instant.tsx';
import { confirmationIn } from './second-factor-page.tsx';

const MESSAGES = {
  zh: {
    title: '外部身份',
    account: '本人与会话',
    what: '关联之后，可以用统一身份认证或者数字证书登录，代替密码。只由本人关联，从不按邮箱、姓名匹配。',
    none: '还没有关联外部身份。',
    notOffered: '本平台没有开通其他登录方式。',
    kinds: { oidc: '统一身份认证', certificate: '数字证书' },
    kind: '种类',
    label: '名称',
    issuer: '来源',
    expires: '有效至',
    linked: '关联时间',
    unlink: '解除关联',
    unlinkHint: '解除后不能再用它登录，其他会话随即退出。',
    link: (name: string) => `关联${name}`,
    oidcHint: '确认后前往身份认证，返回即完成关联。',
    certificateHint: '插入证书介质（UKey）后提交；换发的证书须重新关联。',
    go: (name: string) => `前往${name}`,
  },
  en: {
    title: 'Identities from elsewhere',
    account: 'You and your sessions',
    what: 'Once linked, a provider of identities or a certificate signs you in instead of the password. Only you link one; nothing is matched by a mail address or a name.',
    none: 'No identity is linked yet.',
    notOffered: 'This installation offers no other way to sign in.',
    kinds: { oidc: 'provider of identities', certificate: 'certificate' },
    kind: 'Kind',
    label: 'Name',
    issuer: 'Issued by',
    expires: 'Valid until',
    linked: 'Linked',
    unlink: 'Unlink',
    unlinkHint: 'It signs you in no more; your other sessions end.',
    link: (name: string) => `Link: ${name}`,
    oidcHint: 'After your confirmation you go to the provider; coming back completes the link.',
    certificateHint: 'Insert the key that holds it, then send. A renewed certificate is linked again.',
    go: (name: string) => `Go to: ${name}`,
  },
};

const IDENTITIES = '/console/account/identities';

interface Identity {
  readonly id: string;
  readonly kind: 'oidc' | 'certificate';
  readonly issuer: string;
  readonly label: string;
  readonly expiresAt: string | null;
  readonly linkedAt: string;
}
interface Ways {
  readonly oidc: { readonly name: string } | null;
  readonly certificate: boolean;
}
interface Refused {
  /** Which form: `oidc`, `certificate`, or the id of an identity. */
  readonly what: string;
  readonly problem: Problem;
}

const named =
  (what: string) =>
  (field: string): string =>
    `${field}-${what}`;

async function identitiesPage(context: PageContext, refused: Refused | null): Promise<Outcome> {
  const { lang } = context;
  const t = MESSAGES[lang];
  const read = async <T,>(path: string): Promise<T> => (await context.ask({ method: 'get', path })).body as T;
  const [{ items }, ways] = [
    await read<{ items: Identity[] }>('/session/identities'),
    await read<Ways>('/session/ways'),
  ];
  const hasCodes = typeof (await context.who())?.account.secondFactorAt === 'number';
  const errorsAt = (what: string): Errors =>
    refused?.what !== what
      ? NO_ERRORS
      : new Map([...errorsOf(refused.problem, lang)].map(([field, texts]) => [named(what)(field), texts]));
  const confirmed = (what: string) => <ConfirmFields named={named(what)} hasCodes={hasCodes} errors={errorsAt(what)} />;
  const offered = [
    ...(ways.oidc ? [{ what: 'oidc', name: ways.oidc.name, hint: t.oidcHint }] : []),
    ...(ways.certificate ? [{ what: 'certificate', name: t.kinds.certificate, hint: t.certificateHint }] : []),
  ];
  return {
    title: t.title,
    status: refused?.problem.status ?? 200,
    content: (
      <ConsoleFrame crumbs={[['/console/account', t.account]]}>
        <h1>{t.title}</h1>
        <p>{t.what}</p>
        <Refusal problem={refused?.problem ?? null} />
        {items.length === 0 ? <Empty>{t.none}</Empty> : null}
        {items.map((identity) => (
          <section class="card">
            <h2>{identity.label}</h2>
            <Facts
              rows={[
                [t.kind, t.kinds[identity.kind]],
                [t.issuer, identity.issuer],
                [t.linked, <Instant at={identity.linkedAt} />],
                ...(identity.expiresAt === null ? [] : [[t.expires, <Instant at={identity.expiresAt} />] as const]),
              ]}
            />
            <details open={refused?.what === identity.id}>
              <summary>{t.unlink}</summary>
              <Form action={IDENTITIES} submit={t.unlink} keyed={false} guard={false}>
                <input type="hidden" name="_do" value={identity.id} />
                <p class="hint">{t.unlinkHint}</p>
                {confirmed(identity.id)}
              </Form>
            </details>
          </section>
        ))}
        {offered.map(({ what, name, hint }) => (
          <section class="card">
            <h2>{t.link(name)}</h2>
            <Form action={IDENTITIES} submit={t.link(name)} keyed={false} guard={false}>
              <input type="hidden" name="_do" value={what} />
              <p class="hint">{hint}</p>
              {confirmed(what)}
            </Form>
          </section>
        ))}
        {offered.length === 0 ? <p class="soft">{t.notOffered}</p> : null}
      </ConsoleFrame>
    ),
  };
}

/** A form may not lead away from here (form-action): a link does. */
function awayPage(context: PageContext, address: string): Outcome {
  const t = MESSAGES[context.lang];
  return {
    title: t.title,
    content: (
      <ConsoleFrame crumbs={[[IDENTITIES, t.title]]}>
        <h1>{t.title}</h1>
        <p>{t.oidcHint}</p>
        <p class="buttons">
          <a class="button" href={address}>
            {t.go(t.kinds.oidc)}
          </a>
        </p>
      </ConsoleFrame>
    ),
  };
}

/** Who a person is elsewhere: linked and unlinked by the person alone. */
export const identityPages = [
  page({ path: IDENTITIES, for: 'person', handle: (context) => identitiesPage(context, null) }),
  page({
    path: IDENTITIES,
    method: 'post',
    for: 'person',
    handle: async (context) => {
      const typed = typedOf(context.request.body);
      await context.assertForm(typed.get('_token')?.at(-1));
      const what = typed.get('_do')?.at(-1) ?? '';
      const isLink = what === 'oidc' || what === 'certificate';
      const told = await context.ask({
        method: 'post',
        path: `/session/identities/${isLink ? what : `${encodeURIComponent(what)}/remove`}`,
        json: confirmationIn(typed, named(what)),
      });
      if (told.problem) return identitiesPage(context, { what, problem: told.problem });
      return what === 'oidc' ? awayPage(context, (told.body as { address: string }).address) : { redirect: IDENTITIES };
    },
  }),
];
