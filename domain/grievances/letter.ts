/** 质疑函: what its filer states (财政部令94号 12); name, project and date are the platform's own. */
export interface GrievanceLetter {
  address?: string | undefined;
  postcode?: string | undefined;
  contact?: string | undefined;
  telephone?: string | undefined;
  /** 质疑事项, each with what it rests on. */
  matters?: Matter[] | undefined;
  /** 与质疑事项相关的请求. */
  requestZh?: string | undefined;
  /** 代理人: who files it for the supplier. */
  proxy?: Proxy | undefined;
}

export interface Matter {
  matterZh: string;
  /** 事实依据. */
  factsZh?: string | undefined;
  /** 法律依据. */
  lawZh?: string | undefined;
}

/** 授权委托书 (财政部令94号 8). */
export interface Proxy {
  nameZh: string;
  matterZh?: string | undefined;
  powersZh?: string | undefined;
  /** Its last instant (civil epoch ms). */
  until?: number | undefined;
}

export const ATTACHMENT_KINDS = ['evidence', 'authorisation'] as const;
export type AttachmentKind = (typeof ATTACHMENT_KINDS)[number];

export interface GrievanceAttachment {
  documentId: string;
  kind: AttachmentKind;
}

/** What a reply rests on, and who gave it. */
export interface ReplyBasis {
  factsZh: string | null;
  lawZh: string | null;
  respondent: string;
}
