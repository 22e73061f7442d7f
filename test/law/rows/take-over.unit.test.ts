import { expect, test } from 'vitest';
import { getRule } from '../../../domain/law/rulebook.ts';
import { differencesOf, readRows, rowOf } from './take-over.ts';

const READ = {
  id: 'gp-reject-late',
  kind: 'ground',
  name_zh: '拒收: 逾期送达或未按要求密封 (政府采购)',
  applies_to: ['gp_open', 'gp_invited'],
  from_event: '投标截止时间',
  bound: 'rule',
  breach_effect: '拒收',
  suspends: 'no',
  law: '财政部令87号',
  article: '33(2)',
  effective_from: '2017-10-01',
  status: 'VERIFIED',
  quote: '逾期送达或者未按照招标文件要求密封的投标文件，采购人、采购代理机构应当拒收',
  notes: 'use: block — refuse at deadline; refuse unsealed. GP twin of works-reject-late (条例36).',
};

test('a row that was read becomes a row in code: its use by itself, and the dates of its law left out', () => {
  const [read] = readRows(`${JSON.stringify(READ)}\n\n`);
  if (!read) throw new Error('no row');
  const row = rowOf(read);
  expect(row).toMatchObject({ use: 'block', breach: '拒收', notes: expect.stringMatching(/^Refuse at/) as string });
  expect(row).not.toHaveProperty('effectiveFrom');
  expect(row).not.toHaveProperty('suspends');
  expect(getRule('gp-reject-late')).toMatchObject(row);
  expect(differencesOf(read)).toEqual([]);
});

test('what differs is named by row and field, and what is missing is printed', () => {
  const [changed, missing, range] = readRows(
    [
      { ...READ, article: '34', status: 'RECALLED' },
      { ...READ, id: 'gp-reject-early' },
      { ...READ, bound: 'range', amount: [1, 3], suspends: 'stops' },
    ]
      .map((row) => JSON.stringify(row))
      .join('\n'),
  );
  if (!changed || !missing || !range) throw new Error('no rows');
  expect(differencesOf(changed)).toEqual([
    'gp-reject-late.article: "33(2)", read: "34"',
    'gp-reject-late.status: "VERIFIED", read: "RECALLED"',
  ]);
  expect(differencesOf(missing)).toEqual([expect.stringMatching(/^missing: \{"id":"gp-reject-early"/)]);
  // A lot without an award fails; it is not stopped.
  expect(rowOf(range)).toMatchObject({ range: [1, 3], suspends: 'fails' });
});
