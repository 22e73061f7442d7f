import type { Child } from '#jsx';
import { actHref } from '../../acts/links.ts';
import { ChoicesField, ProseField, SelectField, TextField, type Errors } from '../../parts/field.tsx';
import { Facts } from '../../parts/facts.tsx';
import { Form } from '../../parts/form.tsx';
import { Instant } from '../../parts/instant.tsx';
import { Money } from '../../parts/money.tsx';
import { Note } from '../../parts/note.tsx';
import { Table } from '../../parts/table.tsx';
import { useView } from '../../parts/view.ts';
import { DESK, type DeskMessages } from './messages.ts';
import type { Evaluation, Sheet, SheetPart } from './sheets.ts';

/** Where the desk is: its page, and the lot under /api. */
export interface DeskPlace {
  readonly page: string;
  readonly lotPath: string;
}

const Do = ({ what }: { readonly what: string }) => <input type="hidden" name="_do" value={what} />;

export const nameOf = (sheet: Sheet, t: DeskMessages): string =>
  sheet.number === null ? (sheet.supplier ?? t.bid(sheet.place)) : t.number(sheet.number);

/** Before a bid is read. */
export function DeclareForm({ evaluation, place, errors }: Props & { readonly errors: Errors }) {
  const t = useView().t(DESK);
  return (
    <>
      <h2>{t.declare}</h2>
      <p>{t.declareHint}</p>
      <Form action={place.page} submit={t.declareNone} keyed={false}>
        <Do what="conflicts" />
        <ChoicesField
          name="bidIds"
          label={t.bidders}
          values={[]}
          choices={evaluation.bids.map(({ bidId, supplier }, index) => ({
            value: bidId,
            text: supplier ?? t.bid(index + 1),
          }))}
          errors={errors}
        />
        <ProseField name="reasonZh" label={t.reason} rows={3} errors={errors} />
      </Form>
    </>
  );
}

interface Props {
  readonly evaluation: Evaluation;
  readonly place: DeskPlace;
}

/** Every sheet of the member, and how far it is. */
export function SheetList({
  sheets,
  place,
  current,
}: {
  readonly sheets: readonly Sheet[];
  readonly place: DeskPlace;
  readonly current: Sheet | null;
}) {
  const { t: say, href } = useView();
  const t = say(DESK);
  return (
    <Table
      caption={t.sheets}
      rows={sheets}
      empty=""
      columns={[
        { head: t.part, cell: (sheet) => t.parts[sheet.part] },
        {
          head: t.bids,
          cell: (sheet) => (
            <a
              href={`${href(place.page)}?part=${sheet.part}&bid=${sheet.id}#desk`}
              aria-current={sheet === current ? 'true' : undefined}
            >
              {nameOf(sheet, t)}
            </a>
          ),
        },
        {
          head: t.progress,
          cell: (sheet) => {
            const done = sheet.entered.size === sheet.items.length;
            return (
              <span class={done ? 'tag good' : 'tag warn'}>
                {t.entered(sheet.entered.size, sheet.items.length)} {done ? t.complete : t.open}
              </span>
            );
          },
        },
      ]}
    />
  );
}

/** What the check found; the member it is about, or the leader, explains what may be explained. */
function Findings({
  place,
  findings,
  named,
  errors,
}: Pick<Props, 'place'> & {
  readonly findings: Evaluation['findings'];
  readonly named: string;
  readonly errors: Errors;
}) {
  const { lang, t: say } = useView();
  const t = say(DESK);
  return (
    <>
      {findings.map((finding, index) => (
        <Note kind={finding.open ? 'warn' : 'info'} title={finding[lang]}>
          <p>
            {finding.open ? (finding.must === 'correct' ? t.mustCorrect : t.mustReason) : t.settled}
            {finding.memberId === null ? '' : ` · ${finding.memberId}`}
          </p>
          {finding.open && finding.must === 'reason' ? (
            <Form action={place.page} submit={t.confirm} keyed={false}>
              <Do what="answer" />
              <input type="hidden" name="key" value={finding.key} />
              <input type="hidden" name="field" value={`${named}-${index}`} />
              <ProseField name={`${named}-${index}`} label={t.reason} rows={2} wanted errors={errors} />
            </Form>
          ) : null}
        </Note>
      ))}
    </>
  );
}

/** What must be put right or explained before a part is signed, and its signature. */
export function PartCheck({
  evaluation,
  place,
  part,
  sheets,
  errors,
}: Props & { readonly part: SheetPart; readonly sheets: readonly Sheet[]; readonly errors: Errors }) {
  const { t: say } = useView();
  const t = say(DESK);
  const state = evaluation.parts.find((each) => each.part === part);
  if (!state) return null;
  if (state.bidIds === null) return <p class="soft">{t.notBegun(t.parts[part])}</p>;
  const signed = state.signedBy.includes(evaluation.memberId);
  const missing = sheets
    .filter((sheet) => sheet.part === part)
    .flatMap((sheet) => {
      const open = sheet.items.filter(({ item }) => !sheet.entered.has(item.key));
      return open.length === 0 ? [] : [`${nameOf(sheet, t)}（${open.map(({ item }) => item.nameZh).join('、')}）`];
    });
  const sitting = evaluation.members.filter(({ replaced }) => !replaced).length;
  return (
    <section class="card" id="check">
      <h2>
        {t.check} · {t.parts[part]} {signed ? <span class="tag good">{t.signed}</span> : null}
      </h2>
      <p class="soft">{t.signedBy(state.signedBy.length, sitting)}</p>
      {missing.length > 0 ? (
        <Note kind="warn" title={t.missing}>
          <ul>
            {missing.map((each) => (
              <li>{each}</li>
            ))}
          </ul>
        </Note>
      ) : signed ? null : (
        <Note kind="good">{t.ready}</Note>
      )}
      {state.isIn ? null : <p class="soft small">{t.waiting}</p>}
      <Findings place={place} findings={state.findings} named="answer" errors={errors} />
      {signed ? null : (
        <Form action={`${place.page}?part=${part}`} submit={t.sign} keyed={false} guard={false}>
          <Do what="sign-part" />
          <input type="hidden" name="part" value={part} />
          <PasswordField name="partPassword" label={t.password} hint={t.signHint} errors={errors} />
        </Form>
      )}
    </section>
  );
}

const PasswordField = (named: {
  readonly name: string;
  readonly label: string;
  readonly hint?: string;
  readonly errors: Errors;
}) => <TextField {...named} type="password" wanted attributes={{ autocomplete: 'current-password' }} />;

/** What the members decide together: their leader, votes, what bidders are asked, and more time. */
export function Deliberation({ evaluation, place, errors }: Props & { readonly errors: Errors }) {
  const { t: say, href } = useView();
  const t = say(DESK);
  const { motions, requests, moreTime, leader, memberId } = evaluation;
  const sitting = evaluation.members.filter(({ replaced }) => !replaced);
  const act = (path: string) => href(actHref('post', `${place.lotPath}/evaluation${path}`, place.page));
  const bidOf = (id: unknown): string => {
    const index = evaluation.bids.findIndex(({ bidId }) => bidId === id);
    return index < 0 ? '' : (evaluation.bids[index]?.supplier ?? t.bid(index + 1));
  };
  return (
    <>
      {leader === null ? (
        <section class="card">
          <h2>{t.elect}</h2>
          <Form action={place.page} submit={t.vote} keyed={false} guard={false}>
            <Do what="leader" />
            <SelectField
              name="memberId"
              label={t.leader}
              hint={t.electHint}
              wanted
              choices={sitting.map(({ memberId: value, name }) => ({ value, text: `${name}（${value}）` }))}
              errors={errors}
            />
          </Form>
        </section>
      ) : null}
      <h2>{t.motions}</h2>
      <Findings place={place} findings={evaluation.findings} named="brand-answer" errors={errors} />
      {motions.length === 0 ? <p class="soft">{t.noMotions}</p> : null}
      {motions.map(({ id, on, motion, yes, no, adopted }, index) => (
        <section class="card">
          <h3>
            {t.motionsOn[on]} {bidOf(motion['bidId'])}{' '}
            <span class={adopted === null ? 'tag warn' : adopted ? 'tag good' : 'tag fault'}>
              {adopted === null ? t.pending : adopted ? t.adopted : t.rejected}
            </span>
          </h3>
          <Facts
            rows={[
              ...Object.entries(motion)
                .filter(([name]) => name !== 'on' && name !== 'bidId')
                .map(([name, value]) => [fieldName(name, t), valueOf(name, value, t)] as const),
              [t.yes, yes.join('、')],
              [t.no, no.join('、')],
            ]}
          />
          {adopted === null && ![...yes, ...no].includes(memberId) ? (
            <Form action={place.page} submit={t.vote} keyed={false} guard={false}>
              <Do what="vote" />
              <input type="hidden" name="motionId" value={id} />
              <input type="hidden" name="field" value={`yes-${index}`} />
              <SelectField
                name={`yes-${index}`}
                label={t.motions}
                wanted
                choices={[
                  { value: 'true', text: t.yes },
                  { value: 'false', text: t.no },
                ]}
              />
            </Form>
          ) : null}
        </section>
      ))}
      <p>
        <a class="button plain" href={act('/motions')}>
          {t.newMotion}
        </a>
      </p>
      <h2>{t.requests}</h2>
      {requests.length === 0 ? <p class="soft">{t.noRequests}</p> : null}
      {requests.map((request) => (
        <Note title={bidOf(request.bidId)}>
          {request.questionZh === null ? null : <p class="lines">{request.questionZh}</p>}
          <p>
            <Instant at={request.until} countdown={request.answerZh === null && !request.lapsed} />{' '}
            {request.lapsed ? <span class="tag fault">{t.lapsed}</span> : null}
          </p>
          {request.answerZh === null ? null : (
            <p class="lines">
              {t.answered}（{request.name}）：{request.answerZh}
            </p>
          )}
        </Note>
      ))}
      <p class="buttons">
        {leader === memberId ? (
          <a class="button plain" href={act('/requests')}>
            {t.newRequest}
          </a>
        ) : null}
        {moreTime.own ? (
          <span class="tag">{t.asked}</span>
        ) : (
          <a class="button plain" href={act('/time-requests')}>
            {t.ask}
          </a>
        )}
      </p>
      <p class="soft small">
        {t.timeHint(moreTime.asking, moreTime.of)} {moreTime.until ? <Instant at={moreTime.until} countdown /> : null}
      </p>
    </>
  );
}

const fieldName = (name: string, t: DeskMessages): string => t.motionFields[name] ?? name;
const valueOf = (name: string, value: unknown, t: DeskMessages): Child => {
  if (name.endsWith('Fen') && typeof value === 'number') return <Money fen={value} />;
  if (typeof value === 'boolean') return value ? t.yes : t.no;
  return typeof value === 'string' ? value : JSON.stringify(value);
};

/** The end of it: each member signs, the leader makes the report. */
export function ReportSigning({ evaluation, place, errors }: Props & { readonly errors: Errors }) {
  const { t: say, href } = useView();
  const t = say(DESK);
  const { members, memberId, leader, parts } = evaluation;
  if (!parts.every(({ closed }) => closed)) return null;
  const own = members.find((member) => member.memberId === memberId);
  return (
    <section class="card" id="report">
      <h2>
        {t.report} {own?.signed ? <span class="tag good">{t.signed}</span> : null}
      </h2>
      {own?.signed ? null : (
        <Form action={place.page} submit={t.signReport} keyed={false}>
          <Do what="sign-report" />
          <SelectField
            name="as"
            label={t.as}
            wanted
            value="signed"
            choices={(['signed', 'dissent', 'refused'] as const).map((value) => ({ value, text: t.signatures[value] }))}
            errors={errors}
          />
          <ProseField name="reasonsZh" label={t.reasons} rows={4} errors={errors} />
          <PasswordField name="password" label={t.password} errors={errors} />
        </Form>
      )}
      {leader === memberId ? (
        <div class="buttons">
          <Form action={place.page} submit={t.close} keyed={false} guard={false}>
            <Do what="close" />
          </Form>
          <a class="button" href={href(actHref('post', `${place.lotPath}/evaluation/report`, place.page))}>
            {t.makeReport}
          </a>
        </div>
      ) : null}
    </section>
  );
}

/** Who sits, and what of the bids is shown by now. */
export function Standing({ evaluation }: { readonly evaluation: Evaluation }) {
  const t = useView().t(DESK);
  const { members, leader, bids, recheck } = evaluation;
  return (
    <details>
      <summary>
        {t.members} · {t.prices}
      </summary>
      <Table
        rows={members}
        empty=""
        columns={[
          {
            head: t.members,
            cell: (row) => `${row.name}（${row.memberId}）${row.memberId === leader ? t.leader : ''}`,
          },
          {
            head: t.report,
            cell: (row) =>
              row.replaced ? <span class="tag fault">{t.replaced}</span> : row.signed ? t.signedReport : '',
          },
        ]}
      />
      <Table
        rows={bids.map((bid, index) => ({ ...bid, place: index + 1 }))}
        empty=""
        columns={[
          { head: t.bids, cell: (row) => row.supplier ?? t.bid(row.place) },
          { head: t.prices, cell: (row) => (row.priceFen === null ? t.hidden : <Money fen={row.priceFen} />) },
        ]}
      />
      {recheck ? (
        <Note kind="warn" title={t.recheck}>
          {[
            ...recheck.bidIds.map((id) => bids.find(({ bidId }) => bidId === id)?.supplier ?? id),
            ...(recheck.items ?? []),
          ].join('、')}
        </Note>
      ) : null}
    </details>
  );
}
