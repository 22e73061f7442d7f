import type * as z from 'zod';
import type { accountSchema } from '../../api/accounts/views.ts';
import type { calendarSchema } from '../../api/calendar/views.ts';
import type { keySchema } from '../../api/custodians/views.ts';
import { actHref, readHref } from '../acts/links.ts';
import { routeAt } from '../acts/find-route.ts';
import { isPossible } from '../acts/possible.ts';
import { ConsoleFrame } from '../console/frame.tsx';
import { civilDayOf, yearOf } from '../../domain/civil-time.ts';
import { CUSTODIANS } from '../../domain/bids/sealing.ts';
import { rolesOf } from '../../api/http/openapi.ts';
import type { Role } from '../../domain/roles.ts';
import { page, type PageContext } from '../http/page.tsx';
import { roleText } from '../parts/party.tsx';

const MESSAGES = {
  zh: {
    title: '启用检查',
    lead: '正式使用之前应当齐备的事项，每项是否齐备由系统查出。邮件、第二人复核、第二因素等在服务器的设置中，改后重启；kaibiao doctor 逐项检验。',
    done: '已齐备',
    missing: '待办',
    do: '办理',
    see: '查看',
    by: (roles: string) => `由${roles}办理`,
    people: '各方人员',
    peopleWhy: '交易中心、管理办公室、行政监督部门和采购人各自办理自己的事，彼此不能代替。',
    lacking: (roles: string) => `还没有：${roles}`,
    calendar: '节假日日历',
    calendarWhy: '跨越未公布放假安排的工作日期限只能给出上下限。',
    until: (day: string) => `已载入至 ${day}`,
    catalogue: '交易目录和限额标准',
    catalogueWhy: '没有目录，系统不能判断项目是否必须进场、是否必须公开招标。',
    rows: (n: number) => `${n} 行`,
    custodians: '保管人公钥',
    custodiansWhy: '三方保管人的公钥齐备，投标文件才能密封；应当由三方各自的机器生成。',
    keys: (n: number) => `${n} / ${CUSTODIANS.length}`,
    pools: '评标专家库',
    poolsWhy: '在平台上抽取专家之前，导入专家名册。',
    rooms: '开标室、评标室',
    roomsWhy: '登记之后才能为项目预订。',
  },
  en: {
    title: 'Before real use',
    lead: 'What should be there before real use; the system finds out whether it is. Mail, the second person and the second factor are settings of the server, in force after a restart; kaibiao doctor checks each.',
    done: 'there',
    missing: 'to do',
    do: 'Do it',
    see: 'Look',
    by: (roles: string) => `done by: ${roles}`,
    people: 'People',
    peopleWhy: 'Centre, office, supervisor and purchasers each do their own part; none can stand in for another.',
    lacking: (roles: string) => `nobody yet: ${roles}`,
    calendar: 'Calendar of holidays',
    calendarWhy: 'A period of working days that crosses an unpublished holiday notice has bounds only.',
    until: (day: string) => `loaded to ${day}`,
    catalogue: 'Catalogue and thresholds',
    catalogueWhy: 'Without them the system cannot say what must trade here, or by open tender.',
    rows: (n: number) => `${n} rows`,
    custodians: 'Keys of the custodians',
    custodiansWhy: 'Bids can be sealed once all three have a key, each made on the machine of its custodian.',
    keys: (n: number) => `${n} of ${CUSTODIANS.length}`,
    pools: 'Pools of experts',
    poolsWhy: 'Import the list of experts before committees are drawn here.',
    rooms: 'Rooms for openings and evaluations',
    roomsWhy: 'They are booked for procurements once they are registered.',
  },
};

/** Without one of each no tender goes all its way. */
const WANTED: readonly Role[] = ['centre', 'office', 'supervisor', 'purchaser'];

interface Step {
  readonly name: string;
  readonly why: string;
  /** Null: this role may not read it. */
  readonly there: boolean | null;
  readonly found: string;
  readonly act: readonly [method: 'post', path: string];
  readonly read: string;
}

async function stepsOf({ ask, lang, view }: PageContext): Promise<Step[]> {
  const t = MESSAGES[lang];
  const read = async <T,>(path: string): Promise<T | null> => {
    const { body, problem } = await ask({ method: 'get', path });
    return problem ? null : (body as T);
  };
  const accounts = await read<{ items: z.infer<typeof accountSchema>[] }>('/accounts?limit=100');
  const held = new Set((accounts?.items ?? []).flatMap(({ memberships }) => memberships.map(({ role }) => role)));
  const lacking = WANTED.filter((role) => !held.has(role));
  const calendar = await read<z.infer<typeof calendarSchema>>('/calendar');
  const catalogue = await read<{ items: unknown[]; thresholds: unknown[] }>('/catalogue?limit=100');
  const keys = await read<{ items: z.infer<typeof keySchema>[] }>('/custodians');
  const pools = await read<{ items: unknown[] }>('/expert-pools');
  const rooms = await read<{ items: unknown[] }>('/rooms');
  const standing = new Set(
    (keys?.items ?? []).filter(({ retiredAt }) => retiredAt === null).map((key) => key.custodian),
  );
  const rows = (catalogue?.items.length ?? 0) + (catalogue?.thresholds.length ?? 0);
  const horizon = calendar?.horizon.to ?? '';
  return [
    {
      ...{ name: t.people, why: t.peopleWhy, there: accounts && lacking.length === 0 },
      found: lacking.length > 0 && accounts ? t.lacking(lacking.map((role) => roleText(role, lang)).join('、')) : '',
      ...{ act: ['post', '/accounts'], read: '/accounts' },
    },
    {
      ...{ name: t.calendar, why: t.calendarWhy, found: t.until(horizon) },
      there: Number(horizon.slice(0, 4)) >= yearOf(civilDayOf(view.now)),
      ...{ act: ['post', '/calendar'], read: '/calendar' },
    },
    {
      ...{ name: t.catalogue, why: t.catalogueWhy, there: catalogue && rows > 0, found: t.rows(rows) },
      ...{ act: ['post', '/catalogue'], read: '/catalogue' },
    },
    {
      ...{ name: t.custodians, why: t.custodiansWhy, there: keys && CUSTODIANS.every((each) => standing.has(each)) },
      ...{ found: t.keys(standing.size), act: ['post', '/custodians'], read: '/custodians' },
    },
    {
      ...{
        name: t.pools,
        why: t.poolsWhy,
        there: pools && pools.items.length > 0,
        found: t.rows(pools?.items.length ?? 0),
      },
      ...{ act: ['post', '/expert-pools'], read: '/expert-pools' },
    },
    {
      ...{
        name: t.rooms,
        why: t.roomsWhy,
        there: rooms && rooms.items.length > 0,
        found: t.rows(rooms?.items.length ?? 0),
      },
      ...{ act: ['post', '/rooms'], read: '/rooms' },
    },
  ];
}

/** What an installation lacks before real use, who does it, and where. */
export const setupPages = [
  page({
    path: '/console/setup',
    for: 'person',
    handle: async (context) => {
      const { lang, view } = context;
      const t = MESSAGES[lang];
      const role = view.acting?.role ?? 'public';
      const steps = await stepsOf(context);
      return {
        title: t.title,
        content: (
          <ConsoleFrame>
            <h1>{t.title}</h1>
            <p class="soft">{t.lead}</p>
            <ol class="plain card">
              {steps.map((step) => (
                <li>
                  <h2>
                    {step.name}{' '}
                    {step.there === null ? null : (
                      <span class={`tag ${step.there ? 'good' : 'warn'}`}>{step.there ? t.done : t.missing}</span>
                    )}
                  </h2>
                  <p>
                    {step.why} {step.there === null ? null : <strong>{step.found}</strong>}
                  </p>
                  <StepLinks step={step} role={role} href={context.href} />
                </li>
              ))}
            </ol>
          </ConsoleFrame>
        ),
      };

      function StepLinks({
        step,
        role: own,
        href,
      }: {
        readonly step: Step;
        readonly role: Role;
        readonly href: PageContext['href'];
      }) {
        const [method, path] = step.act;
        const spec = routeAt(method, path)?.spec;
        const mayDo = spec !== undefined && isPossible(spec, own, { stage: 'draft' });
        return (
          <p class="small links">
            {mayDo ? <a href={href(actHref(method, path, '/console/setup'))}>{t.do}</a> : null}
            {mayDo || !spec
              ? null
              : t.by(
                  rolesOf(spec)
                    .map((each) => roleText(each, lang))
                    .join('、'),
                )}{' '}
            {step.there === null ? null : <a href={href(readHref(step.read, '/console/setup'))}>{t.see}</a>}
          </p>
        );
      }
    },
  }),
];
