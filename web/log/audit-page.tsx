import type * as z from 'zod';
import type { auditSchema } from '../../api/log/audit-views.ts';
import type { summarySchema } from '../../api/procurements/views.ts';
import { AnswerView } from '../acts/answer.tsx';
import { ConsoleFrame } from '../console/frame.tsx';
import { placesOf } from '../../domain/fields/field.ts';
import { ROLES, type Role } from '../../domain/roles.ts';
import { addressWith, listed, typedIn } from '../http/listed.ts';
import type { Lang } from '../http/language.ts';
import { page, type PageContext } from '../http/page.ts';
import { Empty } from '../parts/empty.tsx';
import { SelectField, TextField, type Errors } from '../parts/field.tsx';
import { errorsOf, Refusal } from '../parts/form.tsx';
import { Instant } from '../parts/instant.tsx';
import { Note } from '../parts/note.tsx';
import { roleText } from '../parts/party.tsx';
import { NextPage } from '../parts/table.tsx';
import { useView } from '../parts/view.ts';
import { actionText, NOUNS } from './action-words.ts';

type Entry = z.infer<typeof auditSchema>;
type Summary = z.infer<typeof summarySchema>;

const MESSAGES = {
  zh: {
    title: '审计记录',
    lead: '谁、何时、做了什么，最近的在前。开标前须保密的，开标后才列出。姓名和单位名称为现在的名称。',
    from: '自',
    until: '至（不含）',
    actor: '人员或单位',
    actorHint: '姓名、用户名、单位全称或代码',
    role: '角色',
    action: '事项',
    tender: '项目',
    tenderHint: '名称、编号中的文字',
    search: '检索',
    clear: '清除条件',
    every: '全部',
    csv: '下载表格（CSV）',
    more: '更早的',
    none: '没有符合条件的记录。',
    noTender: '没有找到这个项目，以下未按项目筛选。',
    several: '有几个项目，请选择：',
    only: '只看项目：',
    all: '看全部项目',
    dossier: '项目档案',
    unattended: '系统自动',
    operator: '运行维护人员',
    by: '经办：',
    address: '地址',
    detail: '内容',
    hash: '哈希',
    proof: '日志证明',
    tools: '离线核验',
  },
  en: {
    title: 'Audit trail',
    lead: 'Who did what and when, the newest first. What is confidential until an opening is listed after it. Names are those of today.',
    from: 'From',
    until: 'Until (before)',
    actor: 'Person or organisation',
    actorHint: 'Name, user name, full name or code of the organisation',
    role: 'Role',
    action: 'What',
    tender: 'Procurement',
    tenderHint: 'Text of its title or number',
    search: 'Search',
    clear: 'Clear the filters',
    every: 'all',
    csv: 'Download the table (CSV)',
    more: 'Earlier ones',
    none: 'No entry fits these filters.',
    noTender: 'No such procurement was found; it is no filter of the list below.',
    several: 'Several procurements have it; choose one:',
    only: 'Of the procurement: ',
    all: 'of all procurements',
    dossier: 'its dossier',
    unattended: 'the platform itself',
    operator: 'operator of the machine',
    by: 'Prepared by: ',
    address: 'address',
    detail: 'Content',
    hash: 'Hash',
    proof: 'Proof of the log',
    tools: 'Verify off-line',
  },
};

export const AUDIT = '/console/audit';
const FIELDS = ['from', 'until', 'actor', 'role', 'action', 'tender', 'procurementId'] as const;
type Typed = Readonly<Record<(typeof FIELDS)[number], string>>;

/** As the field of a browser has it, in UTC+8. */
const instantOf = (text: string): string =>
  /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2})?$/.test(text) ? `${text.length === 16 ? `${text}:00` : text}+08:00` : text;

const auditQuery = ({ from, until, actor, role, action, procurementId }: Typed) => ({
  ...{ from: instantOf(from), until: instantOf(until), actor, role, action, procurementId },
});

/** What somebody may look for, by the name of a tender. */
async function tendersNamed(context: PageContext, text: string): Promise<readonly Summary[]> {
  if (text === '') return [];
  return (await listed<Summary>(context, '/procurements', { q: text, limit: 10 })).items;
}

/** The audit trail as people search it. */
export const auditPages = [
  page({
    path: AUDIT,
    for: 'person',
    handle: async (context) => {
      const { lang, href } = context;
      const t = MESSAGES[lang];
      const given = typedIn(context, FIELDS);
      const named = given.procurementId === '' ? await tendersNamed(context, given.tender) : [];
      const [only] = named.length === 1 ? named : [];
      const typed = only ? { ...given, procurementId: only.id } : given;
      const { items, next, problem, status } = await listed<Entry>(context, '/audit', {
        ...{ ...auditQuery(typed), limit: 25 },
        cursor: context.query('cursor'),
      });
      const of = typed.procurementId;
      const title = of === '' ? null : (only?.title ?? items.find(({ procurement }) => procurement)?.procurement ?? of);
      return {
        title: t.title,
        status,
        content: (
          <ConsoleFrame>
            <h1>{t.title}</h1>
            <p class="soft">{t.lead}</p>
            <Refusal problem={problem} />
            <Filters typed={typed} errors={errorsOf(problem, lang)} />
            {given.tender !== '' && of === '' ? <Found named={named} typed={typed} /> : null}
            {title === null ? null : (
              <p>
                {t.only}
                <a href={href(`/console/tenders/${of}`)}>{title}</a> ·{' '}
                <a href={href(`/console/tenders/${of}/dossier`)}>{t.dossier}</a> ·{' '}
                <a href={href(addressWith(AUDIT, { ...typed, tender: '', procurementId: '' }))}>{t.all}</a>
              </p>
            )}
            <p class="small">
              <a href={href(addressWith('/console/read/audit/csv', auditQuery(typed)))}>{t.csv}</a> ·{' '}
              <a href={href('/verify')}>{t.tools}</a>
            </p>
            {items.length === 0 ? (
              <Empty>{t.none}</Empty>
            ) : (
              <ul class="plain card">
                {items.map((entry) => (
                  <EntryLine entry={entry} />
                ))}
              </ul>
            )}
            <NextPage href={next && href(addressWith(AUDIT, { ...typed, cursor: next }))} text={t.more} />
          </ConsoleFrame>
        ),
      };
    },
  }),
];

function Filters({ typed, errors }: { readonly typed: Typed; readonly errors: Errors }) {
  const { lang, href, t: say } = useView();
  const t = say(MESSAGES);
  const nouns = Object.entries(NOUNS).map(([value, [zh, en]]) => ({ value, text: lang === 'zh' ? zh : en }));
  const exact = typed.action.includes('.') ? [{ value: typed.action, text: actionText(typed.action, lang) }] : [];
  const roles = [...ROLES.filter((role) => role !== 'public'), 'unattended', 'operator'] as const;
  return (
    <form class="filter" method="get" action={href(AUDIT)} role="search">
      <TextField name="from" label={t.from} type="datetime-local" value={typed.from} errors={errors} />
      <TextField name="until" label={t.until} type="datetime-local" value={typed.until} errors={errors} />
      <TextField name="actor" label={t.actor} hint={t.actorHint} type="search" value={typed.actor} errors={errors} />
      <SelectField
        name="role"
        label={t.role}
        empty={t.every}
        value={typed.role}
        choices={roles.map((value) => ({ value, text: roleName(value, lang) }))}
        errors={errors}
      />
      <SelectField
        name="action"
        label={t.action}
        empty={t.every}
        value={typed.action}
        choices={[...exact, ...nouns]}
        errors={errors}
      />
      <TextField name="tender" label={t.tender} hint={t.tenderHint} type="search" value={typed.tender} />
      {typed.procurementId === '' ? null : <input type="hidden" name="procurementId" value={typed.procurementId} />}
      <button type="submit">{t.search}</button>
      {Object.values(typed).some((value) => value !== '') ? <a href={href(AUDIT)}>{t.clear}</a> : null}
    </form>
  );
}

const roleName = (role: string, lang: Lang): string =>
  role === 'unattended' || role === 'operator' ? MESSAGES[lang][role] : roleText(role as Role, lang);

/** The tenders that a text may mean. */
function Found({ named, typed }: { readonly named: readonly Summary[]; readonly typed: Typed }) {
  const { href, t: say } = useView();
  const t = say(MESSAGES);
  return (
    <Note kind="warn" title={named.length === 0 ? t.noTender : t.several}>
      {named.length === 0 ? null : (
        <ul>
          {named.map(({ id, title }) => (
            <li>
              <a href={href(addressWith(AUDIT, { ...typed, procurementId: id }))}>{title}</a>
            </li>
          ))}
        </ul>
      )}
    </Note>
  );
}

function EntryLine({ entry }: { readonly entry: Entry }) {
  const { lang, href, t: say } = useView();
  const t = say(MESSAGES);
  const { actor, action, procurementId, procurement, subject, detail, names, hash, at } = entry;
  const preparer = actor.preparedBy;
  return (
    <li>
      <p>
        <a class="listed-title" href={href(addressWith(AUDIT, { action, procurementId }))}>
          {actionText(action, lang)}
        </a>{' '}
        <span class="small">
          <Instant at={at} />
        </span>
      </p>
      <p>
        {personText(actor, lang)}
        {actor.address === null ? null : (
          <span class="soft small">
            {' '}
            · {t.address} {actor.address}
          </span>
        )}
        {preparer ? (
          <span class="soft small">
            {' '}
            · {t.by}
            {personText(preparer, lang)}
          </span>
        ) : null}
        {procurementId === null ? null : (
          <>
            {' '}
            · <a href={href(`/console/tenders/${procurementId}`)}>{procurement ?? procurementId}</a>
          </>
        )}
      </p>
      <details>
        <summary class="small">{t.detail}</summary>
        <AnswerView
          value={{ subject: namedIn(subject, names), ...withNames(detail, names) }}
          places={placesOf('/audit')}
        />
        <p class="small">
          {t.hash} <code>{hash}</code> · <a href={href(addressWith(`${AUDIT}/proof`, { hash, at }))}>{t.proof}</a>
        </p>
      </details>
    </li>
  );
}

const personText = (
  { name, organisation, role }: Entry['actor'] | NonNullable<Entry['actor']['preparedBy']>,
  lang: Lang,
) => [name, organisation, roleName(role, lang)].filter((part) => part !== null).join(' · ');

/** `bid/0198…`: with what the id names. */
function namedIn(text: string, names: Entry['names']): string {
  let said = text;
  for (const [id, name] of Object.entries(names)) said = said.replaceAll(id, name);
  return said;
}

/** Ids as what they name; the entry itself is in the table that can be downloaded. */
function withNames(detail: Entry['detail'], names: Entry['names']): Record<string, unknown> {
  const named = (value: unknown): unknown => {
    if (typeof value === 'string') return names[value] ?? value;
    if (Array.isArray(value)) return value.map(named);
    if (typeof value === 'object' && value !== null)
      return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, named(each)]));
    return value;
  };
  return named(detail) as Record<string, unknown>;
}
