import type { Told } from '../../api/visit.ts';
import type { Problem } from '../../api/http/problems.ts';
import { wordFor } from '../../domain/fields/field.ts';
import { Facts } from '../parts/facts.tsx';
import { Form, Refusal } from '../parts/form.tsx';
import { Instant } from '../parts/instant.tsx';
import { Money } from '../parts/money.tsx';
import { Note } from '../parts/note.tsx';
import { useView } from '../parts/view.ts';
import type { Tender } from './draft.ts';
import { stepPath } from './frame.tsx';
import { PlanView, type Checked } from './plan.tsx';
import { Violations } from './violations.tsx';

const MESSAGES = {
  zh: {
    lawful: '没有不合法之处，可以发起。',
    unlawful: (n: number) => `${n} 处不合法，不能发起。逐处打开更正：`,
    launch: '发起',
    sure: '发起后按下列时间自动公告；公告时间之前可以撤回。要求他人复核的，由另一人确认后生效。',
    purchaser: '招标人（采购人）',
    agency: '代理机构',
    procedure: '采购方式',
    budget: '预算',
    noticeAt: '公告发布',
    deadline: '投标（响应）截止',
    lots: '标段（包）',
  },
  en: {
    lawful: 'Nothing is unlawful: it can be launched.',
    unlawful: (n: number) =>
      `${n} ${n === 1 ? 'violation' : 'violations'}: it cannot be launched. Open and correct each:`,
    launch: 'Launch',
    sure: 'Once launched, it is announced at the time below; before that the launch can be withdrawn. Where a second person is asked for, it takes effect once that person confirms it.',
    purchaser: 'Purchaser',
    agency: 'Agency',
    procedure: 'Procedure',
    budget: 'Budget',
    noticeAt: 'Notice',
    deadline: 'Bid deadline',
    lots: 'Lots',
  },
};

/** All violations at once, the timeline, and the launch. */
export function CheckStep({
  id,
  tender,
  check,
  problem,
}: {
  readonly id: string;
  readonly tender: Tender;
  readonly check: Told;
  readonly problem: Problem | null;
}) {
  const { lang, t: say, href } = useView();
  const t = say(MESSAGES);
  const violations = check.problem ? [] : (check.body as Checked).violations;
  const blocks = violations.filter(({ severity }) => severity === 'block').length;
  return (
    <>
      <Refusal problem={problem} />
      <Facts
        rows={[
          [t.purchaser, tender.purchaser.name],
          ...(tender.agency ? [[t.agency, tender.agency.name] as const] : []),
          [t.procedure, lang === 'zh' ? wordFor('procedure', tender.procedure) : tender.procedure],
          [t.budget, <Money fen={tender.budgetFen} />],
          [t.lots, String(tender.lots.length)],
          [t.noticeAt, <Instant at={tender.noticeAt} />],
          ...(tender.bidDeadline ? [[t.deadline, <Instant at={tender.bidDeadline} />] as const] : []),
        ]}
      />
      {check.problem ? (
        <Refusal problem={check.problem} />
      ) : (
        <Note kind={blocks > 0 ? 'fault' : 'good'}>{blocks > 0 ? t.unlawful(blocks) : t.lawful}</Note>
      )}
      <Violations violations={violations} stepHref={(step) => href(stepPath(id, step))} />
      {blocks === 0 && !check.problem ? (
        <Form action={`/console/launch/${id}/launch`} submit={t.launch} guard={false}>
          <p>{t.sure}</p>
        </Form>
      ) : null}
      <PlanView told={check} />
    </>
  );
}
