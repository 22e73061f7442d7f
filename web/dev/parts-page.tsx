import { page } from '../http/page.tsx';
import { DomainError } from '../../domain/errors.ts';
import { Empty } from '../parts/empty.tsx';
import { Facts } from '../parts/facts.tsx';
import { CheckField, ChoicesField, ProseField, SelectField, TextField } from '../parts/field.tsx';
import { Form } from '../parts/form.tsx';
import { Instant } from '../parts/instant.tsx';
import { Money } from '../parts/money.tsx';
import { Note } from '../parts/note.tsx';
import { Table } from '../parts/table.tsx';

const ERRORS = new Map([['title', ['标题不能为空 / The title is empty']]]);
const CHOICES = [
  { value: 'works', text: '工程 / works' },
  { value: 'goods', text: '货物 / goods' },
];

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
              <CheckField name="yes" label="是否 / yes or no" checked />
            </Form>
          </>
        ),
      };
    },
  }),
];
