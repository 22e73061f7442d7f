import { rolesOf } from '../../api/http/openapi.ts';
import type { Told } from '../../api/visit.ts';
import type { Role } from '../../domain/roles.ts';
import { routeAt } from '../acts/find-route.ts';
import { typedOf, type Typed } from '../acts/form-values.ts';
import { actHref, readHref } from '../acts/links.ts';
import { isPossible } from '../acts/possible.ts';
import { ConsoleFrame } from '../console/frame.tsx';
import { page, type Outcome, type PageContext } from '../http/page.ts';
import { NO_ERRORS, TextField } from '../parts/field.tsx';
import { errorsOf, Form, Refusal } from '../parts/form.tsx';
import { roleText } from '../parts/party.tsx';
import { MESSAGES } from './messages.ts';
import { stateOf } from './state.tsx';
import { ownMail, stepsOf, type OwnMail, type Step } from './steps.tsx';

const HERE = '/console/setup';
const NOTHING: Typed = new Map();

async function guide(context: PageContext, typed: Typed, told: Told | null): Promise<Outcome> {
  const { lang, view } = context;
  const t = MESSAGES[lang];
  const mail = await ownMail(context);
  const steps = await stepsOf(context, mail, <MailTest context={context} mail={mail} typed={typed} told={told} />);
  const known = steps.filter(({ there }) => there !== null);
  const done = known.filter(({ there }) => there).length;
  const state = await stateOf(context);
  return {
    title: t.title,
    status: told?.problem?.status ?? 200,
    content: (
      <ConsoleFrame>
        <h1>{t.title}</h1>
        <p class="soft">{t.lead}</p>
        <Refusal problem={told?.problem ?? null} />
        <p class="buttons">
          <strong role="status">{t.progress(done, known.length)}</strong>
          <a class="button plain" href={context.href(HERE)}>
            {t.again}
          </a>
        </p>
        <ol class="plain card">
          {steps.map((step) => (
            <li id={step.key}>
              <h2>
                {step.name}{' '}
                {step.there === null ? null : (
                  <span class={`tag ${step.there ? 'good' : 'warn'}`}>{step.there ? t.done : t.missing}</span>
                )}
              </h2>
              <p class="soft">{step.why}</p>
              {step.there === null || step.found === '' ? null : (
                <p>
                  <strong>{step.found}</strong>
                </p>
              )}
              {step.test}
              <StepLinks context={context} step={step} role={view.acting?.role ?? 'public'} />
            </li>
          ))}
        </ol>
        {state}
      </ConsoleFrame>
    ),
  };
}

/** A mail that has arrived shows that mails arrive: its code confirms the address of who looks. */
function MailTest({
  context: { lang },
  mail,
  typed,
  told,
}: {
  readonly context: PageContext;
  readonly mail: OwnMail;
  readonly typed: Typed;
  readonly told: Told | null;
}) {
  const t = MESSAGES[lang];
  if (!mail.offered || mail.confirmed !== null) return null;
  const what = typed.get('_do')?.at(-1);
  const errors = errorsOf(told?.problem ?? null, lang);
  const sent = what !== undefined && (what === 'code' || !told?.problem);
  return (
    <>
      <Form action={HERE} submit={t.send} guard={false}>
        <input type="hidden" name="_do" value="mail" />
        <TextField
          name="address"
          label={t.address}
          value={typed.get('address')?.at(-1)}
          errors={what === 'mail' ? errors : NO_ERRORS}
          attributes={{ autocomplete: 'email', inputmode: 'email' }}
        />
      </Form>
      {sent ? <p role="status">{t.sent}</p> : null}
      {sent ? (
        <Form action={HERE} submit={t.received} keyed={false} guard={false}>
          <input type="hidden" name="_do" value="code" />
          <input type="hidden" name="address" value={typed.get('address')?.at(-1)} />
          <TextField
            name="code"
            label={t.code}
            errors={what === 'code' ? errors : NO_ERRORS}
            attributes={{ autocomplete: 'one-time-code', inputmode: 'numeric' }}
          />
        </Form>
      ) : null}
    </>
  );
}

function StepLinks({
  context: { lang, href },
  step: { act, read, there },
  role,
}: {
  readonly context: PageContext;
  readonly step: Step;
  readonly role: Role;
}) {
  const t = MESSAGES[lang];
  const spec = act ? routeAt(...act)?.spec : undefined;
  const mayDo = spec !== undefined && isPossible(spec, role, { stage: 'draft' });
  return (
    <div class="buttons">
      {mayDo && act ? (
        <a class="button plain" href={href(actHref(...act, HERE))}>
          {t.do}
        </a>
      ) : null}
      {there === null || read === null ? null : (
        <a class="button plain" href={href(readHref(read, HERE))}>
          {t.see}
        </a>
      )}
      {mayDo || !spec ? null : (
        <p class="soft small">
          {t.by(
            rolesOf(spec)
              .map((each) => roleText(each, lang))
              .join(lang === 'zh' ? '、' : ', '),
          )}
        </p>
      )}
    </div>
  );
}

/** What an installation lacks before real use, who does it, where, and how it is tried: whoever comes back goes on where it stands. */
export const setupPages = [
  page({ path: HERE, for: 'person', handle: (context) => guide(context, NOTHING, null) }),
  page({
    path: HERE,
    method: 'post',
    for: 'person',
    handle: async (context) => {
      const typed = typedOf(context.request.body);
      await context.assertForm(typed.get('_token')?.at(-1));
      const one = (name: string): string => (typed.get(name)?.at(-1) ?? '').trim();
      if (one('_do') === 'code') {
        const json = { channel: 'mail', code: one('code') };
        const told = await context.ask({ method: 'post', path: '/contact/addresses/confirm', json });
        return told.problem ? guide(context, typed, told) : { redirect: `${HERE}#mail` };
      }
      const json = { channel: 'mail', address: one('address') };
      return guide(
        context,
        typed,
        await context.ask({ method: 'post', path: '/contact/addresses', json, key: one('_key') }),
      );
    },
  }),
];
