import type * as z from 'zod';
import type { Told } from '../../api/visit.ts';
import type { preparedActSchema, preparedActWithRequest } from '../../api/prepared-acts/views.ts';
import { placesOf } from '../../domain/fields/field.ts';
import { PREPARABLE_ACTS } from '../../domain/prepared-acts/acts.ts';
import { AnswerView } from '../acts/answer.tsx';
import { routeAt, titleOf } from '../acts/find-route.ts';
import { namesIn } from '../acts/options.ts';
import { typedOf } from '../acts/form-values.ts';
import { ConsoleFrame } from '../console/frame.tsx';
import { page, type Outcome, type PageContext } from '../http/page.ts';
import { messageIn } from '../http/language.ts';
import { Facts } from '../parts/facts.tsx';
import { errorsOf, Refusal } from '../parts/form.tsx';
import { Instant } from '../parts/instant.tsx';
import { Note } from '../parts/note.tsx';
import { SecondPerson } from '../parts/second-person.tsx';
import { NextPage, Table } from '../parts/table.tsx';

type Prepared = z.infer<typeof preparedActSchema>;
type Whole = z.infer<typeof preparedActWithRequest>;

const MESSAGES = {
  zh: {
    title: '经办与复核',
    none: '没有经办或者待复核的事项。需要他人复核的，经办后出现在这里。',
    act: '事项',
    by: '经办',
    at: '经办时间',
    confirming: '复核单位',
    confirmers: '可以复核的人员',
    lapses: '届时未复核即失效',
    state: '状态',
    states: { waiting: '待复核', confirmed: '已复核生效', withdrawn: '已撤回（退回）', lapsed: '已失效' },
    tender: '项目',
    asked: '经办的内容',
    nothing: '该事项没有需填写的内容。',
    files: '所涉文件',
    outdated: '经办之后，所依据的草稿、文件或决定已变：不能确认，须退回重新经办。',
    warnings: '提示',
    reason: '理由',
    more: '更多',
  },
  en: {
    title: 'Prepared, to be confirmed',
    none: 'Nothing was prepared, and nothing waits to be confirmed. What needs a second person appears here.',
    act: 'Act',
    by: 'Prepared by',
    at: 'Prepared',
    confirming: 'To be confirmed by',
    confirmers: 'Who may confirm it',
    lapses: 'Lapses unless it is confirmed by',
    state: 'State',
    states: { waiting: 'waiting', confirmed: 'confirmed', withdrawn: 'withdrawn', lapsed: 'lapsed' },
    tender: 'Procurement',
    asked: 'What was prepared',
    nothing: 'The act has no content to fill in.',
    files: 'Its files',
    outdated: 'What it was prepared against has changed: it cannot be confirmed. Send it back to be prepared again.',
    warnings: 'Note',
    reason: 'Reason',
    more: 'More',
  },
};

const toneOf = (state: Prepared['state']): string =>
  state === 'confirmed' ? 'good' : state === 'waiting' ? 'warn' : 'fault';

async function show(context: PageContext, told: Told | null = null): Promise<Outcome> {
  const { lang, view } = context;
  const t = MESSAGES[lang];
  const read = await context.ask({ method: 'get', path: `/prepared-acts/${context.param('preparedId')}` });
  if (read.problem)
    return {
      title: t.title,
      status: read.status,
      content: (
        <ConsoleFrame crumbs={[['/console/prepared', t.title]]}>
          <Refusal problem={read.problem} alone />
        </ConsoleFrame>
      ),
    };
  const act = read.body as Whole;
  const me = (await context.who())?.account.id;
  const tender = await context.ask({ method: 'get', path: `/procurements/${act.procurementId}` });
  const { title = act.procurementId } = (tender.body ?? {}) as { title?: string };
  const path = act.path.replace(/^\/api/, '');
  const route = routeAt('post', path);
  const mine = act.preparedBy.accountId === me;
  const own = act.confirming.id === view.acting?.organisationId || act.organisation.id === view.acting?.organisationId;
  const waits = act.state === 'waiting';
  const here = `/console/prepared/${act.id}`;
  const problem = told?.problem ?? null;
  return {
    title: PREPARABLE_ACTS[act.act][lang],
    status: problem?.status ?? 200,
    content: (
      <ConsoleFrame crumbs={[['/console/prepared', t.title]]}>
        <h1>{titleOf(act.path, lang) ?? PREPARABLE_ACTS[act.act][lang]}</h1>
        <Refusal problem={problem} />
        <Note kind={act.state === 'confirmed' ? 'good' : waits ? 'info' : 'warn'}>{messageIn(lang, act)}</Note>
        <Facts
          rows={[
            [t.tender, <a href={context.href(`/console/tenders/${act.procurementId}`)}>{title}</a>],
            [t.state, <span class={`tag ${toneOf(act.state)}`}>{t.states[act.state]}</span>],
            [t.by, `${act.preparedBy.name ?? ''}（${act.organisation.name}）`],
            [t.at, <Instant at={act.preparedAt} />],
            [t.confirming, act.confirming.name],
            ...(waits ? [[t.confirmers, act.confirmers.map(({ name }) => name).join('、')] as const] : []),
            ...(waits ? [[t.lapses, <Instant at={act.lapsesAt} countdown />] as const] : []),
            ...(act.settledBy ? [[t.states[act.state], act.settledBy.name ?? ''] as const] : []),
            ...(act.reasonZh === null ? [] : [[t.reason, act.reasonZh] as const]),
          ]}
        />
        <section class="card">
          <h2>{t.asked}</h2>
          {act.request === null ? (
            <p class="soft">{t.nothing}</p>
          ) : (
            <AnswerView
              value={act.request}
              places={placesOf(route?.spec.path ?? '')}
              names={await namesIn(context, path, act.request)}
            />
          )}
          {act.files.length > 0 ? (
            <>
              <h3>{t.files}</h3>
              <ul>
                {act.files.map((file) => (
                  <li>
                    <a href={`/api/procurements/${act.procurementId}/documents/${file.id}/content`}>{file.name}</a>{' '}
                    <span class="code small">{file.sha256.slice(0, 16)}…</span>
                  </li>
                ))}
              </ul>
            </>
          ) : null}
        </section>
        {(act.warnings ?? []).map((warning) => (
          <Note kind="warn" title={t.warnings}>
            {messageIn(lang, warning)}
          </Note>
        ))}
        {waits && own ? (
          <SecondPerson action={here} mine={mine} outdated={act.outdated === true} errors={errorsOf(problem, lang)} />
        ) : act.outdated ? (
          <Note kind="fault">{t.outdated}</Note>
        ) : null}
      </ConsoleFrame>
    ),
  };
}

async function settle(context: PageContext, what: 'confirmation' | 'withdrawal'): Promise<Outcome> {
  const typed = typedOf(context.request.body);
  await context.assertForm(typed.get('_token')?.at(-1));
  const id = context.param('preparedId');
  const key = typed.get('_key')?.at(-1);
  const told = await context.ask({
    ...{ method: 'post', path: `/prepared-acts/${id}/${what}` },
    ...(what === 'withdrawal' ? { json: { reasonZh: typed.get('reasonZh')?.at(-1) } } : {}),
    ...(key ? { key } : {}),
  });
  return told.problem ? show(context, told) : { redirect: `/console/prepared/${id}` };
}

export const preparedActPages = [
  page({
    path: '/console/prepared',
    for: 'person',
    handle: async (context) => {
      const { lang } = context;
      const t = MESSAGES[lang];
      const cursor = context.query('cursor');
      const told = await context.ask({
        method: 'get',
        path: `/prepared-acts?limit=50${cursor === '' ? '' : `&cursor=${encodeURIComponent(cursor)}`}`,
      });
      const { items = [], next = null } = (told.body ?? {}) as { items?: Prepared[]; next?: string | null };
      return {
        title: t.title,
        status: told.problem?.status ?? 200,
        content: (
          <ConsoleFrame>
            <h1>{t.title}</h1>
            <Refusal problem={told.problem} />
            {told.problem ? null : (
              <Table
                rows={items}
                empty={t.none}
                columns={[
                  {
                    head: t.act,
                    cell: ({ id, act, path }) => (
                      <a href={context.href(`/console/prepared/${id}`)}>
                        {titleOf(path, lang) ?? PREPARABLE_ACTS[act][lang]}
                      </a>
                    ),
                  },
                  { head: t.by, cell: ({ preparedBy }) => preparedBy.name ?? '' },
                  { head: t.at, cell: ({ preparedAt }) => <Instant at={preparedAt} bare /> },
                  {
                    head: t.state,
                    cell: ({ state }) => <span class={`tag ${toneOf(state)}`}>{t.states[state]}</span>,
                  },
                ]}
              />
            )}
            <NextPage href={next && context.href(`/console/prepared?cursor=${next}`)} text={t.more} />
          </ConsoleFrame>
        ),
      };
    },
  }),
  page({ path: '/console/prepared/:preparedId', for: 'person', handle: (context) => show(context) }),
  page({
    path: '/console/prepared/:preparedId/confirmation',
    method: 'post',
    for: 'person',
    handle: (context) => settle(context, 'confirmation'),
  }),
  page({
    path: '/console/prepared/:preparedId/withdrawal',
    method: 'post',
    for: 'person',
    handle: (context) => settle(context, 'withdrawal'),
  }),
];
