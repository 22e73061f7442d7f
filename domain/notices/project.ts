import type { Parties } from './data.ts';
import type { Particulars, ParticularKey } from './particulars.ts';

/** The project of a notice, as every notice names it: of which number, whose, and whom to ask. */
export interface NoticeProject {
  readonly particulars: Particulars | null;
  readonly parties: Parties;
  /** Null: the procurement as a whole. */
  readonly lotTitle: string | null;
}

const CONTACTS = [
  'purchaserAddress',
  'purchaserContact',
  'purchaserTelephone',
  'agencyAddress',
  'agencyContact',
  'agencyTelephone',
  'projectContact',
  'projectTelephone',
] as const satisfies readonly ParticularKey[];

/** What a notice states of its project besides its own matter; contacts only where the notice has none of its own. */
export function projectContent(
  { particulars, parties, lotTitle }: NoticeProject,
  { title, lotNo }: { readonly title: string; readonly lotNo: number },
  hasContacts: boolean,
): Readonly<Record<string, unknown>> {
  const given = CONTACTS.flatMap((key) => (particulars?.[key] ? [[key, particulars[key]] as const] : []));
  return {
    title,
    number: particulars?.projectNumber ?? null,
    ...parties,
    ...(lotTitle === null ? {} : { lotNo, lotTitle }),
    ...(hasContacts || given.length === 0 ? {} : { contacts: Object.fromEntries(given) }),
  };
}
