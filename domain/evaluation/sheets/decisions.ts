import { citationOf } from '../../law/rulebook.ts';
import type { Procedure } from '../../procedures/procedure.ts';
import type { Member } from './marks.ts';

// What a committee decides together: 少数服从多数 (财政部令87号 61), and how its report is signed.

export interface Vote {
  readonly memberId: string;
  readonly yes: boolean;
}

/** More than half of all who sit, not only of those who voted; null: not decided. A vote of who was replaced, or a second one, does not count. */
export function majorityOf(members: readonly Member[], votes: readonly Vote[]): boolean | null {
  const counted = members.filter(({ replaced }) => !replaced).map(({ memberId }) => memberId);
  const first = counted.flatMap((memberId) => votes.find((vote) => vote.memberId === memberId) ?? []);
  const yes = first.filter((vote) => vote.yes).length;
  if (2 * yes > counted.length) return true;
  return 2 * (first.length - yes) > counted.length ? false : null;
}

/** `signed`; `dissent`: another opinion, with its reasons; `refused`: no signature, with or without reasons. */
export interface Signature {
  readonly memberId: string;
  readonly as: 'signed' | 'dissent' | 'refused';
  readonly reasonsZh: string | null;
}

export interface Signing {
  readonly agreed: readonly string[];
  readonly dissent: readonly { readonly memberId: string; readonly reasonsZh: string }[];
  /** Refused without reasons: 视为同意. */
  readonly deemed: readonly string[];
  readonly missing: readonly string[];
  /** Nobody is missing. */
  readonly complete: boolean;
  /** Whether most agree, or are deemed to; null: not known yet. */
  readonly adopted: boolean | null;
  /** The article by which silence is agreement, for the report: 12号令 43 asks for a note of it. */
  readonly deemedBy: { readonly zh: string; readonly en: string };
}

/** How a report stands. Who was replaced does not sign. */
export function signingOf(
  { evaluation }: Procedure,
  members: readonly Member[],
  signatures: readonly Signature[],
): Signing {
  const sitting = members.filter(({ replaced }) => !replaced);
  const [agreed, deemed, missing]: [string[], string[], string[]] = [[], [], []];
  const dissent: { memberId: string; reasonsZh: string }[] = [];
  for (const { memberId } of sitting) {
    const signature = signatures.find((each) => each.memberId === memberId);
    const reasonsZh = signature?.reasonsZh?.trim() ?? '';
    if (!signature) missing.push(memberId);
    else if (signature.as === 'signed') agreed.push(memberId);
    else if (reasonsZh === '') deemed.push(memberId);
    else dissent.push({ memberId, reasonsZh });
  }
  const votes = [...agreed, ...deemed].map((memberId) => ({ memberId, yes: true }));
  const against = dissent.map(({ memberId }) => ({ memberId, yes: false }));
  const { zh, en } = citationOf(evaluation.scheme.sheets.deemed);
  return {
    ...{ agreed, dissent, deemed, missing, complete: missing.length === 0 },
    adopted: majorityOf(members, [...votes, ...against]),
    deemedBy: { zh, en },
  };
}
