import { UserError } from './user-error.ts';

const TIMEOUT_MS = 20_000;

interface Problem {
  readonly code?: string;
  readonly messageZh?: string;
  readonly messageEn?: string;
  readonly details?: { readonly links?: { readonly rule?: string } };
}

/** The API's problem document (RFC 9457): both languages, with the rule and the instant that it names. */
export function refusal(status: number, text: string): UserError {
  let problem: Problem = {};
  try {
    problem = JSON.parse(text) as Problem;
  } catch {
    // A proxy between here and the platform has answered.
  }
  const { code = '', messageZh, messageEn, details } = problem;
  const rule = details?.links?.rule;
  return new UserError(messageZh ?? `平台答复 HTTP ${status}`, messageEn ?? `the platform answers HTTP ${status}`, {
    status,
    code,
    ...(rule === undefined ? {} : { rule }),
  });
}

/**
 * Sends a request to the platform, which is at the page's own address.
 * @throws Told what it refuses, or that it cannot be reached
 */
export async function ask(path: string, init: RequestInit = {}): Promise<Response> {
  let response: Response;
  try {
    response = await fetch(path, { ...init, signal: AbortSignal.timeout(TIMEOUT_MS) });
  } catch {
    throw new UserError(
      '无法连接平台，请检查网络后再试',
      'the platform cannot be reached: check the network and try again',
    );
  }
  if (!response.ok) throw refusal(response.status, await response.text());
  return response;
}

export const askJson = async <T>(path: string, init: RequestInit = {}): Promise<T> =>
  (await (await ask(path, { ...init, headers: { accept: 'application/json', ...init.headers } })).json()) as T;
