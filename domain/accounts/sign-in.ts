import type { Role } from '../roles.ts';

/** How a session began: by the password, by a provider of identities (OIDC), or by a CA certificate. */
export const SIGN_IN_WAYS = ['password', 'oidc', 'certificate'] as const;
export type SignInWay = (typeof SIGN_IN_WAYS)[number];

/** Who a person is elsewhere, where that lets them sign in here. */
export type IdentityKind = Exclude<SignInWay, 'password'>;

/** What two administrators take away together, after a delay (ADR 0031). */
export type ResetOf = 'password' | 'second-factor';

/** What the installation asks of sign-ins. */
export interface SecondFactorRules {
  /** Roles whose people must have a second factor. */
  readonly roles: ReadonlySet<Role>;
  /** Ways that prove two factors by themselves: a certificate on a key with a PIN, a provider that asks for a code. */
  readonly provenBy: ReadonlySet<IdentityKind>;
}

/**
 * What a session lacks: a code is `to-prove`, where its person has a second factor; a second factor is `to-set-up`, where
 * their role must have one.
 */
export const SECOND_FACTOR_STATES = ['proven', 'to-prove', 'to-set-up', 'not-required'] as const;
export type SecondFactorState = (typeof SECOND_FACTOR_STATES)[number];

export function secondFactorState(
  rules: Pick<SecondFactorRules, 'roles'>,
  session: { readonly secondFactorAt: number | null },
  person: { readonly secondFactorAt: number | null; readonly roles: readonly Role[] },
): SecondFactorState {
  if (session.secondFactorAt !== null) return 'proven';
  if (person.secondFactorAt !== null) return 'to-prove';
  return person.roles.some((role) => rules.roles.has(role)) ? 'to-set-up' : 'not-required';
}
