import type * as z from 'zod';
import type { refundDutySchema } from '../../api/deposits/views.ts';
import type { DepositForm } from '../../domain/law/facts.ts';
import type { Lang } from '../http/language.ts';
import { Instant } from '../parts/instant.tsx';
import { useView } from '../parts/view.ts';

type Duty = z.infer<typeof refundDutySchema>;

const MESSAGES = {
  zh: {
    forms: { transfer: '银行转账', guarantee: '保函', insurance: '保证保险' },
    states: { held: '在账', due: '待退还', overdue: '逾期未退', settled: '已结清' },
    why: {
      withdrawn: '已撤回投标',
      terminated: '项目终止',
      failed: '标段失败',
      undecided: '尚未定标',
      lost: '未中标',
      won: '中标',
    },
    until: '最迟退还',
  },
  en: {
    forms: { transfer: 'transfer', guarantee: 'guarantee', insurance: 'insurance' },
    states: { held: 'held', due: 'to be refunded', overdue: 'not refunded in time', settled: 'settled' },
    why: {
      withdrawn: 'bid withdrawn',
      terminated: 'terminated',
      failed: 'lot failed',
      undecided: 'not awarded yet',
      lost: 'did not win',
      won: 'won',
    },
    until: 'refund by',
  },
};

export const depositFormText = (form: DepositForm, lang: Lang): string => MESSAGES[lang].forms[form];

/** How a deposit stands: held, to be refunded by when and why, or settled. */
export function DepositState({ leftFen, refund }: { readonly leftFen: number; readonly refund: Duty }) {
  const { t: say } = useView();
  const t = say(MESSAGES);
  const state = leftFen === 0 ? 'settled' : refund.overdue ? 'overdue' : refund.dueAt === null ? 'held' : 'due';
  const tag = { held: '', due: 'warn', overdue: 'fault', settled: 'good' }[state];
  return (
    <>
      <span class={`tag ${tag}`}>{t.states[state]}</span> <span class="small">{t.why[refund.why]}</span>
      {leftFen > 0 && refund.dueAt !== null ? (
        <div class="small">
          {t.until} <Instant at={refund.dueAt} countdown />
        </div>
      ) : null}
    </>
  );
}
