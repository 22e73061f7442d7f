import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { issuesOf, SAYS_WHAT_CAME } from '../../api/http/fields/issues.ts';
import { creditCode, fen, id, instant, line, pageQuery, secret, whole } from '../../api/http/schemas.ts';
import { namedIssue, wordsOfIssues } from '../../domain/fields/named.ts';
import { badInput } from '../../domain/issues.ts';
import { FORFEIT_GROUNDS } from '../../domain/deposits/grounds.ts';
import { DEPOSIT_FORMS, KINDS, PROCEDURES } from '../../domain/law/facts.ts';
import { RULES } from '../../domain/law/rulebook.ts';

const tender = z.strictObject({
  title: line(20),
  procedure: z.enum(PROCEDURES),
  kind: z.enum(KINDS).default('works'),
  bidDeadline: instant.nullable().default(null),
  mandatory: z.boolean().optional(),
  depositForms: z.array(z.enum(DEPOSIT_FORMS)).optional(),
  lots: z.array(z.strictObject({ no: z.int(), title: line(20), budgetFen: fen })).min(1),
});
const whole_ = { title: '道路改造', procedure: 'open-tender', lots: [{ no: 1, title: '一标段', budgetFen: 100 }] };

function refused(change: object, schema: z.ZodType = tender, base: object = whole_, places: string[] = []) {
  const { error } = schema.safeParse({ ...base, ...change }, SAYS_WHAT_CAME);
  return error === undefined ? [] : issuesOf(error, { schema, places }).map((issue) => namedIssue(issue));
}

describe('an issue says which field, what is expected and what came', () => {
  it.each([
    ['a wrong type', { title: 7 }, 'title', '项目名称', '应为文字；收到的是数字 7', 7],
    ['null', { title: null }, 'title', '项目名称', '应为文字；收到的是空值（null）', null],
    ['a list', { title: ['甲'] }, 'title', '项目名称', '应为文字；收到的是列表（1 项）', undefined],
    [
      'yes or no',
      { mandatory: '是' },
      'mandatory',
      '是否依法必须招标',
      '应为 true（是）或 false（否）；收到的是文字「是」',
      '是',
    ],
    ['one that is missing', { title: undefined }, 'title', '项目名称', '必填，没有收到；应为文字', undefined],
    [
      'too many characters',
      { title: '长'.repeat(21) },
      'title',
      '项目名称',
      '不得超过 20 个字；收到的是 21 个字',
      '长'.repeat(21),
    ],
    ['nothing to be seen', { title: '' }, 'title', '项目名称', '不能为空白', ''],
    ['an empty list', { lots: [] }, 'lots', '标段', '至少 1 项；收到的是 0 项', undefined],
  ])('%s', (_what, change, field, fieldZh, messageZh, given) => {
    const [issue] = refused(change);
    expect(issue).toMatchObject({ field, fieldZh, messageZh: expect.stringContaining(messageZh) as string });
    expect(issue?.given).toEqual(given);
    expect(issue?.messageEn).not.toMatch(/undefined|\p{Script=Han}(?!.*")/u);
  });

  it('a choice lists its values with their Chinese names', () => {
    const [issue] = refused({ procedure: '公开招标' });
    expect(issue).toMatchObject({ field: 'procedure', fieldZh: '采购方式', given: '公开招标' });
    expect(issue?.messageZh).toMatch(/^应为下列之一：open-tender（公开招标）、invited-tender（邀请招标）/);
    expect(issue?.messageZh).toContain('收到的是文字「公开招标」');
    expect(issue?.allowed).toContainEqual({ value: 'inquiry', zh: '询价' });
    expect(issue?.allowed).toHaveLength(PROCEDURES.length);
  });

  it('a choice that is missing, or of another type, lists them as well', () => {
    expect(refused({ procedure: undefined })[0]?.messageZh).toMatch(
      /^必填，没有收到；应为下列之一：open-tender（公开招标）/,
    );
    expect(refused({ kind: 3 })[0]?.messageZh).toBe(
      '应为下列之一：works（工程）、goods（货物）、services（服务）；收到的是数字 3',
    );
    expect(refused({ depositForms: ['cash'] })[0]).toMatchObject({
      field: 'depositForms[0]',
      fieldZh: '第1个接受的保证金形式',
      messageZh: '应为下列之一：transfer（银行转账）、guarantee（保函）、insurance（保证保险）；收到的是文字「cash」',
    });
  });

  it('of very many values the nearest are listed', () => {
    const nearest = RULES[3];
    const rules = z.strictObject({ rule: z.enum(RULES.map(({ id: rule }) => rule) as [string, ...string[]]) });
    const [issue] = refused({ rule: `${nearest?.id}x` }, rules, {});
    expect(issue?.messageZh).toContain(nearest?.id);
    expect(issue?.messageZh.length).toBeLessThan(300);
    expect(issue).not.toHaveProperty('allowed');
  });

  it('an element of a list is counted as people count', () => {
    const lots = [...whole_.lots, { no: 2, title: '二标段', budgetFen: '12万' }];
    expect(refused({ lots })).toMatchObject([
      {
        field: 'lots[1].budgetFen',
        fieldZh: '第2个标段的预算金额',
        messageZh: '应为整数，以分为单位（1 元写作 100），如 125000000；收到的是文字「12万」',
        given: '12万',
      },
    ]);
    expect(refused({ lots: [{ no: 1, title: '一标段', budgetFen: 12.5 }] })[0]?.messageZh).toContain(
      '收到的是数字 12.5',
    );
  });

  it('every unknown field is named, with the nearest known one', () => {
    const [near, far] = refused({ bidDeadlineAt: '2026-04-17T09:30:00+08:00', xyz: 1 });
    expect(near).toMatchObject({ field: 'bidDeadlineAt', rule: 'unrecognized_keys' });
    expect(near?.messageZh).toBe('没有这一项；是否要写「投标截止时间（bidDeadline）」？');
    expect(near?.messageEn).toContain('bidDeadline');
    expect(far).toMatchObject({ field: 'xyz', messageZh: '没有这一项，请删去' });
    expect(refused({ lots: [{ no: 1, title: '一标段', budget: 1, budgetFen: 1 }] })[0]).toMatchObject({
      field: 'lots[0].budget',
      messageZh: '没有这一项；是否要写「预算金额（budgetFen）」？',
    });
  });

  it('a date out of format is told with what came', () => {
    for (const given of ['2026-04-17', '2026-04-17T09:30:00', '4月17日']) {
      const [issue] = refused({ bidDeadline: given });
      expect(issue).toMatchObject({ field: 'bidDeadline', fieldZh: '投标截止时间', given });
      expect(issue?.messageZh).toContain(given);
    }
  });

  it('a mistyped code and id as well', () => {
    const codes = z.strictObject({ creditCode, id });
    const [code, other] = refused({ creditCode: '9111', id: '7' }, codes, {});
    expect(code).toMatchObject({ fieldZh: '统一社会信用代码', given: '9111' });
    expect(code?.messageZh).toContain('「9111」');
    expect(other?.messageZh).toBe('应为编号（UUID）；收到的是文字「7」');
  });

  it('a number of a query that is none is told as it was sent', () => {
    const [issue] = refused({ limit: '1e2' }, z.strictObject({ limit: whole(1, 100) }), {});
    expect(issue).toMatchObject({ field: 'limit', fieldZh: '每页条数', given: '1e2' });
    const told = [['-1'], ['1', '2']].map(
      ([first, second]) => refused({ limit: second ? [first, second] : first }, pageQuery, {})[0]?.messageZh,
    );
    expect(told).toEqual(['应为 1 至 100 的整数；收到的是文字「-1」', '应为 1 至 100 的整数；收到的是列表（2 项）']);
    expect(refused({ limit: '101' }, z.strictObject({ limit: whole(1, 100) }), {})[0]?.messageZh).toBe(
      '不得大于 100；收到的是数字 101',
    );
  });

  it('of several kinds of a request the one that is meant is judged, and one that is none is told the kinds', () => {
    const filed = z.discriminatedUnion('target', [
      z.strictObject({ target: z.literal('documents'), textZh: line(20) }),
      z.strictObject({ target: z.literal('result'), lotNo: z.int(), textZh: line(20) }),
    ]);
    expect(refused({ target: 'result', textZh: '甲' }, filed, {})).toMatchObject([
      { field: 'lotNo', fieldZh: '标段号' },
    ]);
    expect(refused({ target: 'price' }, filed, {})[0]).toMatchObject({
      field: 'target',
      given: 'price',
      messageZh: '应为下列之一：documents（招标文件）、result（评标（评审）结果）；收到的是文字「price」',
    });
    const after = z.strictObject({ after: z.union([line(3), fen]) });
    expect(refused({ after: '一二三四' }, after, {})[0]?.messageZh).toContain('不得超过 3 个字');
    expect(refused({ after: true }, after, {})[0]?.messageZh).toMatch(/^应为文字，或应为/);
  });

  it('a ground is named as its act knows it', () => {
    const forfeit = z.strictObject({ ground: z.enum(FORFEIT_GROUNDS) });
    const { error } = forfeit.safeParse({ ground: 'late' }, SAYS_WHAT_CAME);
    const places = ['deposits/forfeit', 'forfeit', 'deposits'];
    expect(error && issuesOf(error, { schema: forfeit, places })[0]?.messageZh).toContain(
      'not-decrypted（因投标人原因未解密）',
    );
  });
});

describe('what came is repeated with care', () => {
  it('never where it is a secret, whatever is wrong with it', () => {
    const change = z.strictObject({ currentPassword: secret(1), newPassword: secret(12), token: z.uuid() });
    const given = { currentPassword: 987654321, newPassword: 'hunter2', token: 'abc-secret' };
    const issues = refused(given, change, {});
    expect(issues.map(({ field }) => field)).toEqual(['currentPassword', 'newPassword', 'token']);
    expect(JSON.stringify(issues)).not.toMatch(/987654321|hunter2|abc-secret|7 个字/);
    const later = badInput([{ field: 'newPassword', rule: 'weak', messageZh: '太常见', messageEn: 'Too common' }]);
    const [issue] = later.details?.issues as Parameters<typeof namedIssue>[0][];
    expect(issue && namedIssue(issue, { places: [], valueOf: () => 'hunter2' })).not.toHaveProperty('given');
  });

  it('shortened, on one line, and without what nobody sees', () => {
    const [issue] = refused({ procedure: `甲\u202e\n${'长'.repeat(500)}` });
    expect(issue?.given).toBe(`甲 ${'长'.repeat(58)}…`);
    expect(issue?.messageZh.length).toBeLessThan(400);
    expect(issue?.messageZh).not.toMatch(/\u202e|\n/);
  });

  it('an issue of a service is completed from the request', () => {
    const issue = { field: 'people.1.name', rule: 'twice', messageZh: '登记了两次', messageEn: 'It is there twice' };
    expect(
      namedIssue(issue, { places: [], valueOf: (field) => (field === 'people[1].name' ? '甲' : undefined) }),
    ).toEqual({
      field: 'people[1].name',
      fieldZh: '第2个到场人员的姓名',
      fieldEn: 'name of the person, no. 2 of people',
      rule: 'twice',
      given: '甲',
      messageZh: '登记了两次；收到的是文字「甲」',
      messageEn: 'It is there twice; received the text "甲"',
    });
  });

  it('all issues make one sentence, each with its field', () => {
    expect(wordsOfIssues(refused({ title: 7, kind: 3 })).messageZh).toBe(
      '项目名称（title）：应为文字；收到的是数字 7；项目类别（kind）：应为下列之一：works（工程）、goods（货物）、services（服务）；收到的是数字 3',
    );
  });
});
