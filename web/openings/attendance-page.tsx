import type * as z from 'zod';
import type { openingStatusSchema } from '../../api/openings/views.ts';
import type { procurementSchema } from '../../api/procurements/views.ts';
import type { bookingSchema } from '../../api/venues/views.ts';
import type { Told } from '../../api/visit.ts';
import { typedOf, type Typed } from '../acts/form-values.ts';
import { readHref } from '../acts/links.ts';
import { partiesNamed } from '../acts/options.ts';
import { ConsoleFrame } from '../console/frame.tsx';
import { stageText } from '../console/pages.tsx';
import { wordFor } from '../../domain/fields/field.ts';
import { CAPACITIES, type Capacity } from '../../domain/openings/attendance.ts';
import { permission } from '../../domain/roles.ts';
import { listed } from '../http/listed.ts';
import type { Lang } from '../http/language.ts';
import { page, type Outcome, type PageContext } from '../http/page.ts';
import { Facts, type FactRow } from '../parts/facts.tsx';
import { NO_ERRORS, SelectField, TextField, type Choice, type Errors } from '../parts/field.tsx';
import { errorsOf, Form, Refusal } from '../parts/form.tsx';
import { Instant } from '../parts/instant.tsx';
import { Note } from '../parts/note.tsx';
import { PartyField, SEARCHED } from '../parts/party-field.tsx';
import { Table } from '../parts/table.tsx';
import { useView } from '../parts/view.ts';

type Procurement = z.infer<typeof procurementSchema>;
type Status = z.infer<typeof openingStatusSchema>;
type Booking = z.infer<typeof bookingSchema>;
type Person = NonNullable<Status['attendance']>['people'][number];

const MESSAGES = {
  zh: {
    openings: '当日开标',
    title: '开标签到',
    tender: '项目',
    at: '开标时间',
    stage: '阶段',
    place: '开标地点',
    rooms: '场地',
    notYet: '开标记录公布后才能登记签到',
    notYetWhy: '开标（开启）前谁参加投标对任何人保密，签到名单会泄露投标人；请在开标记录公布后登记。',
    over: '现在不能登记签到',
    overWhy: '签到在开标记录公布后、定标前登记，已登记的在下面。',
    people: '已签到',
    none: '还没有人签到。',
    capacity: '身份',
    name: '姓名',
    organisation: '单位',
    remove: '删除',
    absent: '未签到的投标人',
    allHere: '各投标人都有人签到。',
    add: '登记签到',
    registered: '所代表的机构',
    registeredHint: '投标人须选择；招标人（采购人）、代理机构可不填，由平台按项目填写',
    other: '未登记机构的名称',
    otherHint: '公证机构等没有在本平台登记的，填写名称',
    republished: '每次登记后，开标记录随之重新公布。',
    record: '开标记录',
    done: { add: (name: string) => `已签到：${name}`, remove: (name: string) => `已删除：${name}` },
    gone: '名单已经变动，请核对后再办理',
  },
  en: {
    openings: 'Openings of the day',
    title: 'Check-in at the opening',
    tender: 'Procurement',
    at: 'Opening',
    stage: 'Stage',
    place: 'Place',
    rooms: 'Rooms',
    notYet: 'Who is present is recorded once the record of the opening is published',
    notYetWhy:
      'Before the opening it is secret who bids, and a list of those present would tell: record it when the record of the opening is published.',
    over: 'Nobody can be checked in now',
    overWhy: 'Who was present is recorded after the record of the opening and before the award; the list is below.',
    people: 'Checked in',
    none: 'Nobody is checked in yet.',
    capacity: 'Capacity',
    name: 'Name',
    organisation: 'Organisation',
    remove: 'Remove',
    absent: 'Bidders of whom nobody is checked in',
    allHere: 'Somebody of each bidder is checked in.',
    add: 'Check in',
    registered: 'Organisation that they are present for',
    registeredHint: 'wanted of a bidder; that of the purchaser and of the agency is filled in by the platform',
    other: 'Name of an organisation that is not registered',
    otherHint: 'as of a notary',
    republished: 'With each change the record of the opening is published again.',
    record: 'Record of the opening',
    done: { add: (name: string) => `Checked in: ${name}`, remove: (name: string) => `Removed: ${name}` },
    gone: 'The list has changed: look at it and try again',
  },
};

const CAPACITIES_EN: Readonly<Record<Capacity, string>> = {
  bidder: 'bidder',
  purchaser: 'purchaser',
  agency: 'agency',
  centre: 'trading centre',
  supervisor: 'supervisor',
  notary: 'notary',
  other: 'other',
};
const capacityText = (capacity: Capacity, lang: Lang): string =>
  lang === 'zh' ? wordFor('capacity', capacity) : CAPACITIES_EN[capacity];

const openingHref = (procurementId: string): string => `/console/openings/${procurementId}`;
const last = (typed: Typed, name: string): string => (typed.get(name)?.at(-1) ?? '').trim();

interface Sent {
  readonly act: 'add' | 'remove';
  readonly name: string;
  readonly typed: Typed;
  /** Null: a name was looked for, and nothing was sent. */
  readonly told: Told | null;
  /** The place in the list of who was added. */
  readonly index: number;
  readonly isGone?: boolean;
}

/** What was wrong with who was added, by the fields of the form. */
function errorsIn(sent: Sent | null, lang: Lang): Errors {
  if (!sent?.told?.problem) return NO_ERRORS;
  const own = new RegExp(`^people(?:\\.${sent.index}|\\[${sent.index}\\])\\.`);
  return new Map([...errorsOf(sent.told.problem, lang)].map(([field, texts]) => [field.replace(own, ''), texts]));
}

async function shown(context: PageContext, sent: Sent | null): Promise<Outcome> {
  const { lang, href, view, ask } = context;
  const t = MESSAGES[lang];
  const id = context.param('id');
  const path = `/procurements/${encodeURIComponent(id)}`;
  const [tender, opening, bookings] = await Promise.all([
    ask({ method: 'get', path }),
    ask({ method: 'get', path: `${path}/opening` }),
    listed<Booking>(context, `${path}/bookings`),
  ]);
  // Who has no part in what happens at an opening reads its record on the page of the tender.
  const unread = bookings.problem ?? (tender.problem && bookings.items.length === 0 ? tender.problem : null);
  if (unread)
    return {
      title: t.title,
      status: unread.status,
      content: (
        <ConsoleFrame crumbs={[['/console/openings', t.openings]]}>
          <Refusal problem={unread} alone />
        </ConsoleFrame>
      ),
    };
  const found = tender.problem ? null : (tender.body as Procurement);
  const status = opening.problem ? null : (opening.body as Status);
  const title = found?.title ?? bookings.items[0]?.title ?? '';
  const situation = found ? { stage: found.stage, opened: found.openedAt !== null } : {};
  const may = 'scope' in permission(view.acting?.role ?? 'public', 'opening.attend', situation);
  const records = may && found?.stage === 'evaluation';
  const people = status?.attendance?.people ?? [];
  const [record] = status?.items ?? [];
  const bidders = [
    ...new Map((status?.items ?? []).flatMap(({ entries }) => entries.map((each) => [each.supplierId, each.supplier]))),
  ];
  const absent = bidders.filter(([supplierId]) => people.every(({ organisationId }) => organisationId !== supplierId));
  const problem = sent?.told?.problem ?? null;
  const rooms = bookings.items.map(
    ({ room, purpose }) => `${room.name}（${lang === 'zh' ? wordFor('purpose', purpose) : purpose}）`,
  );
  return {
    title: `${t.title}：${title}`,
    status: problem?.status ?? (sent?.isGone ? 409 : 200),
    content: (
      <ConsoleFrame crumbs={[['/console/openings', t.openings]]}>
        <h1>{t.title}</h1>
        <Refusal problem={problem} linked />
        {sent?.isGone ? <Note kind="fault" title={t.gone} /> : null}
        {sent?.told && !problem ? <Note kind="good" title={t.done[sent.act](sent.name)} /> : null}
        <Facts
          rows={[
            [t.tender, <a href={href(`/console/tenders/${id}`)}>{title}</a>],
            ...(found?.bidDeadline
              ? ([[t.at, <Instant at={found.bidDeadline} countdown />]] as readonly FactRow[])
              : []),
            ...(found ? ([[t.stage, stageText(found.stage, lang)]] as readonly FactRow[]) : []),
            ...(record?.place ? ([[t.place, record.place]] as readonly FactRow[]) : []),
            ...(rooms.length > 0 ? ([[t.rooms, rooms.join(lang === 'zh' ? '、' : ', ')]] as readonly FactRow[]) : []),
          ]}
        />
        {record ? (
          <p>
            <a href={href(readHref(`/procurements/${id}/opening`, openingHref(id)))}>{t.record}</a>
          </p>
        ) : null}
        {records ? (
          <p class="soft">{t.republished}</p>
        ) : (
          <Note kind="info" title={status && found?.openedAt ? t.over : t.notYet}>
            <p>{status && found?.openedAt ? t.overWhy : t.notYetWhy}</p>
          </Note>
        )}
        {status && found?.openedAt ? (
          <>
            <h2>{t.people}</h2>
            <Table
              rows={people.map((person, index) => ({ person, index }))}
              empty={t.none}
              columns={[
                { head: t.capacity, cell: ({ person }) => capacityText(person.capacity, lang) },
                { head: t.name, cell: ({ person }) => <span lang="zh-CN">{person.name}</span> },
                { head: t.organisation, cell: ({ person }) => <span lang="zh-CN">{person.organisation ?? ''}</span> },
                ...(records && people.length > 1
                  ? [
                      {
                        head: t.remove,
                        cell: ({ person, index }: { person: Person; index: number }) => (
                          <Form action={openingHref(id)} submit={`${t.remove} ${person.name}`} guard={false}>
                            <input type="hidden" name="_do" value="remove" />
                            <input type="hidden" name="index" value={String(index)} />
                            <input type="hidden" name="removed" value={person.name} />
                          </Form>
                        ),
                      },
                    ]
                  : []),
              ]}
            />
            {records && bidders.length > 0 ? (
              <p>
                {absent.length === 0 ? (
                  t.allHere
                ) : (
                  <>
                    {t.absent}
                    {lang === 'zh' ? '：' : ': '}
                    <span lang="zh-CN">{absent.map(([, name]) => name).join('、')}</span>
                  </>
                )}
              </p>
            ) : null}
          </>
        ) : null}
        {records ? (
          <CheckInForm
            id={id}
            sent={sent?.act === 'add' && (sent.told === null || problem) ? sent : null}
            errors={errorsIn(sent, lang)}
            choices={await choicesOf()}
          />
        ) : null}
      </ConsoleFrame>
    ),
  };

  /** What was looked for by its name; before that the bidders of the record. One alone is not chosen for somebody else. */
  async function choicesOf(): Promise<readonly Choice[]> {
    const query = sent ? last(sent.typed, `${SEARCHED}organisationId`) : '';
    if (query !== '') return partiesNamed(context, query);
    return bidders.length > 1 ? bidders.map(([value, text]) => ({ value, text })) : [];
  }
}

function CheckInForm({
  id,
  sent,
  errors,
  choices,
}: {
  readonly id: string;
  readonly sent: Sent | null;
  readonly errors: Errors;
  readonly choices: readonly Choice[];
}) {
  const { lang, t: say } = useView();
  const t = say(MESSAGES);
  const typed = (name: string): string => (sent ? last(sent.typed, name) : '');
  return (
    <section class="card">
      <h2>{t.add}</h2>
      <Form action={openingHref(id)} submit={t.add} dirty={sent !== null}>
        <input type="hidden" name="_do" value="add" />
        <SelectField
          name="capacity"
          label={t.capacity}
          wanted
          value={typed('capacity')}
          choices={CAPACITIES.map((value) => ({ value, text: capacityText(value, lang) }))}
          errors={errors}
        />
        <TextField name="name" label={t.name} wanted value={typed('name')} errors={errors} />
        <PartyField
          name="organisationId"
          label={t.registered}
          hint={t.registeredHint}
          value={typed('organisationId')}
          query={typed(`${SEARCHED}organisationId`)}
          choices={choices}
          errors={errors}
        />
        <TextField
          name="organisation"
          label={t.other}
          hint={t.otherHint}
          value={typed('organisation')}
          errors={errors}
        />
      </Form>
    </section>
  );
}

/** Sends the list with one person more or less: the API takes it as a whole. */
async function send(context: PageContext): Promise<Sent> {
  const typed = typedOf(context.request.body);
  await context.assertForm(typed.get('_token')?.at(-1));
  const act = last(typed, '_do') === 'remove' ? 'remove' : 'add';
  if (act === 'add' && typed.has('_find')) return { act, name: '', typed, told: null, index: 0 };
  const path = `/procurements/${encodeURIComponent(context.param('id'))}/opening`;
  const { body, problem } = await context.ask({ method: 'get', path });
  const before = problem ? [] : ((body as Status).attendance?.people ?? []);
  const index = act === 'add' ? before.length : Number(last(typed, 'index'));
  const name = act === 'add' ? last(typed, 'name') : last(typed, 'removed');
  if (act === 'remove' && before[index]?.name !== name) return { act, name, typed, told: null, index, isGone: true };
  const kept = before.map(({ organisation, ...person }) => ({
    ...person,
    organisation: person.organisationId === null ? organisation : null,
  }));
  const orNull = (field: string): string | null => last(typed, field) || null;
  const people =
    act === 'remove'
      ? kept.filter((_, nth) => nth !== index)
      : [
          ...kept,
          {
            ...(orNull('capacity') === null ? {} : { capacity: orNull('capacity') }),
            ...(name === '' ? {} : { name }),
            ...{ organisationId: orNull('organisationId'), organisation: orNull('organisation') },
          },
        ];
  const told = await context.ask({ method: 'put', path: `${path}/attendance`, json: { people } });
  return { act, name, typed, told, index };
}

/** One opening with those who checked in, and the form that checks somebody in. */
export const attendancePages = [
  page({ path: '/console/openings/:id', for: 'person', handle: (context) => shown(context, null) }),
  page({
    path: '/console/openings/:id',
    method: 'post',
    for: 'person',
    handle: async (context) => shown(context, await send(context)),
  }),
];
