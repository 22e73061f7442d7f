import type { Asked, Told } from '../../api/visit.ts';
import { FORFEIT_GROUNDS } from '../../domain/deposits/grounds.ts';
import { wordFor } from '../../domain/fields/field.ts';
import { yuan } from '../../domain/law/catalogue.ts';
import { fenOf, instantOf, typedOf, type Typed } from '../acts/form-values.ts';
import type { PageContext } from '../http/page.ts';
import { AmountField } from '../parts/amount-field.tsx';
import { NO_ERRORS, ProseField, SelectField, TextField, type Errors } from '../parts/field.tsx';
import { errorsOf, Form } from '../parts/form.tsx';
import { useView } from '../parts/view.ts';

const MESSAGES = {
  zh: {
    refund: '登记退还',
    amount: '退还金额',
    interest: '利息',
    interestHint: '没有应付利息的不填',
    at: '退还时间',
    reference: '退款的银行流水号',
    referenceHint: '付款的流水号，不是收款的；退还保函的，填写收据编号',
    forfeit: '登记不予退还',
    kept: '不予退还的金额',
    ground: '法定情形',
    clause: '招标文件的条款',
    clauseHint: '依招标文件不予退还的填写',
    reason: '理由',
    check: '登记保函核验结果',
    outcome: '核验结果',
    outcomes: { confirmed: '真实有效', rejected: '不予认可' },
    done: { refund: '已登记退还', forfeit: '已登记不予退还', check: '已登记核验结果' },
  },
  en: {
    refund: 'Record the refund',
    amount: 'Amount',
    interest: 'Interest',
    interestHint: 'leave it empty where none is owed',
    at: 'When it went back',
    reference: 'Number of the refund',
    referenceHint: 'of the outgoing payment, not of the incoming; of a guarantee that of the receipt',
    forfeit: 'Record that it is kept',
    kept: 'Amount that is kept',
    ground: 'Ground of the law',
    clause: 'Clause of the documents',
    clauseHint: 'where the documents say so',
    reason: 'Reason',
    check: 'Record the check of the guarantee',
    outcome: 'Result',
    outcomes: { confirmed: 'valid', rejected: 'not accepted' },
    done: { refund: 'The refund is recorded', forfeit: 'It is recorded as kept', check: 'The check is recorded' },
  },
};

const ACTS = ['refund', 'forfeit', 'check'] as const;
type Act = (typeof ACTS)[number];

/** What was sent about a deposit, and what the API said. */
export interface SentSettlement {
  readonly act: Act;
  readonly depositId: string;
  readonly typed: Typed;
  readonly told: Told;
}

export const settledText = ({ act }: SentSettlement, lang: 'zh' | 'en'): string => MESSAGES[lang].done[act];

/** Sends what a form of this file asks. @throws DomainError `cross-site` */
export async function settle(context: PageContext): Promise<SentSettlement> {
  const typed = typedOf(context.request.body);
  const last = (name: string): string => (typed.get(name)?.at(-1) ?? '').trim();
  await context.assertForm(typed.get('_token')?.at(-1));
  const act = ACTS.find((each) => each === last('_do')) ?? 'refund';
  const depositId = last('depositId');
  const one = (field: string): string => last(`${field}-${act}-${depositId}`);
  const told = await context.ask({
    ...{ method: 'post', path: `/deposits/${encodeURIComponent(depositId)}/${act}` },
    ...{ json: jsonOf(act, one), key: last('_key') },
  });
  return { act, depositId, typed, told };
}

function jsonOf(act: Act, one: (field: string) => string): Asked['json'] {
  const given = (field: string, value: unknown) => (one(field) === '' ? {} : { [field]: value });
  const amount = given('amountFen', fenOf(one('amountFen')));
  switch (act) {
    case 'refund':
      return {
        ...{ ...amount, ...given('interestFen', fenOf(one('interestFen'))) },
        ...given('at', instantOf(one('at'))),
        ...given('bankReference', one('bankReference')),
      };
    case 'forfeit':
      return {
        ...{ ...amount, ...given('ground', one('ground')), ...given('clauseZh', one('clauseZh')) },
        ...given('reasonZh', one('reasonZh')),
      };
    case 'check':
      return { ...given('outcome', one('outcome')), ...given('reasonZh', one('reasonZh')) };
  }
}

interface Settled {
  /** Of the Chinese page that handles it. */
  readonly action: string;
  readonly depositId: string;
  readonly leftFen: number;
  /** What the platform counts as owed now. */
  readonly interestFen?: number | null | undefined;
  readonly sent: SentSettlement | null;
}

/** The fields of one of several forms of a page: each has its own names, and shows what was wrong with them. */
function useFields(act: Act, { depositId, sent }: Settled) {
  const { lang, t: say } = useView();
  const own = sent?.told.problem && sent.act === act && sent.depositId === depositId ? sent : null;
  const named = (field: string): string => `${field}-${act}-${depositId}`;
  const errors: Errors = own
    ? new Map([...errorsOf(own.told.problem, lang)].map(([field, texts]) => [named(field), texts]))
    : NO_ERRORS;
  return {
    t: say(MESSAGES),
    lang,
    isOpen: own !== null,
    field: (field: string, initial = '') => ({
      ...{ name: named(field), errors },
      value: own ? (own.typed.get(named(field))?.at(-1) ?? '') : initial,
    }),
  };
}

export function RefundForm(given: Settled) {
  const { t, isOpen, field } = useFields('refund', given);
  const { action, depositId, leftFen, interestFen } = given;
  return (
    <details open={isOpen}>
      <summary>{t.refund}</summary>
      <Form action={action} submit={t.refund} guard={false}>
        <input type="hidden" name="_do" value="refund" />
        <input type="hidden" name="depositId" value={depositId} />
        <AmountField label={t.amount} wanted {...field('amountFen', yuan(leftFen))} />
        <AmountField
          label={t.interest}
          hint={t.interestHint}
          {...field('interestFen', interestFen ? yuan(interestFen) : '')}
        />
        <TextField label={t.at} type="datetime-local" wanted {...field('at')} />
        <TextField label={t.reference} hint={t.referenceHint} wanted {...field('bankReference')} />
      </Form>
    </details>
  );
}

export function ForfeitForm(given: Settled) {
  const { t, lang, isOpen, field } = useFields('forfeit', given);
  const { action, depositId, leftFen } = given;
  return (
    <details open={isOpen}>
      <summary>{t.forfeit}</summary>
      <Form action={action} submit={t.forfeit} guard={false}>
        <input type="hidden" name="_do" value="forfeit" />
        <input type="hidden" name="depositId" value={depositId} />
        <AmountField label={t.kept} wanted {...field('amountFen', yuan(leftFen))} />
        <SelectField
          label={t.ground}
          wanted
          choices={FORFEIT_GROUNDS.map((value) => ({
            value,
            text: lang === 'zh' ? wordFor('ground', value, ['forfeit']) : value.replaceAll('-', ' '),
          }))}
          {...field('ground')}
        />
        <TextField label={t.clause} hint={t.clauseHint} {...field('clauseZh')} />
        <ProseField label={t.reason} wanted rows={3} {...field('reasonZh')} />
      </Form>
    </details>
  );
}

export function CheckForm(given: Settled) {
  const { t, isOpen, field } = useFields('check', given);
  const { action, depositId } = given;
  return (
    <details open={isOpen}>
      <summary>{t.check}</summary>
      <Form action={action} submit={t.check} guard={false}>
        <input type="hidden" name="_do" value="check" />
        <input type="hidden" name="depositId" value={depositId} />
        <SelectField
          label={t.outcome}
          wanted
          choices={(['confirmed', 'rejected'] as const).map((value) => ({ value, text: t.outcomes[value] }))}
          {...field('outcome')}
        />
        <ProseField label={t.reason} wanted rows={3} {...field('reasonZh')} />
      </Form>
    </details>
  );
}
