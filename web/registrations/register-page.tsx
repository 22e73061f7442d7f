import type { Told } from '../../api/visit.ts';
import { typedOf, type Typed } from '../acts/form-values.ts';
import { page, type Outcome, type PageContext } from '../http/page.ts';
import { TextField } from '../parts/field.tsx';
import { errorsOf, Form, Refusal } from '../parts/form.tsx';
import { Instant } from '../parts/instant.tsx';
import { Note } from '../parts/note.tsx';

interface Registered {
  readonly invitation: { readonly link: string; readonly expiresAt: string };
}

const MESSAGES = {
  zh: {
    title: '供应商注册',
    lead: '供应商（投标人）自行注册：提交后得到一个链接，确认后用它设置账号。招标人、代理机构、专家等由管理员开立账号。',
    name: '单位名称',
    creditCode: '统一社会信用代码',
    creditCodeHint: '18位，以营业执照为准',
    contact: '联系人姓名',
    contactHint: '账号归其使用',
    telephone: '联系电话',
    submit: '提交注册',
    received: '已收到',
    once: '链接只显示这一次，请立即保存；请勿转给他人。',
    link: '您的链接',
    until: '有效至',
    next: '打开链接可以看到办理到哪一步；确认后在那里设置用户名和密码。',
  },
  en: {
    title: 'Register as a supplier',
    lead: 'Suppliers (bidders) register themselves: you get a link, and once you are confirmed it sets up your account. Accounts of purchasers, agencies and experts are opened by an administrator.',
    name: 'Name of the organisation',
    creditCode: 'Unified social credit code',
    creditCodeHint: '18 characters, as on the business licence',
    contact: 'Name of the contact',
    contactHint: 'The account becomes theirs',
    telephone: 'Telephone',
    submit: 'Register',
    received: 'Received',
    once: 'The link is shown only this once: save it now, and do not pass it on.',
    link: 'Your link',
    until: 'Valid until',
    next: 'Open the link to see how far your registration is; once it is confirmed you choose a user name and a password there.',
  },
};

const FIELDS = ['name', 'creditCode', 'contact', 'telephone'] as const;
const valueOf = (typed: Typed, name: string): string => (typed.get(name)?.at(-1) ?? '').trim();

function form({ lang }: PageContext, typed: Typed, told: Told | null): Outcome {
  const t = MESSAGES[lang];
  const problem = told?.problem ?? null;
  const errors = errorsOf(problem, lang);
  const field = (name: (typeof FIELDS)[number], hint?: string, attributes = {}) => (
    <TextField
      name={name}
      label={t[name]}
      hint={hint}
      wanted
      value={valueOf(typed, name)}
      errors={errors}
      attributes={attributes}
    />
  );
  return {
    title: t.title,
    status: problem?.status ?? 200,
    content: (
      <>
        <h1>{t.title}</h1>
        <p class="soft">{t.lead}</p>
        <Refusal problem={problem} />
        <Form action="/register" submit={t.submit} keyed={false}>
          {field('name', undefined, { autocomplete: 'organization' })}
          {field('creditCode', t.creditCodeHint, { maxlength: 18, autocapitalize: 'characters', spellcheck: 'false' })}
          {field('contact', t.contactHint, { autocomplete: 'name' })}
          {field('telephone', undefined, { autocomplete: 'tel', inputmode: 'tel' })}
        </Form>
      </>
    ),
  };
}

function received({ lang }: PageContext, { invitation: { link, expiresAt } }: Registered): Outcome {
  const t = MESSAGES[lang];
  return {
    title: t.received,
    content: (
      <>
        <h1>{t.received}</h1>
        <Note kind="warn" title={t.once} />
        <div class="card">
          <p>
            {t.link}：
            <a class="code" href={link} id="link">
              {link}
            </a>
          </p>
          <p>
            {t.until} <Instant at={expiresAt} />
          </p>
          <p>{t.next}</p>
        </div>
      </>
    ),
  };
}

export const registerPages = [
  page({ path: '/register', for: 'guest', handle: async (context) => form(context, new Map(), null) }),
  page({
    path: '/register',
    method: 'post',
    for: 'guest',
    handle: async (context) => {
      const typed = typedOf(context.request.body);
      const json = Object.fromEntries(FIELDS.map((name) => [name, valueOf(typed, name)]));
      const told = await context.ask({ method: 'post', path: '/registrations', json });
      return told.problem ? form(context, typed, told) : received(context, told.body as Registered);
    },
  }),
];
