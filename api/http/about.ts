import type { ServerResponse } from 'node:http';

/** What a request is about, for its log line and its span. Ids only. */
export interface About {
  procurementId?: string;
  decisionId?: string;
  traceId?: string;
  /** Why it was refused. */
  code?: string;
}

const known = new WeakMap<ServerResponse, About>();

export function aboutOf(response: ServerResponse): About {
  const about = known.get(response) ?? {};
  known.set(response, about);
  return about;
}
