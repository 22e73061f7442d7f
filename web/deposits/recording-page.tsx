import type { Told } from '../../api/visit.ts';
import { formHref } from '../acts/links.ts';
import { fenOf, typedOf, type Typed } from '../acts/form-values.ts';
import { sentFile } from '../acts/pages.tsx';
import { addressWith, listed } from '../http/listed.ts';
import { page, type Outcome, type PageContext } from '../http/page.ts';
import { AmountField } from '../parts/amount-field.tsx';
import { NO_ERRORS, SelectField, TextField, type Errors } from '../parts/field.tsx';
import { errorsOf, Form, Refusal } from '../parts/form.tsx';
import { Instant } from '../parts/instant.tsx';
import { Note } from '../parts/note.tsx';
import { Table } from '../parts/table.tsx';
import { useView } from '../parts/view.ts';
import { DepositFrame, RECORDING } from './centre-frame.tsx';
import { depositFormText } from './deposit-words.tsx';

interface Line {
  readonly line: number;
  readonly transactionId: string | null;
  readonly outcome: 'matched' | 'unmatched' | 'duplicate' | 'wrong';
  readonly zh: string;
  readonly en: string;
}
interface Unclaimed {
  readonly transactionId: string;
  readonly arrivedAt: string;
  readonly recordedAt: string;
}

const MESSAGES = {
  zh: {
    title: '登记到账和保函',
    statement: '导入银行对账单',
    statementLead: '按附言归入投标人；金额、时间是否符合，开标时方可知晓，这里不判断。先预览，无误后再次选择文件登记。',
    mode: '办理',
    modes: { true: '预览，不登记', false: '登记' },
    encoding: 'CSV 的编码',
    columns: '列名（与对账单首行一致）',
    column: {
      transaction: '流水号所在列',
      amount: '金额所在列',
      time: '到账时间所在列',
      text: '附言所在列',
      payer: '汇款人所在列',
      account: '汇款账号所在列',
    },
    timeHint: '日期、时间两列的，以 + 连接',
    file: '对账单',
    fileHint: 'CSV 或 XLSX，最大 8 MB',
    send: '读取对账单',
    lines: { true: '预览：尚未登记', false: '已登记' },
    row: '行',
    number: '流水号',
    outcome: '结果',
    outcomes: { matched: '已归入', unmatched: '待认领', duplicate: '已登记过', wrong: '有误' },
    count: (each: string, count: number) => `${each} ${count} 行`,
    noLines: '对账单没有可登记的行。',
    guarantee: '登记纸质保函、保险单',
    reference: '保证金编号（汇款附言）',
    form: '形式',
    transactionId: '保函（保险单）编号',
    issuer: '开立人',
    amountFen: '保函金额',
    validUntil: '有效期至',
    record: '登记保函',
    recorded: '已登记保函',
    scan: '上传扫描件',
    unclaimed: '待认领的汇款',
    unclaimedLead: '附言中没有有效编号的汇款，由投标人按流水号和金额认领。汇款人以银行记录为准。',
    arrived: '到账时间',
    at: '登记时间',
    noUnclaimed: '没有待认领的汇款。',
  },
  en: {
    title: 'Record payments and guarantees',
    statement: 'Import a bank statement',
    statementLead:
      'Payments go to bidders by the reference that they quote. Whether amount and time fit is known at the opening, and is not judged here. Preview it first, then choose the file again and record it.',
    mode: 'Do',
    modes: { true: 'preview, record nothing', false: 'record it' },
    encoding: 'Encoding of a CSV',
    columns: 'Columns, as the first row of the statement names them',
    column: {
      transaction: 'Transaction number',
      amount: 'Amount',
      time: 'Time',
      text: 'Text of the payment',
      payer: 'Payer',
      account: 'Account of the payer',
    },
    timeHint: 'a date and a time are joined by +',
    file: 'Statement',
    fileHint: 'CSV or XLSX, 8 MB at most',
    send: 'Read the statement',
    lines: { true: 'Preview: nothing is recorded yet', false: 'Recorded' },
    row: 'Line',
    number: 'Number',
    outcome: 'Outcome',
    outcomes: { matched: 'matched', unmatched: 'unclaimed', duplicate: 'recorded before', wrong: 'wrong' },
    count: (each: string, count: number) => `${each}: ${count}`,
    noLines: 'The statement has no line to record.',
    guarantee: 'Record a guarantee on paper',
    reference: 'Reference of the bidder',
    form: 'Form',
    transactionId: 'Number of the guarantee',
    issuer: 'Issuer',
    amountFen: 'Amount of the guarantee',
    validUntil: 'Valid until',
    record: 'Record the guarantee',
    recorded: 'The guarantee is recorded',
    scan: 'Upload the scan',
    unclaimed: 'Unclaimed payments',
    unclaimedLead:
      'Payments that quote no valid reference: bidders claim them by number and amount. The bank knows the payers.',
    arrived: 'Arrived',
    at: 'Recorded',
    noUnclaimed: 'No payment is unclaimed.',
  },
};

const COLUMNS = ['transaction', 'amount', 'time', 'text', 'payer', 'account'] as const;
const NAMED: Readonly<Record<(typeof COLUMNS)[number], string>> = {
  ...{ transaction: '流水号', amount: '贷方发生额', time: '交易时间', text: '附言', payer: '', account: '' },
};
const OUTCOMES = ['wrong', 'unmatched', 'duplicate', 'matched'] as const;

interface Sent {
  readonly what: 'statement' | 'guarantee';
  readonly typed: Typed;
  readonly told: Told;
}

const last = (typed: Typed | undefined, name: string): string => (typed?.get(name)?.at(-1) ?? '').trim();

/** The field of a guarantee that a refusal of the whole is about. */
const ABOUT: Readonly<Record<string, string>> = { 'not-found': 'reference', 'already-exists': 'transactionId' };

/** What was wrong, by the field of the form that it is about. */
function errorsIn({ what, told }: Sent, lang: 'zh' | 'en'): Errors {
  const { problem } = told;
  const errors = new Map(errorsOf(problem, lang));
  const move = (from: string, to: string): void => {
    const texts = errors.get(from);
    if (texts) errors.set(to, texts);
  };
  if (what === 'statement') {
    move('body', '_file');
    if (problem?.code.startsWith('file-')) errors.set('_file', [lang === 'zh' ? problem.messageZh : problem.messageEn]);
    return errors;
  }
  const about = problem ? ABOUT[problem.code] : undefined;
  if (problem && about !== undefined && !errors.has(about))
    errors.set(about, [lang === 'zh' ? problem.messageZh : problem.messageEn]);
  return errors;
}

async function shown(context: PageContext, sent: Sent | null): Promise<Outcome> {
  const { lang, href } = context;
  const t = MESSAGES[lang];
  const unclaimed = await listed<Unclaimed>(context, '/deposits/unmatched');
  const problem = sent?.told.problem ?? unclaimed.problem;
  const failed = sent?.told.problem ? sent : null;
  const done = sent && !sent.told.problem ? sent : null;
  const of = (what: Sent['what']) => ({
    typed: failed?.what === what ? failed.typed : undefined,
    errors: failed?.what === what ? errorsIn(failed, lang) : NO_ERRORS,
  });
  return {
    title: t.title,
    status: problem?.status ?? 200,
    content: (
      <DepositFrame>
        <Refusal problem={problem} linked />
        {done?.what === 'statement' ? (
          <Lines told={done.told.body as { preview: boolean; lines: readonly Line[] }} />
        ) : null}
        {done?.what === 'guarantee' ? (
          <Note kind="good" title={t.recorded}>
            <p>
              <a
                href={href(
                  formHref(
                    'post',
                    `/deposits/${(done.told.body as { depositId: string }).depositId}/document`,
                    RECORDING,
                  ),
                )}
              >
                {t.scan}
              </a>
            </p>
          </Note>
        ) : null}
        {unclaimed.problem ? null : (
          <>
            <StatementForm {...of('statement')} kept={done?.what === 'statement' ? done.typed : undefined} />
            <GuaranteeForm {...of('guarantee')} />
            <h2>{t.unclaimed}</h2>
            <p class="soft">{t.unclaimedLead}</p>
            <Table
              rows={unclaimed.items}
              empty={t.noUnclaimed}
              columns={[
                { head: t.number, cell: (row) => <code>{row.transactionId}</code> },
                { head: t.arrived, cell: (row) => <Instant at={row.arrivedAt} bare /> },
                { head: t.at, cell: (row) => <Instant at={row.recordedAt} bare /> },
              ]}
            />
          </>
        )}
      </DepositFrame>
    ),
  };
}

/** What becomes of each line: what is wrong comes first. */
function Lines({ told }: { readonly told: { readonly preview: boolean; readonly lines: readonly Line[] } }) {
  const { lang, t: say } = useView();
  const t = say(MESSAGES);
  const tags = { wrong: 'fault', unmatched: 'warn', duplicate: '', matched: 'good' };
  const counts = OUTCOMES.map((each) => [each, told.lines.filter(({ outcome }) => outcome === each).length] as const);
  return (
    <>
      <Note kind={told.preview ? 'info' : 'good'} title={t.lines[told.preview ? 'true' : 'false']}>
        <p>
          {counts
            .filter(([, count]) => count > 0)
            .map(([each, count]) => t.count(t.outcomes[each], count))
            .join(lang === 'zh' ? '；' : '; ')}
        </p>
      </Note>
      <Table
        rows={told.lines.toSorted((a, b) => OUTCOMES.indexOf(a.outcome) - OUTCOMES.indexOf(b.outcome))}
        empty={t.noLines}
        columns={[
          { head: t.row, number: true, cell: (row) => String(row.line) },
          { head: t.number, cell: (row) => <code>{row.transactionId ?? ''}</code> },
          {
            head: t.outcome,
            cell: (row) => (
              <>
                <span class={`tag ${tags[row.outcome]}`}>{t.outcomes[row.outcome]}</span> {row[lang]}
              </>
            ),
          },
        ]}
      />
    </>
  );
}

interface Given {
  readonly typed: Typed | undefined;
  readonly errors: Errors;
}

/** @param kept the names of the columns as they were read last */
function StatementForm({ typed, errors, kept }: Given & { readonly kept: Typed | undefined }) {
  const { t: say } = useView();
  const t = say(MESSAGES);
  const before = typed ?? kept;
  return (
    <section class="card">
      <h2>{t.statement}</h2>
      <p>{t.statementLead}</p>
      <Form action={RECORDING} submit={t.send} files guard={false}>
        {/* What the file is sent with comes before it. */}
        <SelectField
          name="preview"
          label={t.mode}
          wanted
          value={last(before, 'preview') === 'false' ? 'false' : 'true'}
          choices={(['true', 'false'] as const).map((value) => ({ value, text: t.modes[value] }))}
          errors={errors}
        />
        <details open={COLUMNS.some((name) => errors.has(name)) || errors.has('_file')}>
          <summary>{t.columns}</summary>
          {COLUMNS.map((name) => (
            <TextField
              name={name}
              label={t.column[name]}
              hint={name === 'time' ? t.timeHint : undefined}
              value={before ? last(before, name) : NAMED[name]}
              errors={errors}
            />
          ))}
          <SelectField
            name="encoding"
            label={t.encoding}
            wanted
            value={last(before, 'encoding') || 'utf-8'}
            choices={[
              { value: 'utf-8', text: 'UTF-8' },
              { value: 'gb18030', text: 'GB 18030 / GBK' },
            ]}
            errors={errors}
          />
        </details>
        <TextField name="_file" label={t.file} hint={t.fileHint} type="file" wanted errors={errors} />
      </Form>
    </section>
  );
}

function GuaranteeForm({ typed, errors }: Given) {
  const { lang, t: say } = useView();
  const t = say(MESSAGES);
  const common = { wanted: true, errors };
  const text = (name: 'reference' | 'transactionId' | 'issuer') => (
    <TextField name={name} label={t[name]} value={last(typed, name)} {...common} />
  );
  return (
    <section class="card">
      <h2>{t.guarantee}</h2>
      <Form action={RECORDING} submit={t.record} guard={false}>
        {text('reference')}
        <SelectField
          name="form"
          label={t.form}
          value={last(typed, 'form')}
          choices={(['guarantee', 'insurance'] as const).map((value) => ({
            value,
            text: depositFormText(value, lang),
          }))}
          {...common}
        />
        {text('transactionId')}
        {text('issuer')}
        <AmountField name="amountFen" label={t.amountFen} value={last(typed, 'amountFen')} {...common} />
        <TextField name="validUntil" label={t.validUntil} type="date" value={last(typed, 'validUntil')} {...common} />
      </Form>
    </section>
  );
}

/** The names of columns that were left empty have their defaults. */
async function importStatement(context: PageContext): Promise<Sent> {
  const { typed, told } = await sentFile(context.request, async (fields, file) => {
    await context.assertForm(fields.get('_token')?.at(-1));
    const query = Object.fromEntries(
      [...COLUMNS, 'preview', 'encoding'].map((name) => [name, last(fields, name)] as const),
    );
    return context.ask({
      ...{ method: 'post', path: addressWith('/deposits/import', query), key: last(fields, '_key') },
      ...(file ? { file: { stream: file.stream, mediaType: file.mediaType } } : {}),
    });
  });
  return { what: 'statement', typed, told };
}

async function recordGuarantee(context: PageContext): Promise<Sent> {
  const typed = typedOf(context.request.body);
  await context.assertForm(typed.get('_token')?.at(-1));
  const texts = ['reference', 'form', 'transactionId', 'issuer', 'validUntil'].flatMap((name) =>
    last(typed, name) === '' ? [] : [[name, last(typed, name)] as const],
  );
  const amount = last(typed, 'amountFen');
  const json = { ...Object.fromEntries(texts), ...(amount === '' ? {} : { amountFen: fenOf(amount) }) };
  const told = await context.ask({ method: 'post', path: '/deposits/guarantee', json, key: last(typed, '_key') });
  return { what: 'guarantee', typed, told };
}

/** Where the centre records what the bank and paper say, without seeing whose it is. */
export const depositRecordingPages = [
  page({ path: RECORDING, for: 'person', handle: (context) => shown(context, null) }),
  page({
    path: RECORDING,
    method: 'post',
    for: 'person',
    handle: async (context) =>
      shown(
        context,
        await (context.request.is('multipart/form-data') ? importStatement(context) : recordGuarantee(context)),
      ),
  }),
];
