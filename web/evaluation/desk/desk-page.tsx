import type * as z from 'zod';
import type { Child } from '#jsx';
import type { lotSchemeSchema } from '../../../api/evaluation/scheme-views.ts';
import type { Told } from '../../../api/visit.ts';
import { DomainError } from '../../../domain/errors.ts';
import { procedureOf } from '../../../domain/procedures/index.ts';
import { typedOf, type Typed } from '../../acts/form-values.ts';
import { ConsoleFrame } from '../../console/frame.tsx';
import { page, type Outcome, type PageContext } from '../../http/page.ts';
import { messageIn } from '../../http/language.ts';
import { scriptPath } from '../../http/island-files.ts';
import { NO_ERRORS, type Errors } from '../../parts/field.tsx';
import { errorsOf, Refusal } from '../../parts/form.tsx';
import type { Procurement } from '../../procurements/console-page.tsx';
import { askedBy, fieldOfForm } from './desk-acts.ts';
import {
  DeclareForm,
  Deliberation,
  nameOf,
  PartCheck,
  ReportSigning,
  SheetList,
  Standing,
  type DeskPlace,
} from './desk-parts.tsx';
import { DESK } from './messages.ts';
import { isShownInPlace, Reading, type BidFile } from './reading.tsx';
import { SheetForm } from './sheet-form.tsx';
import { currentPart, sheetsOf, type Evaluation, type Sheet } from './sheets.ts';

const PATH = '/console/evaluation/:procurementId/:lot';

interface Desk {
  readonly place: DeskPlace;
  readonly title: string;
  readonly evaluation: Evaluation;
  readonly sheets: readonly Sheet[];
}

function placeOf(context: PageContext): DeskPlace {
  const [id, lot] = [context.param('procurementId'), context.param('lot')];
  return { page: `/console/evaluation/${id}/${lot}`, lotPath: `/procurements/${id}/lots/${lot}` };
}

/** What the member has before it. @throws DomainError why it is not shown */
async function deskOf(context: PageContext): Promise<Desk> {
  const place = placeOf(context);
  const tenderPath = `/procurements/${context.param('procurementId')}`;
  const [tender, evaluation, stated] = await Promise.all(
    [tenderPath, `${place.lotPath}/evaluation`, `${place.lotPath}/scheme`].map((path) =>
      context.ask({ method: 'get', path }),
    ),
  );
  for (const told of [tender, evaluation, stated]) if (told?.problem) throw asError(told);
  const found = tender?.body as Procurement;
  const seen = evaluation?.body as Evaluation;
  const { scheme } = stated?.body as z.infer<typeof lotSchemeSchema>;
  return {
    place,
    title: found.title,
    evaluation: seen,
    sheets: sheetsOf(seen, procedureOf(found), scheme),
  };
}

const asError = ({ problem }: Told): DomainError =>
  new DomainError((problem?.code ?? 'not-found') as DomainError['code'], {
    messageZh: problem?.messageZh ?? '',
    messageEn: problem?.messageEn ?? '',
    ...(problem?.details ? { details: problem.details } : {}),
  });

interface Given {
  readonly told: Told | null;
  readonly typed: Typed;
  readonly errors: Errors;
}
const NOTHING: Given = { told: null, typed: new Map(), errors: NO_ERRORS };

async function deskPage(context: PageContext, desk: Desk, given: Given): Promise<Outcome> {
  const { lang } = context;
  const t = DESK[lang];
  const { place, evaluation, sheets } = desk;
  const own = evaluation.members.find(({ memberId }) => memberId === evaluation.memberId);
  const sent = (name: string): string => given.typed.get(name)?.at(-1) ?? context.query(name);
  const part = evaluation.parts.find((each) => each.part === sent('part'))?.part ?? currentPart(evaluation);
  const ofPart = sheets.filter((sheet) => sheet.part === part);
  const sheet = ofPart.find(({ id }) => id === sent('bid')) ?? ofPart[0] ?? null;
  const signed = evaluation.parts.find((each) => each.part === part)?.signedBy.includes(evaluation.memberId) ?? false;
  const { problem = null } = given.told ?? {};
  const shell = (content: Child, scripts: readonly string[] = []): Outcome => ({
    title: `${desk.title} · ${t.lot(Number(context.param('lot')))}`,
    status: problem?.status ?? 200,
    scripts,
    content: (
      <ConsoleFrame crumbs={[['/console/calls', t.calls]]}>
        <h1>
          {desk.title} · {t.lot(Number(context.param('lot')))}
        </h1>
        <p class="soft">
          {t.you(evaluation.memberId)}
          {evaluation.leader === evaluation.memberId ? ` · ${t.leader}` : ''}
        </p>
        <Refusal problem={problem} />
        {content}
      </ConsoleFrame>
    ),
  });
  if (!own?.cleared) return shell(<DeclareForm evaluation={evaluation} place={place} errors={given.errors} />);
  return shell(
    <>
      <SheetList sheets={sheets} place={place} current={sheet} />
      {sheet === null ? null : (
        <section class="desk" id="desk" aria-label={nameOf(sheet, t)}>
          <Reading
            place={place}
            sheet={sheet}
            files={await filesOf(context, place, sheet)}
            chosen={context.query('file')}
          />
          <div>
            <h2>
              {nameOf(sheet, t)} · {t.parts[part]}
            </h2>
            {signed ? <p class="tag good">{t.signed}</p> : null}
            <SheetForm
              sheet={sheet}
              action={`${place.page}?part=${part}&bid=${sheet.id}`}
              errors={given.errors}
              typed={given.typed}
              closed={signed}
            />
          </div>
        </section>
      )}
      <PartCheck evaluation={evaluation} place={place} part={part} sheets={sheets} errors={given.errors} />
      <Deliberation evaluation={evaluation} place={place} errors={given.errors} />
      <ReportSigning evaluation={evaluation} place={place} errors={given.errors} />
      <Standing evaluation={evaluation} />
    </>,
    [await scriptPath('sheet')],
  );
}

async function filesOf(context: PageContext, { lotPath }: DeskPlace, { id }: Sheet): Promise<readonly BidFile[]> {
  const { body } = await context.ask({ method: 'get', path: `${lotPath}/evaluation/bids/${id}/parts` });
  return (body as { items?: BidFile[] } | undefined)?.items ?? [];
}

/** What the script of the sheet is answered: whether it is kept, and if not, why. */
function savedOrNot(context: PageContext, { problem }: Told): Outcome {
  const reasons = (problem?.violations ?? problem?.issues ?? []) as { messageZh: string; messageEn: string }[];
  const message = problem && (reasons.length > 0 ? reasons : [problem]).map((each) => messageIn(context.lang, each));
  const text = JSON.stringify(message ? { message: message.join('；') } : {});
  return { type: 'application/json', status: problem?.status ?? 200, text };
}

export const deskPages = [
  page({
    path: PATH,
    for: 'person',
    // Parts of a bid are read beside the marks.
    policy: { frameSrc: ["'self'"] },
    handle: async (context) => deskPage(context, await deskOf(context), NOTHING),
  }),
  page({
    path: PATH,
    method: 'post',
    for: 'person',
    policy: { frameSrc: ["'self'"] },
    handle: async (context) => {
      const typed = typedOf(context.request.body);
      await context.assertForm(typed.get('_token')?.at(-1));
      const desk = await deskOf(context);
      const asked = askedBy(typed, desk.place.lotPath, desk.sheets);
      if (!asked)
        throw new DomainError('not-found', { messageZh: '没有该事项', messageEn: 'There is nothing of that name' });
      const told = await context.ask(asked);
      if (context.request.accepts(['html', 'json']) === 'json') return savedOrNot(context, told);
      if (!told.problem) {
        const { url } = context.request;
        const query = url.includes('?') ? url.slice(url.indexOf('?')) : '';
        return { redirect: `${desk.place.page}${query}` };
      }
      const errors = new Map(
        [...errorsOf(told.problem, context.lang)].map(([field, texts]) => [
          fieldOfForm(field, typed, desk.sheets),
          texts,
        ]),
      );
      return deskPage(context, desk, { told, typed, errors });
    },
  }),
  page({
    path: `${PATH}/files/:bid/:file`,
    for: 'person',
    policy: { frameAncestors: ["'self'"], objectSrc: ["'self'"] },
    handle: async (context) => {
      const { lotPath } = placeOf(context);
      const told = await context.ask({
        method: 'get',
        path: `${lotPath}/evaluation/bids/${encodeURIComponent(context.param('bid'))}/parts/${encodeURIComponent(context.param('file'))}`,
      });
      if (told.problem) throw asError(told);
      const type = String(told.headers['content-type'] ?? '').split(';')[0] ?? '';
      const disposition = String(told.headers['content-disposition'] ?? 'attachment');
      // What a bidder wrote runs nowhere: only what shows no script is shown, the rest is saved.
      const shown = isShownInPlace(type) && context.query('save') === '';
      context.response.set('Content-Disposition', shown ? disposition.replace(/^attachment/, 'inline') : disposition);
      return { type: shown ? type : 'application/octet-stream', text: told.bytes };
    },
  }),
];
