import { page } from '../http/page.ts';
import { ruleLinks } from '../../api/law/links.ts';
import { DAY_MS, formatInstant } from '../../domain/civil-time.ts';
import { DomainError } from '../../domain/errors.ts';
import { getRule } from '../../domain/law/rulebook.ts';
import { AmountField } from '../parts/amount-field.tsx';
import { Empty } from '../parts/empty.tsx';
import { Facts } from '../parts/facts.tsx';
import { CheckField, ChoicesField, ProseField, SelectField, TextField } from '../parts/field.tsx';
import { Form } from '../parts/form.tsx';
import { Instant } from '../parts/instant.tsx';
import { Money } from '../parts/money.tsx';
import { Note } from '../parts/note.tsx';
import { PartyField } from '../parts/party-field.tsx';
import { SecondPerson } from '../parts/second-person.tsx';
import { Table } from '../parts/table.tsx';
import { TimelineChart, TimelineList, type Milestone } from '../parts/timeline.tsx';

const ERRORS = new Map([['title', ['标题不能为空 / The title is empty']]]);
const CHOICES = [
  { value: 'works', text: '工程 / works' },
  { value: 'goods', text: '货物 / goods' },
];

const RULE = getRule('works-bid-prep-min');

/** A milestone in each of its states, around an instant. */
function timelineAt(now: number): Milestone[] {
  const day = (n: number): string => formatInstant(now + n * DAY_MS);
  const milestone = (
    key: Milestone['key'],
    names: readonly [string, string],
    change: Partial<Milestone>,
  ): Milestone => ({
    ...{ lotNo: 0, key, nameZh: names[0], nameEn: names[1], fromAt: null, dueAt: null, firstDueAt: null },
    ...{ earliest: null, latest: null, rules: [], provisional: false, ifNobodyActs: null, state: 'planned' },
    ...{ actualAt: null, by: null, overdue: false, suspensions: [], pastSuspensions: [], pauses: [], trace: [] },
    ...change,
  });
  const { id, law, article, status } = RULE;
  return [
    milestone('notice', ['招标公告', 'tender notice'], { state: 'done', dueAt: day(-9), actualAt: day(-9) }),
    milestone('documents-until', ['文件发售截止', 'documents until'], {
      state: 'planned',
      dueAt: day(-1),
      overdue: true,
    }),
    milestone('bid-deadline', ['投标截止', 'bid deadline'], {
      ...{ dueAt: day(12), fromAt: day(-9), ifNobodyActs: { zh: '到时开标', en: 'bids are opened then' } },
      rules: [{ id, law, article, status, quote: RULE.quote ?? null, links: ruleLinks(id) }],
      trace: [
        { day: day(-9).slice(0, 10), weekday: 'Mon', counted: false, why: 'start-day' },
        { day: day(-8).slice(0, 10), weekday: 'Tue', counted: true, n: 1 },
      ],
    }),
    milestone('contract', ['签订合同', 'contract'], {
      ...{ dueAt: day(40), earliest: day(38), latest: day(44), provisional: true, lotNo: 1 },
    }),
  ];
}

/** The parts that every page is made of, each with its states; in a drill only. */
export const partsPages = [
  page({
    path: '/dev/parts',
    for: 'guest',
    handle: async ({ view }) => {
      if (!view.drill)
        throw new DomainError('not-found', { messageZh: '没有该页面', messageEn: 'There is no such page' });
      return {
        title: 'Parts',
        content: (
          <>
            <h1>部件 / Parts</h1>
            <h2>Note</h2>
            <Note title="说明 / info">info</Note>
            <Note kind="good">good</Note>
            <Note kind="warn">warn</Note>
            <Note kind="fault">fault</Note>
            <h2>Facts, Instant, Money</h2>
            <Facts
              rows={[
                ['时间 / instant', <Instant at={view.now + 90_000_000} countdown />],
                ['金额 / amount', <Money fen={1_250_000_00} />],
              ]}
            />
            <h2>Table, Empty</h2>
            <Table
              rows={CHOICES}
              empty=""
              columns={[
                { head: 'value', cell: (row) => row.value },
                { head: 'text', cell: (row) => row.text },
              ]}
            />
            <Empty>没有记录时说下一步做什么 / what to do next</Empty>
            <h2>Form</h2>
            <Form action="/dev/parts" submit="提交 / Submit" keyed={false} guard={false}>
              <TextField name="title" label="标题 / title" wanted errors={ERRORS} hint="提示 / hint" />
              <ProseField name="text" label="正文 / text" />
              <SelectField name="kind" label="类别 / kind" choices={CHOICES} value="goods" />
              <ChoicesField name="kinds" label="多选 / several" choices={CHOICES} values={['works']} />
              <AmountField name="amount" label="金额 / amount" value="125万元" />
              <PartyField name="organisationId" label="单位 / organisation" query="" choices={[]} />
              <CheckField name="yes" label="是否 / yes or no" checked />
            </Form>
            <h2>TimelineChart, TimelineList, Trace</h2>
            <TimelineChart milestones={timelineAt(view.now)} />
            <TimelineList milestones={timelineAt(view.now)} />
            <h2>SecondPerson</h2>
            <h3>由另一人复核 / for the second person</h3>
            <SecondPerson action="/dev/parts" mine={false} outdated={false} />
            <h3>经办人本人 / for who prepared it</h3>
            <SecondPerson action="/dev/parts" mine outdated={false} />
            <h3>所依据的已变 / outdated</h3>
            <SecondPerson action="/dev/parts" mine={false} outdated />
          </>
        ),
      };
    },
  }),
];
