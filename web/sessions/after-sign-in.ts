import type { Told } from '../../api/visit.ts';
import { SECOND_FACTOR } from '../accounts/second-factor-page.tsx';
import type { Redirect } from '../http/page.ts';

interface Begun {
  readonly account: { readonly mustChangePassword: boolean };
  readonly secondFactor: { readonly state: string };
}

/** Where a session that has just begun goes first: to what it lacks, else to where the person wanted to be. */
export function afterSignIn(told: Told, next: string): Redirect {
  const { account, secondFactor } = told.body as Begun;
  if (secondFactor.state === 'to-prove') return { redirect: `/sign-in/proof?next=${encodeURIComponent(next)}` };
  if (account.mustChangePassword) return { redirect: '/console/account/password' };
  if (secondFactor.state === 'to-set-up') return { redirect: SECOND_FACTOR };
  return { redirect: next };
}
