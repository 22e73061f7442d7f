import { expect, it } from 'vitest';
import { secondPerson as secondPersonOf } from '../../cli/settings/second-person.ts';
import { judgeSecondPerson } from '../../cli/doctor/second-person.ts';
import { parseInstant } from '../../domain/civil-time.ts';
import {
  mandateActsFor,
  PREPARABLE_ACT_NAMES,
  PREPARABLE_ACTS,
  preparableActOf,
} from '../../domain/prepared-acts/acts.ts';
import { isSamePerson } from '../../domain/prepared-acts/second-person.ts';
import { lapsesAfter, preparedStateOf } from '../../domain/prepared-acts/settled.ts';
import { mandateActOf } from '../../domain/mandates/acts.ts';
import { PERMISSIONS, type Action } from '../../domain/roles.ts';

it.each([
  ['张三', '张三', true],
  ['张三', ' 张　三 ', true],
  ['张三（经办）', '张三 (复核)', true],
  ['张三1', '张三２', true],
  ['张三【二】', '张三', true],
  ['Zhang San', 'zhang.san', true],
  ['张三', '张三丰', false],
  ['purchaser.1', 'purchaser.2', false],
  ['Zhang San', '张三', false],
])('%s and %s are taken for one person: %s', (one, other, same) => {
  expect(isSamePerson({ accountId: 'a', name: one }, { accountId: 'b', name: other })).toBe(same);
});

it('waits for thirty days, to the instant', () => {
  const preparedAt = parseInstant('2026-03-05T10:00:00+08:00');
  const lapsesAt = lapsesAfter(preparedAt);
  expect(lapsesAt).toBe(parseInstant('2026-04-04T10:00:00+08:00'));
  const row = { id: 'p', state: 'waiting' as const, settledAt: null, lapsesAt };
  expect([preparedStateOf(row, lapsesAt - 1), preparedStateOf(row, lapsesAt)]).toEqual(['waiting', 'lapsed']);
  expect(preparedStateOf({ ...row, state: 'confirmed' }, lapsesAt)).toBe('confirmed');
});

it('the acts are acts of who runs a tender, and of an agency only what a mandate covers', () => {
  for (const name of PREPARABLE_ACT_NAMES) {
    for (const action of PREPARABLE_ACTS[name].actions) {
      const roles: Readonly<Record<string, string>> = PERMISSIONS[action].roles;
      expect(roles['purchaser'], name).toBe('procurement');
      expect(mandateActOf(action) !== null, action).toBe(roles['agency'] === 'procurement');
      expect(mandateActsFor(name).length > 0, name).toBe(roles['agency'] === 'procurement');
    }
  }
  const actions = PREPARABLE_ACT_NAMES.flatMap((name): readonly Action[] => PREPARABLE_ACTS[name].actions);
  expect(new Set(actions).size).toBe(actions.length);
});

// The reply to an objection to the opening (条例 44) is one: whoever asks for two people for the one asks for them for the other.
it('a reply to an objection is a ruling wherever it is filed, and answers to questions and corrections have their acts', () => {
  expect(preparableActOf('grievance.reply')).toBe('ruling');
  expect(preparableActOf('opening.answer')).toBe('ruling');
  expect(mandateActsFor('ruling')).toEqual(['grievances', 'opening']);
  expect(preparableActOf('question.answer')).toBe('amendment');
  expect(preparableActOf('notice.correct')).toBe('correction');
});

it('doctor names the organisations with one person, where two are needed', () => {
  const acts = new Set(['launch']);
  expect(judgeSecondPerson(new Set(), [{ name: '甲' }]).ok).toBe('ok');
  expect(judgeSecondPerson(acts, []).ok).toBe('ok');
  const seven = ['甲', '乙', '丙', '丁', '戊', '己', '庚'].map((name) => ({ name }));
  const { ok, detailZh, detailEn } = judgeSecondPerson(acts, seven);
  expect([ok, detailZh.includes('戊，另有 2 个'), detailEn.includes('戊, and 2 more')]).toEqual(['warn', true, true]);
});

const secondPerson = (text: string) => secondPersonOf({ KAIBIAO_SECOND_PERSON: text });

it('the setting names acts, all of them, or none', () => {
  expect([...secondPerson('')]).toEqual([]);
  expect([...secondPerson('launch, Award ,launch')]).toEqual(['launch', 'award']);
  expect([...secondPerson('all')]).toEqual(PREPARABLE_ACT_NAMES);
  for (const [typo, nearest] of [
    ['amendmnt', 'amendment'],
    ['launch,reports', 'report'],
    ['on', 'all'],
    ['全部', 'all'],
  ] as const) {
    expect(() => secondPerson(typo), typo).toThrow(new RegExp(`the nearest is ${nearest}`));
  }
});
