import { citeEn, citeZh } from '../law/rule.ts';
import { getRule, type RuleId } from '../law/rulebook.ts';
import type { Procedure } from '../procedures/procedure.ts';
import { seenOf } from '../text.ts';
import type { GrievanceAttachment, GrievanceLetter } from './letter.ts';

/** What a letter lacks that the law asks of it: it is taken all the same, and may be completed. */
export interface MissingItem {
  /** The item of the article, from 1; null where the article has none. */
  readonly item: number | null;
  readonly field: string;
  readonly rule: string;
  readonly law: string;
  readonly article: string;
  readonly zh: string;
  readonly en: string;
}

interface Filed {
  readonly letter: GrievanceLetter | null;
  readonly attachments: readonly GrievanceAttachment[] | null;
  readonly filedAt: number;
}

/** Items (二) project and (六) date are the platform's own, and so is the name in (一). */
export function missingInLetter({ grievances }: Procedure, { letter, attachments, filedAt }: Filed): MissingItem[] {
  const contents = grievances.letter;
  if (!contents) return [];
  const stated = letter ?? {};
  const found: MissingItem[] = [];
  const want = (
    rule: RuleId,
    item: number | null,
    field: string,
    value: string | undefined,
    zh: string,
    en: string,
  ) => {
    if (value === undefined || seenOf(value) === '') found.push(missing(rule, item, field, zh, en));
  };
  want(contents.rule, 1, 'letter.address', stated.address, '供应商地址', "supplier's address");
  want(contents.rule, 1, 'letter.postcode', stated.postcode, '邮编', 'postcode');
  want(contents.rule, 1, 'letter.contact', stated.contact, '联系人', 'contact person');
  want(contents.rule, 1, 'letter.telephone', stated.telephone, '联系电话', 'telephone');
  const matters = stated.matters ?? [];
  if (matters.length === 0) {
    found.push(missing(contents.rule, 3, 'letter.matters', '具体、明确的质疑事项', 'the matters, specific and clear'));
  }
  want(contents.rule, 3, 'letter.requestZh', stated.requestZh, '与质疑事项相关的请求', 'what is requested');
  const each = matters.length === 0 ? [{}] : matters;
  for (const [index, { factsZh, lawZh }] of each.entries() as IterableIterator<
    [number, Partial<(typeof matters)[0]>]
  >) {
    want(contents.rule, 4, `letter.matters.${index}.factsZh`, factsZh, '事实依据', 'the facts');
    want(contents.rule, 5, `letter.matters.${index}.lawZh`, lawZh, '必要的法律依据', 'the law');
  }
  const has = (kind: GrievanceAttachment['kind']): boolean => attachments?.some((one) => one.kind === kind) ?? false;
  if (!has('evidence')) found.push(missing(contents.evidence, null, 'attachments', '必要的证明材料', 'evidence'));
  const { proxy } = stated;
  if (!proxy) return found;
  const { authorisation, authorised } = contents;
  want(authorisation, null, 'letter.proxy.matterZh', proxy.matterZh, '代理事项', 'what the proxy is for');
  want(authorisation, null, 'letter.proxy.powersZh', proxy.powersZh, '具体权限', "the proxy's powers");
  if (proxy.until === undefined || proxy.until < filedAt) {
    found.push(
      missing(authorisation, null, 'letter.proxy.until', '提出之日有效的代理期限', 'a term that covers the filing'),
    );
  }
  if (!has('authorisation')) found.push(missing(authorised, null, 'attachments', '授权委托书', 'the authorisation'));
  return found;
}

const ITEMS = '一二三四五六';

function missing(id: RuleId, item: number | null, field: string, zh: string, en: string): MissingItem {
  const rule = getRule(id);
  const [itemZh, itemEn] = item === null ? ['', ''] : [`第（${ITEMS[item - 1]}）项`, `, item ${item}`];
  return {
    ...{ item, field, rule: rule.id, law: rule.law, article: rule.article },
    zh: `缺少${zh}（${citeZh(rule)}${itemZh}），可以补充`,
    en: `Missing: ${en} (${citeEn(rule)}${itemEn}); it may be completed`,
  };
}
