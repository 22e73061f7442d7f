import { seenOf } from '../text.ts';
import { DomainError } from '../errors.ts';
import { amountOf } from '../law/limits.ts';
import { getRule, type RuleId } from '../law/rulebook.ts';
import { citeEn, citeZh } from '../law/rule.ts';
import { breachOf, logicViolation, severityOf, type Violation } from '../law/violation.ts';
import type { Invitee } from './invitees.ts';
import type { Entry, Procedure } from './procedure.ts';

/** The kind of the notice with which a procurement begins. */
export const callKindOf = ({ entry }: Pick<Procedure, 'entry'>): 'tender' | 'invitation' =>
  entry.by === 'invitation' ? 'invitation' : 'tender';

/** Refuses a supplier that was not invited. */
export function notInvited({ min }: Extract<Entry, { by: 'invitation' }>): DomainError {
  const rule = getRule(min);
  return new DomainError('not-invited', {
    messageZh: `只有被邀请的供应商可以参加本项目（${citeZh(rule)}）`,
    messageEn: `Only invited suppliers take part in this procurement (${citeEn(rule)})`,
    details: { rule: rule.id, law: rule.law, article: rule.article },
  });
}

/** Whether an invited supplier was recommended in writing. */
export const isRecommended = ({ source }: Pick<Invitee, 'source'>): boolean =>
  source === 'recommended-by-purchaser' || source === 'recommended-by-expert';

interface InvitingDraft {
  readonly purchaserId: string;
  readonly agencyId: string | null;
  readonly invitees: readonly Invitee[];
}

/** All that is wrong with who is invited; for a procedure that begins with a public notice, that anybody is. */
export function checkInvitees(
  { entry }: Pick<Procedure, 'entry'>,
  draft: InvitingDraft,
  confirmed?: ReadonlySet<string>,
): Violation[] {
  const { invitees } = draft;
  if (entry.by === 'notice') return invitees.length === 0 ? [] : [NOT_INVITING(invitees.length)];
  return [
    ...tooFew(entry, draft, confirmed),
    ...invitees.flatMap((invitee, index) => wronglyChosen(entry, draft, invitee, index, confirmed)),
    ...tooManyOfPurchaser(entry, invitees, confirmed),
  ];
}

type Invitation = Extract<Entry, { by: 'invitation' }>;
type Finding = Parameters<typeof breachOf>[2];

function breach(id: RuleId, confirmed: ReadonlySet<string> | undefined, finding: Finding): Violation {
  const rule = getRule(id);
  return breachOf(rule, severityOf(rule, confirmed), finding);
}

const NOT_INVITING = (given: number): Violation =>
  logicViolation('invitees', 'block', {
    field: 'invitees',
    given,
    messageZh: '以公告方式邀请不特定供应商的采购方式不列被邀请人',
    messageEn: 'A procedure that begins with a public notice names no invited suppliers',
  });

/** Each organisation counts once. */
function tooFew(entry: Invitation, { invitees }: InvitingDraft, confirmed?: ReadonlySet<string>): Violation[] {
  const distinct = new Set(invitees.map(({ organisationId }) => organisationId)).size;
  const limit = amountOf(entry.min);
  if (distinct >= limit) return [];
  return [
    breach(entry.min, confirmed, {
      field: 'invitees',
      given: distinct,
      limit,
      messageZh: `被邀请的供应商为 ${distinct} 家，少于 ${limit} 家`,
      messageEn: `${distinct} invited suppliers, fewer than ${limit}`,
    }),
  ];
}

function wronglyChosen(
  entry: Invitation,
  { purchaserId, agencyId, invitees }: InvitingDraft,
  invitee: Invitee,
  index: number,
  confirmed?: ReadonlySet<string>,
): Violation[] {
  const { organisationId, source, reasonZh, duties } = invitee;
  const wrong = (
    rule: RuleId,
    field: 'organisationId' | 'source' | 'reasonZh',
    [messageZh, messageEn]: readonly [string, string],
    more: Partial<Finding> = {},
  ): Violation =>
    breach(rule, confirmed, {
      ...{ field: `invitees[${index}].${field}`, given: invitee[field], messageZh, messageEn },
      ...more,
    });
  const found: Violation[] = [];
  if (invitees.findIndex((each) => each.organisationId === organisationId) !== index) {
    found.push(
      wrong(entry.min, 'organisationId', [
        '同一供应商被邀请两次，只计一家',
        'The same supplier is invited twice, and counts once',
      ]),
    );
  }
  if (organisationId === purchaserId || organisationId === agencyId) {
    found.push(
      wrong(entry.conflict, 'organisationId', [
        '招标人（采购人）及其代理机构不得被邀请参加本项目',
        'The purchaser and its agency may not be invited to their own procurement',
      ]),
    );
  }
  if (duties && !duties.includes('supplier')) {
    found.push(
      wrong(entry.min, 'organisationId', [
        `被邀请的机构登记的职责为 ${duties.join('、')}，不是供应商`,
        `The invited organisation is recorded as ${duties.join(', ')}, and is no supplier`,
      ]),
    );
  }
  if (!entry.sources.includes(source)) {
    found.push(
      wrong(
        entry.min,
        'source',
        [
          `该采购方式不得以 ${source} 产生被邀请的供应商；可以：${entry.sources.join('、')}`,
          `Suppliers of this procedure are not chosen by ${source}; lawful: ${entry.sources.join(', ')}`,
        ],
        { lawfulChoices: entry.sources },
      ),
    );
  }
  if (isRecommended(invitee) && seenOf(reasonZh ?? '') === '') {
    found.push(
      wrong(
        entry.min,
        'reasonZh',
        ['推荐供应商的，应当出具书面推荐意见', 'A recommended supplier needs a written recommendation'],
        { given: null },
      ),
    );
  }
  return found;
}

const PERCENT = 100;

function tooManyOfPurchaser(
  { recommendedShare }: Invitation,
  invitees: readonly Invitee[],
  confirmed?: ReadonlySet<string>,
): Violation[] {
  if (recommendedShare === undefined) return [];
  const recommended = invitees.filter(isRecommended).length;
  const own = invitees.filter(({ source }) => source === 'recommended-by-purchaser').length;
  const limit = amountOf(recommendedShare);
  if (own * PERCENT <= limit * recommended) return [];
  return [
    breach(recommendedShare, confirmed, {
      field: 'invitees',
      given: own,
      limit: Math.floor((limit * recommended) / PERCENT),
      messageZh: `采购人推荐 ${own} 家，超过推荐供应商总数 ${recommended} 家的 ${limit}%`,
      messageEn: `The purchaser recommends ${own} of ${recommended} recommended suppliers, more than ${limit} %`,
    }),
  ];
}
