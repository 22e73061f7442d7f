import type { Child } from '#jsx';
import type { Problem } from '../../api/http/problems.ts';
import type { Scheme } from '../../domain/evaluation/scheme/scheme.ts';
import { SelectField } from '../parts/field.tsx';
import { Facts } from '../parts/facts.tsx';
import { Form, Refusal } from '../parts/form.tsx';
import type { PageContext } from '../http/page.ts';
import type { Tender } from './draft.ts';
import { stepPath } from './frame.tsx';
import { METHOD_NAMES, sumsOf, typedScheme } from './scheme-fields.ts';
import { Violations, type Violation } from './violations.tsx';

const MESSAGES = {
  zh: {
    lot: (no: number) => `第${no}标段（包）`,
    none: '还没有评标办法。从一份合法的模板开始，再修改名称、分值和要求。',
    template: '模板',
    take: '采用该模板',
    edit: '修改评标办法',
    method: '评标方法',
    criteria: '评分项',
    sum: '分值合计',
    next: '下一步',
    no: '该采购方式没有可采用的模板。',
  },
  en: {
    lot: (no: number) => `Lot ${no}`,
    none: 'No scheme yet. Begin with a lawful template, and change its names, points and requirements.',
    template: 'Template',
    take: 'Use this template',
    edit: 'Edit the scheme',
    method: 'Method',
    criteria: 'Items scored',
    sum: 'Sum of points',
    next: 'Next step',
    no: 'This procedure has no template.',
  },
};

export const schemePath = (id: string, no: number): string => `/console/launch/${id}/scheme/${no}`;

export async function templatesOf(context: PageContext, tender: Tender): Promise<readonly Scheme[]> {
  const { regime, procedure, kind, noticeAt } = tender;
  const query = new URLSearchParams({ regime, procedure, kind, noticeAt });
  const { body } = await context.ask({ method: 'get', path: `/law/schemes?${query.toString()}` });
  return (body as { items?: Scheme[] } | undefined)?.items ?? [];
}

export interface StoredScheme {
  readonly scheme: Scheme;
  readonly statements: Record<string, unknown>;
}

/** Null: the lot has none yet. */
export async function schemeOfLot(context: PageContext, id: string, no: number): Promise<StoredScheme | null> {
  const told = await context.ask({ method: 'get', path: `/procurements/${id}/lots/${no}/scheme` });
  return told.problem ? null : (told.body as StoredScheme);
}

/** The schemes of a draft, lot by lot. */
export async function schemeStep(
  context: PageContext,
  tender: Tender,
  problem: Problem | null,
  violations: readonly Violation[],
): Promise<Child> {
  const { lang } = context;
  const t = MESSAGES[lang];
  const templates = await templatesOf(context, tender);
  const stored = await Promise.all(tender.lots.map(({ no }) => schemeOfLot(context, tender.id, no)));
  return (
    <>
      <Refusal problem={problem} />
      {tender.lots.map(({ no, title }, index) => {
        const scheme = stored[index]?.scheme;
        const sums = scheme && sumsOf(typedScheme(scheme));
        return (
          <section class="card">
            <h2>
              {t.lot(no)} · {title}
            </h2>
            {scheme ? (
              <>
                <Facts
                  rows={[
                    [t.method, METHOD_NAMES[scheme.method][lang]],
                    [t.criteria, String(scheme.criteria.length)],
                    ...(sums ? [[t.sum, `${sums.whole} / ${sums.total}`] as const] : []),
                  ]}
                />
                <Violations
                  violations={violations.filter(({ field }) => field.startsWith(`lots[${index}].scheme`))}
                  stepHref={() => context.href(schemePath(tender.id, no))}
                />
                <p class="buttons">
                  <a class="button plain" href={context.href(schemePath(tender.id, no))}>
                    {t.edit}
                  </a>
                </p>
              </>
            ) : (
              <p>{t.none}</p>
            )}
            {templates.length === 0 ? (
              <p class="soft">{t.no}</p>
            ) : (
              <details open={!scheme}>
                <summary>{t.template}</summary>
                <Form action={schemePath(tender.id, no)} submit={t.take} keyed={false} guard={false}>
                  <SelectField
                    name={`template-${no}`}
                    label={t.template}
                    wanted
                    value={templates[0]?.method}
                    choices={templates.map(({ method }) => ({ value: method, text: METHOD_NAMES[method][lang] }))}
                  />
                </Form>
              </details>
            )}
          </section>
        );
      })}
      <p class="buttons">
        <a class="button" href={context.href(stepPath(tender.id, 'check'))}>
          {t.next}
        </a>
      </p>
    </>
  );
}
