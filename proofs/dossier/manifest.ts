import { verifySigned, type PublicJwk } from '../signing.ts';

/** Format of a dossier (档案): a zip file with a manifest of all its files, signed by the platform (docs/adr/0050). */
export const DOSSIER_FORMAT = 'KB-DOSSIER-1';

/** The type of what is signed about a dossier (`typ`). */
export const DOSSIER = 'kb-dossier';

/** Names of files that a verifier looks for; those of bids and notices are in folders of their own. */
export const MANIFEST = 'manifest.json';
export const SIGNATURE = 'manifest.jws';
export const INDEX = 'index.html';
export const KEYS = 'log/keys.json';
export const HEAD = 'log/head.json';
export const LEAVES = 'log/leaves.jsonl';
export const AUDIT = 'audit.jsonl';
export const OPENING = 'opening.json';
export const DOCUMENTS = 'documents.json';
export const GRIEVANCES = 'grievances.json';
export const DEPOSITS = 'deposits.json';
export const TENDER = 'tender.json';
/** In every dossier, or named in its `leftOut`. */
export const ALWAYS = [TENDER, DOCUMENTS, OPENING, DEPOSITS, GRIEVANCES, LEAVES, AUDIT, KEYS, INDEX] as const;
/** `notices/<id>.json`, `bids/<lot>/<id>/receipt.json`. */
export const NOTICE = /^notices\/([0-9a-f-]{36})\.json$/;
/** Of a notice: what was published, and its page. */
export const NOTICE_FILE = /^notices\/[0-9a-f-]{36}\.(json|html)$/;
export const RECEIPT_FILE = /^bids\/\d+\/([0-9a-f-]{36})\/receipt\.json$/;

/** Where the files of a bid are. */
export const bidFolder = (lotNo: unknown, bidId: unknown): string => `bids/${String(lotNo)}/${String(bidId)}/`;

/** Whether a file is named as left out, by itself or with its folder. */
export const isLeftOut = ({ leftOut }: Pick<DossierManifest, 'leftOut'>, file: string): boolean =>
  leftOut.some(({ name }) => name === file || (name?.endsWith('/') === true && file.startsWith(name)));

export interface Words {
  readonly zh: string;
  readonly en: string;
}

export interface DossierFile {
  readonly name: string;
  readonly sha256: string;
  readonly size: number;
  readonly what: Words;
}

/** What its reader may not see, or not yet, or what there is not. */
export interface LeftOut {
  readonly what: Words;
  readonly because: Words;
  /** Null: it stays so for this reader. */
  readonly until: Words | null;
  /** The file that it would be, or the folder (`decisions/`); null: it is no file of its own. */
  readonly name: string | null;
}

export interface DossierManifest {
  readonly format: typeof DOSSIER_FORMAT;
  readonly drill: boolean;
  readonly tender: { readonly id: string; readonly title: string; readonly stage: string };
  /** Whether the tender has ended: nothing will be added but what its contracts bring. */
  readonly complete: boolean;
  readonly state: Words;
  readonly asked: {
    /** With its offset. */
    readonly at: string;
    readonly role: string;
    readonly person: string | null;
    readonly organisation: string | null;
  };
  /** The signed head of the log that the proofs lead to; null where none was signed yet. */
  readonly head: { readonly size: number; readonly root: string; readonly at: number } | null;
  /** Every file but the manifest and its signature. */
  readonly files: readonly DossierFile[];
  readonly leftOut: readonly LeftOut[];
}

/** What the platform signs: that it handed out exactly this manifest. */
export interface DossierStatement {
  readonly procurementId: string;
  /** Civil epoch ms. */
  readonly at: number;
  /** SHA-256 of the bytes of the manifest. */
  readonly manifest: string;
}

/** @throws NotSigned */
export const verifyDossierStatement = (jws: string, keys: readonly PublicJwk[]): Promise<DossierStatement> =>
  verifySigned<DossierStatement>(jws, DOSSIER, keys);

/** A line of `log/leaves.jsonl`: an entry of the audit trail about the tender. */
export interface DossierLeaf {
  readonly entry: string;
  readonly fact: string;
  readonly of?: 'notice' | 'deadline' | 'bid';
  /** The entry itself, as in an export of the log; `previousHash` is missing after an entry that is confidential. */
  readonly audit?: Readonly<Record<string, unknown>>;
  /** Its place under the head; null: no head is over it yet. */
  readonly place: { readonly index: number; readonly inclusion: readonly string[] } | null;
}
