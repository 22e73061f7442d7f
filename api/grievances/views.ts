import * as z from 'zod';
import type { Queries } from '../../db/access/database.ts';
import { attachedDocuments } from '../../db/documents.ts';
import type { Grievance } from '../../db/grievances.ts';
import type { Procurement } from '../../db/procurements.ts';
import { GRIEVANCE_EFFECTS } from '../../domain/decisions.ts';
import { withoutAsker, type Asker } from '../../domain/grievances/asker.ts';
import { ATTACHMENT_KINDS, type GrievanceLetter } from '../../domain/grievances/letter.ts';
import { missingInLetter } from '../../domain/grievances/missing.ts';
import { getRule } from '../../domain/law/rulebook.ts';
import { procedureOf } from '../../domain/procedures/index.ts';
import { askersOf } from '../../services/grievances/askers.ts';
import { replyRuleOf } from '../../services/grievances/file.ts';
import { at, atOrNull, id, instantOut } from '../http/schemas.ts';
import { ruleLinks, ruleLinksSchema } from '../law/links.ts';

const letterOutSchema = z.object({
  address: z.string().nullable(),
  postcode: z.string().nullable(),
  contact: z.string().nullable(),
  telephone: z.string().nullable(),
  matters: z.array(z.object({ matterZh: z.string(), factsZh: z.string().nullable(), lawZh: z.string().nullable() })),
  requestZh: z.string().nullable(),
  proxy: z
    .object({
      nameZh: z.string(),
      matterZh: z.string().nullable(),
      powersZh: z.string().nullable(),
      until: instantOut.nullable(),
    })
    .nullable(),
});

export const grievanceSchema = z
  .object({
    id,
    procurementId: id,
    lotNo: z.int(),
    kind: z.enum(['objection', 'query']).meta({ description: '异议 / 质疑' }),
    target: z.enum(['documents', 'result']),
    filedBy: id
      .nullable()
      .meta({ description: '开标前只有提出者本人可见 / Before the opening only its author sees it' }),
    filer: z.string().nullable().meta({ description: '提出者名称，同上 / Its name, likewise' }),
    textZh: z.string(),
    filedAt: instantOut,
    replyDueAt: instantOut,
    rule: z.string().meta({ description: '提出期限所依规则 / What sets the time to file' }),
    links: ruleLinksSchema.meta({ description: '答复期限所依规则 / What sets the time to reply' }),
    suspends: z.enum(['activity', 'contract']),
    state: z.enum(['filed', 'overdue', 'replied']),
    repliedAt: instantOut.nullable(),
    outcome: z.enum(['rejected', 'upheld']).nullable(),
    effect: z.enum(GRIEVANCE_EFFECTS).nullable(),
    replyZh: z.string().nullable(),
    basis: z
      .object({ factsZh: z.string().nullable(), lawZh: z.string().nullable(), respondent: z.string() })
      .nullable()
      .meta({ description: '答复所依据的事实、法律和答复人 / What the reply rests on, and who gave it' }),
    letter: letterOutSchema.nullable().meta({
      description: '开标前，地址、联系人、代理人等只有提出者可见 / Before the opening only its author sees who it is',
    }),
    interestZh: z.string().nullable().meta({ description: '其他利害关系人的利害关系 / Of one that takes no part' }),
    attachments: z
      .array(
        z.object({
          documentId: id,
          kind: z.enum(ATTACHMENT_KINDS).meta({ description: '证明材料、授权委托书 / Evidence, authorisation' }),
          name: z.string(),
          mediaType: z.string(),
          size: z.int(),
          sha256: z.string(),
        }),
      )
      .meta({
        description:
          '开标前，授权委托书和文件原名只有提出者可见；材料内容请勿写明单位 / Before the opening only its author sees the authorisation and the files’ own names; evidence should not name it either',
      }),
    missing: z
      .array(
        z.object({
          item: z.int().nullable().meta({ description: '第几项 / Item of the article' }),
          field: z.string(),
          rule: z.string(),
          law: z.string(),
          article: z.string(),
          zh: z.string(),
          en: z.string(),
        }),
      )
      .meta({
        description:
          '质疑函缺少的法定内容，可以补充，答复期限不变 / What the letter lacks by law; it may be completed, the time for the reply stays',
      }),
  })
  .meta({ id: 'Grievance' });

type Tender = Pick<Procurement, 'openedAt' | 'regime' | 'procedure' | 'rulebookVersion'>;
type View = z.infer<typeof grievanceSchema>;

/** Those of a tender, for who acts for an organisation. */
export async function grievanceViews(
  q: Queries,
  rows: readonly Grievance[],
  tender: Tender,
  organisationId: string | null,
): Promise<View[]> {
  const [filers, documents] = await Promise.all([
    askersOf(
      q,
      rows.map(({ filedBy }) => filedBy),
    ),
    attachedDocuments(
      q,
      rows.flatMap(({ attachments }) => attachments ?? []).map(({ documentId }) => documentId),
    ),
  ]);
  return rows.map((row) => viewOf(row, tender, organisationId, { filers, documents }));
}

/** One of them. */
export const grievanceView = async (
  q: Queries,
  grievance: Grievance,
  tender: Tender,
  organisationId: string | null,
): Promise<View> => (await grievanceViews(q, [grievance], tender, organisationId))[0] as View;

/** An objection to the documents shows an intention to bid: confidential until the opening, from the purchaser too. */
export const isAuthorKnown = (
  { filedBy }: Grievance,
  { openedAt }: Pick<Tender, 'openedAt'>,
  organisationId: string | null,
): boolean => openedAt !== null || filedBy === organisationId;

/** A file's own name may tell whose it is. */
export const nameless = (name: string): string => `附件${/\.\w{1,8}$/.exec(name)?.[0] ?? ''}`;

function viewOf(
  grievance: Grievance,
  tender: Tender,
  organisationId: string | null,
  {
    filers,
    documents,
  }: {
    readonly filers: ReadonlyMap<string, Asker>;
    readonly documents: Awaited<ReturnType<typeof attachedDocuments>>;
  },
): View {
  const attachments = grievance.attachments ?? [];
  const isVisible = isAuthorKnown(grievance, tender, organisationId);
  const filer = filers.get(grievance.filedBy);
  const asker = filer && { ...filer, letter: grievance.letter };
  const shown = (text: string): string => (isVisible || !asker ? text : withoutAsker(text, asker));
  return {
    id: grievance.id,
    procurementId: grievance.procurementId,
    lotNo: grievance.lotNo,
    kind: grievance.kind,
    target: grievance.target,
    filedBy: isVisible ? grievance.filedBy : null,
    filer: isVisible ? (filer?.name ?? null) : null,
    textZh: shown(grievance.textZh),
    filedAt: at(grievance.filedAt),
    replyDueAt: at(grievance.replyDueAt),
    rule: grievance.rule,
    links: ruleLinks(getRule(replyRuleOf(tender, grievance.target)).id, grievance.filedAt),
    suspends: grievance.suspends,
    state: grievance.state,
    repliedAt: atOrNull(grievance.repliedAt),
    outcome: grievance.outcome,
    effect: grievance.effect,
    replyZh: grievance.replyZh,
    basis: grievance.basis,
    letter: grievance.letter && letterView(grievance.letter, isVisible, shown),
    interestZh: grievance.interestZh && shown(grievance.interestZh),
    attachments: attachments.flatMap(({ documentId, kind }) => {
      const document = documents.get(documentId);
      // An authorisation is by its author, and names it.
      if (!document || (kind === 'authorisation' && !isVisible)) return [];
      const { name, mediaType, size, sha256 } = document;
      return [{ documentId, kind, name: isVisible ? name : nameless(name), mediaType, size, sha256 }];
    }),
    missing: missingInLetter(procedureOf(tender), grievance),
  };
}

/**
 * @param named whether the reader may know whose it is
 * @param shown a text as the reader sees it
 */
function letterView(
  letter: GrievanceLetter,
  named: boolean,
  shown: (text: string) => string,
): z.infer<typeof letterOutSchema> {
  const own = (text: string | undefined): string | null => (named ? (text ?? null) : null);
  const { matters = [], proxy } = letter;
  return {
    address: own(letter.address),
    postcode: own(letter.postcode),
    contact: own(letter.contact),
    telephone: own(letter.telephone),
    matters: matters.map(({ matterZh, factsZh, lawZh = null }) => ({
      matterZh: shown(matterZh),
      factsZh: factsZh === undefined ? null : shown(factsZh),
      lawZh,
    })),
    requestZh: letter.requestZh === undefined ? null : shown(letter.requestZh),
    proxy:
      proxy && named
        ? {
            nameZh: proxy.nameZh,
            matterZh: proxy.matterZh ?? null,
            powersZh: proxy.powersZh ?? null,
            until: atOrNull(proxy.until ?? null),
          }
        : null,
  };
}
