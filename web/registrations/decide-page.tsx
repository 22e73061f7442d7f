import type * as z from 'zod';
import type { registrationSchema } from '../../api/registrations/views.ts';
import type { Told } from '../../api/visit.ts';
import { typedOf, type Typed } from '../acts/form-values.ts';
import { ConsoleFrame } from '../console/frame.tsx';
import { addressWith, listed } from '../http/listed.ts';
import { page, type Outcome, type PageContext } from '../http/page.ts';
import { Empty } from '../parts/empty.tsx';
import { Facts } from '../parts/facts.tsx';
import { NO_ERRORS, ProseField, type Errors } from '../parts/field.tsx';
import { errorsOf, Form, Refusal } from '../parts/form.tsx';
import { Instant } from '../parts/instant.tsx';
import { Note } from '../parts/note.tsx';
import { NextPage } from '../parts/table.tsx';
import { useView } from '../parts/view.ts';

type Registration = z.infer<typeof registrationSchema>;
type State = Registration['state'];

const MESSAGES = {
  zh: {
    title: '供应商注册',
    lead: '对照证件核对名称和代码，再确认；不予确认的写明理由，申请人在其链接中看到。',
    views: '按状态查看',
    states: { pending: '待确认', confirmed: '已确认', refused: '未予确认', completed: '已开立账号' },
    none: { pending: '没有待确认的注册。', confirmed: '没有。', refused: '没有。', completed: '没有。' },
    code: '统一社会信用代码',
    contact: '联系人',
    telephone: '联系电话',
    requested: '提交时间',
    expires: '链接有效至',
    decided: '办理时间',
    reason: '理由',
    known: (name: string) => `该代码已登记为“${name}”：其已有人员的，账号还须经其人员确认。`,
    sameCode: (count: number) => `另有 ${count} 个待确认的注册用同一代码：只能有一个是真的，请核对。`,
    sameName: (names: string) => `有同名而代码不同的机构：${names}。请核对证件。`,
    confirm: '确认注册',
    refuse: '不予确认',
    reasonLabel: '不予确认的理由',
    confirmed: '已确认',
    refused: '未予确认，理由已告知申请人',
    more: '后面的',
  },
  en: {
    title: 'Registrations of suppliers',
    lead: 'Compare name and code with the papers before you confirm. A refusal has a reason, which the applicant reads by the link.',
    views: 'By state',
    states: { pending: 'waiting', confirmed: 'confirmed', refused: 'refused', completed: 'account open' },
    none: {
      pending: 'No registration waits.',
      confirmed: 'None.',
      refused: 'None.',
      completed: 'None.',
    },
    code: 'Credit code',
    contact: 'Contact',
    telephone: 'Telephone',
    requested: 'Requested',
    expires: 'Link valid until',
    decided: 'Decided',
    reason: 'Reason',
    known: (name: string) =>
      `The code is that of “${name}” here: where it has people, one of them confirms the account as well.`,
    sameCode: (count: number) => `${count} more with this code: only one can be true. Look at the papers.`,
    sameName: (names: string) => `Organisations of the same name under another code: ${names}. Look at the papers.`,
    confirm: 'Confirm it',
    refuse: 'Refuse it',
    reasonLabel: 'Why it is refused',
    confirmed: 'Confirmed',
    refused: 'Refused; the applicant reads why',
    more: 'The next ones',
  },
};

const PATH = '/console/registrations';
const STATES: readonly State[] = ['pending', 'confirmed', 'refused', 'completed'];

interface Sent {
  readonly told: Told;
  readonly typed: Typed;
}

async function shown(context: PageContext, sent: Sent | null): Promise<Outcome> {
  const { lang } = context;
  const t = MESSAGES[lang];
  const state = STATES.find((each) => each === context.query('state')) ?? 'pending';
  const {
    items,
    next,
    problem: unread,
  } = await listed<Registration>(context, '/registrations', {
    ...{ state, limit: 20, cursor: context.query('cursor') },
  });
  const problem = sent?.told.problem ?? unread;
  const one = (name: string): string => sent?.typed.get(name)?.at(-1) ?? '';
  return {
    title: t.title,
    status: problem?.status ?? 200,
    content: (
      <ConsoleFrame>
        <h1>{t.title}</h1>
        <p class="soft">{t.lead}</p>
        <Refusal problem={problem} />
        {sent && !problem ? (
          <Note
            kind="good"
            title={`${one('_do') === 'refuse' ? t.refused : t.confirmed}：${(sent.told.body as Registration).name}`}
          />
        ) : null}
        <nav class="tabs" aria-label={t.views}>
          <ul>
            {STATES.map((each) => (
              <li>
                <a
                  href={context.href(addressWith(PATH, { state: each === 'pending' ? '' : each }))}
                  aria-current={each === state ? 'page' : undefined}
                >
                  {t.states[each]}
                </a>
              </li>
            ))}
          </ul>
        </nav>
        {items.length === 0 ? (
          <Empty>{t.none[state]}</Empty>
        ) : (
          items.map((registration) => {
            const isThis = problem !== null && one('registrationId') === registration.id;
            return (
              <RegistrationCard
                registration={registration}
                reason={isThis ? one('reasonZh') : ''}
                errors={isThis ? errorsOf(problem, lang) : NO_ERRORS}
              />
            );
          })
        )}
        <NextPage
          href={next && context.href(addressWith(PATH, { state: state === 'pending' ? '' : state, cursor: next }))}
          text={t.more}
        />
      </ConsoleFrame>
    ),
  };
}

function RegistrationCard({
  registration,
  reason,
  errors,
}: {
  readonly registration: Registration;
  readonly reason: string;
  readonly errors: Errors;
}) {
  const { t: say } = useView();
  const t = say(MESSAGES);
  const { id, name, creditCode, contact, telephone, state, organisation, sameCode, sameName } = registration;
  const warnings = [
    ...(organisation ? [t.known(organisation.name)] : []),
    ...(sameCode.length > 0 ? [t.sameCode(sameCode.length)] : []),
    ...(sameName.length > 0
      ? [t.sameName(sameName.map((each) => `${each.name}（${each.creditCode}）`).join('、'))]
      : []),
  ];
  // Errors of two forms on one page: each has a field of its own.
  const field = `reasonZh-${id}`;
  const own: Errors = new Map([...errors].map(([key, texts]) => [key === 'reasonZh' ? field : key, texts]));
  return (
    <section class="card">
      <h2>{name}</h2>
      <Facts
        rows={[
          [t.code, <code>{creditCode}</code>],
          [t.contact, contact],
          [t.telephone, telephone],
          [t.requested, <Instant at={registration.requestedAt} />],
          ...(state === 'pending' ? [[t.expires, <Instant at={registration.expiresAt} countdown />] as const] : []),
          ...(registration.decidedAt === null ? [] : [[t.decided, <Instant at={registration.decidedAt} />] as const]),
          ...(registration.reasonZh === null ? [] : [[t.reason, registration.reasonZh] as const]),
        ]}
      />
      {state === 'pending' && warnings.length > 0 ? (
        <Note kind="warn">
          <ul>
            {warnings.map((each) => (
              <li>{each}</li>
            ))}
          </ul>
        </Note>
      ) : null}
      {state === 'pending' ? (
        <>
          <Form action={PATH} submit={t.confirm} guard={false}>
            <input type="hidden" name="_do" value="confirm" />
            <input type="hidden" name="registrationId" value={id} />
          </Form>
          <details open={own.size > 0}>
            <summary>{t.refuse}</summary>
            <Form action={PATH} submit={t.refuse} guard={false}>
              <input type="hidden" name="_do" value="refuse" />
              <input type="hidden" name="registrationId" value={id} />
              <ProseField name={field} label={t.reasonLabel} wanted rows={3} value={reason} errors={own} />
            </Form>
          </details>
        </>
      ) : null}
    </section>
  );
}

/** Suppliers that registered themselves, and who confirms them. */
export const registrationPages = [
  page({ path: PATH, for: 'person', handle: (context) => shown(context, null) }),
  page({
    path: PATH,
    method: 'post',
    for: 'person',
    handle: async (context) => {
      const given = typedOf(context.request.body);
      const one = (name: string): string => given.get(name)?.at(-1) ?? '';
      await context.assertForm(given.get('_token')?.at(-1));
      const id = one('registrationId');
      const refuses = one('_do') === 'refuse';
      const reasonZh = one(`reasonZh-${id}`).trim();
      const told = await context.ask({
        ...{ method: 'post', path: `/registrations/${encodeURIComponent(id)}/${refuses ? 'refuse' : 'confirm'}` },
        ...(refuses ? { json: { reasonZh } } : {}),
        key: one('_key'),
      });
      return shown(context, { told, typed: new Map([...given, ['reasonZh', [reasonZh]]]) });
    },
  }),
];
