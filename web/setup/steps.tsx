import type { Child } from '#jsx';
import type * as z from 'zod';
import type { accountSchema, setupChecks } from '../../api/accounts/views.ts';
import type { calendarSchema } from '../../api/calendar/views.ts';
import type { contactSchema } from '../../api/notifications/views.ts';
import { CUSTODIANS } from '../../domain/bids/sealing.ts';
import { civilDayOf, yearOf } from '../../domain/civil-time.ts';
import { PREPARABLE_ACTS } from '../../domain/prepared-acts/acts.ts';
import type { Role } from '../../domain/roles.ts';
import type { PageContext } from '../http/page.ts';
import { roleText } from '../parts/party.tsx';
import { MESSAGES } from './messages.ts';

/** Without one of each no tender goes all its way. */
const WANTED: readonly Role[] = ['centre', 'office', 'supervisor', 'purchaser'];
/** Resetting a password takes two of them. */
const ADMINISTRATORS = 2;

type Checks = z.infer<typeof setupChecks>;

export interface Step {
  /** Of its place in the page. */
  readonly key: string;
  readonly name: string;
  readonly why: string;
  /** Null: this role may not read it. */
  readonly there: boolean | null;
  readonly found: string;
  /** Who does it, and where; null: on the server. */
  readonly act: readonly [method: 'post', path: string] | null;
  /** Where it is looked at. */
  readonly read: string | null;
  /** How it is tried. */
  readonly test?: Child;
}

/** What the steps know of the mail of who looks. */
export interface OwnMail {
  readonly offered: boolean;
  /** An address to which a code was delivered. */
  readonly confirmed: string | null;
}

export async function ownMail({ ask }: PageContext): Promise<OwnMail> {
  const { body, problem } = await ask({ method: 'get', path: '/contact' });
  if (problem) return { offered: false, confirmed: null };
  const { offered, mail } = body as z.infer<typeof contactSchema>;
  return { offered: offered.includes('mail'), confirmed: mail };
}

/** Everything that an installation should have before real use, and whether it has it: found out each time, so that nothing need be remembered. */
export async function stepsOf(context: PageContext, mail: OwnMail, mailTest: Child): Promise<Step[]> {
  const { ask, lang, view } = context;
  const t = MESSAGES[lang];
  const read = async <T,>(path: string): Promise<T | null> => {
    const { body, problem } = await ask({ method: 'get', path });
    return problem ? null : (body as T);
  };
  const checks = await read<Checks>('/setup/checks');
  const accounts = await read<{ items: z.infer<typeof accountSchema>[] }>('/accounts?limit=100');
  const held = new Set((accounts?.items ?? []).flatMap(({ memberships }) => memberships.map(({ role }) => role)));
  const lacking = WANTED.filter((role) => !held.has(role));
  const calendar = await read<z.infer<typeof calendarSchema>>('/calendar');
  const catalogue = await read<{ items: unknown[]; thresholds: unknown[] }>('/catalogue?limit=100');
  const pools = await read<{ items: unknown[] }>('/expert-pools');
  const rooms = await read<{ items: unknown[] }>('/rooms');
  const rows = (catalogue?.items.length ?? 0) + (catalogue?.thresholds.length ?? 0);
  const horizon = calendar?.horizon.to ?? '';
  const year = yearOf(civilDayOf(view.now));
  const names = (list: readonly string[]) => list.join(lang === 'zh' ? '、' : ', ');
  return [
    {
      ...{ key: 'centre', name: t.centre, why: t.centreWhy },
      there: checks && (checks.centre?.named ?? false),
      found: checks?.centre?.named ? `${checks.centre.name}（${checks.centre.creditCode}）` : t.unnamed,
      act: checks?.centre ? ['post', `/organisations/${checks.centre.organisationId}/corrections`] : null,
      read: null,
    },
    {
      ...{ key: 'administrators', name: t.administrators, why: t.administratorsWhy },
      there: checks && checks.administrators >= ADMINISTRATORS,
      found: t.administratorsFound(checks?.administrators ?? 0),
      ...{
        act: null,
        read: null,
        test: (
          <p>
            {t.addOnServer}
            <code>npx kaibiao administrator --add --username NAME</code>
          </p>
        ),
      },
    },
    {
      ...{
        key: 'catalogue',
        name: t.catalogue,
        why: t.catalogueWhy,
        there: catalogue && rows > 0,
        found: t.rows(rows),
      },
      ...{ act: ['post', '/catalogue'], read: '/catalogue' },
    },
    {
      ...{ key: 'calendar', name: t.calendar, why: t.calendarWhy, found: t.until(horizon, year) },
      there: Number(horizon.slice(0, 4)) >= year,
      ...{ act: ['post', '/calendar'], read: '/calendar' },
    },
    custodians(context, checks),
    {
      ...{ key: 'mail', name: t.mail, why: t.mailWhy },
      there: mail.offered && mail.confirmed !== null,
      found: !mail.offered ? t.noMail : mail.confirmed === null ? t.mailUntested : t.mailTested(mail.confirmed),
      ...{
        act: null,
        read: mail.offered && view.acting?.role === 'administrator' ? '/deliveries' : null,
        test: mailTest,
      },
    },
    {
      ...{ key: 'second-person', name: t.secondPerson, why: t.secondPersonWhy },
      there: checks && checks.secondPerson.acts.length > 0 && checks.secondPerson.alone.length === 0,
      found: !checks
        ? ''
        : checks.secondPerson.acts.length === 0
          ? t.noSecondPerson
          : `${names(checks.secondPerson.acts.map((act) => PREPARABLE_ACTS[act][lang]))}${
              checks.secondPerson.alone.length === 0
                ? ''
                : t.alone(names(checks.secondPerson.alone.slice(0, 5).map(({ name }) => name)))
            }`,
      ...{ act: null, read: null },
    },
    {
      ...{ key: 'second-factor', name: t.secondFactor, why: t.secondFactorWhy },
      there: checks && checks.secondFactor.roles.includes('administrator'),
      found: !checks
        ? ''
        : checks.secondFactor.roles.length === 0
          ? t.noSecondFactor
          : names(checks.secondFactor.roles.map((role) => roleText(role, lang))),
      ...{ act: ['post', '/session/second-factor'], read: null },
    },
    {
      ...{ key: 'people', name: t.people, why: t.peopleWhy, there: accounts && lacking.length === 0 },
      found: lacking.length > 0 && accounts ? t.lacking(names(lacking.map((role) => roleText(role, lang)))) : '',
      ...{ act: ['post', '/accounts'], read: '/accounts' },
    },
    {
      ...{ key: 'pools', name: t.pools, why: t.poolsWhy, there: pools && pools.items.length > 0 },
      ...{ found: t.rows(pools?.items.length ?? 0), act: ['post', '/expert-pools'], read: '/expert-pools' },
    },
    {
      ...{ key: 'rooms', name: t.rooms, why: t.roomsWhy, there: rooms && rooms.items.length > 0 },
      ...{ found: t.rows(rooms?.items.length ?? 0), act: ['post', '/rooms'], read: '/rooms' },
    },
  ];
}

/** Whether each has a key, and answers at this moment. */
function custodians({ lang }: PageContext, checks: Checks | null): Step {
  const t = MESSAGES[lang];
  const found = checks?.custodians ?? [];
  const keys = found.filter(({ registered }) => registered).length;
  return {
    ...{ key: 'custodians', name: t.custodians, why: t.custodiansWhy, found: t.keys(keys, CUSTODIANS.length) },
    there: checks && found.every(({ registered, running }) => registered && running !== false),
    ...{ act: ['post', '/custodians'], read: '/custodians' },
    test:
      found.length === 0 ? null : (
        <ul>
          {found.map(({ custodian, registered, running }) => (
            <li>
              {t.bodies[custodian]}
              {lang === 'zh' ? '：' : ': '}
              {registered ? t.hasKey : t.noKey}
              {lang === 'zh' ? '，' : ', '}
              {running === null ? t.notAsked : running ? t.answers : t.silent}
            </li>
          ))}
        </ul>
      ),
  };
}
