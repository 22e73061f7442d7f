import { createTransport } from 'nodemailer';
import type { Outcome } from '../../domain/notifications/retries.ts';
import type { OutgoingChannel } from './channel.ts';

/** A mail server, and who writes. */
export interface MailSettings {
  readonly host: string;
  readonly port: number;
  /** TLS from the first byte; else the connection is upgraded before anything is said. */
  readonly secure: boolean;
  /** Without TLS nothing is sent. */
  readonly requireTls: boolean;
  readonly user: string | null;
  readonly password: string | null;
  /** Address of the sender, and the name beside it. */
  readonly from: string;
  readonly fromName: string | null;
  /** For one message, whatever the server does (ms). */
  readonly timeoutMs?: number;
}

const TIMEOUT_MS = 20_000;
const CONNECTIONS = 3;

/**
 * Mail by SMTP. A message has the same Message-ID at each attempt, so that a receiver that got it twice can tell. What the
 * server says is not kept: it may name an address.
 */
export function mailChannel(settings: MailSettings): OutgoingChannel {
  const { host, port, secure, requireTls, user, password, from, fromName } = settings;
  const timeoutMs = settings.timeoutMs ?? TIMEOUT_MS;
  const domain = from.slice(from.lastIndexOf('@') + 1);
  const open = () =>
    createTransport({
      ...{ host, port, secure, requireTLS: requireTls, ignoreTLS: !secure && !requireTls },
      ...(user === null ? {} : { auth: { user, pass: password ?? '' } }),
      ...{ pool: true, maxConnections: CONNECTIONS },
      ...{ connectionTimeout: timeoutMs, greetingTimeout: timeoutMs, socketTimeout: timeoutMs },
      ...{ disableFileAccess: true, disableUrlAccess: true, logger: false },
    });
  let transport = open();
  return {
    channel: 'mail',
    async send({ id, to, subject, text, language }) {
      if (to === null) return { outcome: 'never', reason: 'no-address' };
      const late = new AbortController();
      const timer = setTimeout(() => late.abort(), timeoutMs * 2);
      try {
        await Promise.race([
          transport.sendMail({
            from: fromName === null ? from : { name: fromName, address: from },
            // An object: nothing in it is read as a list.
            to: { name: '', address: to },
            ...{ subject, text, messageId: `<${id}@${domain}>` },
            headers: { 'Auto-Submitted': 'auto-generated', 'Content-Language': language === 'zh' ? 'zh-CN' : 'en' },
          }),
          new Promise<never>((_, reject) => {
            late.signal.addEventListener('abort', () => reject(new Late()));
          }),
        ]);
        return { outcome: 'sent' };
      } catch (error) {
        if (error instanceof Late) {
          // A server that trickles keeps its connection busy for ever.
          transport.close();
          transport = open();
          return { outcome: 'channel-down', reason: 'smtp-timeout' };
        }
        return smtpOutcome(error);
      } finally {
        clearTimeout(timer);
      }
    },
    close: () => transport.close(),
  };
}

class Late extends Error {}

/** Codes of the mailer for faults of the connection or the account, not of a message. */
const OF_CONNECTION = /^(E(AUTH|CONNECTION|DNS|SOCKET|TIMEDOUT|TLS|PROTOCOL|NOAUTH|CONNREFUSED|CONNRESET|OAUTH2))$/;

export function smtpOutcome(error: unknown): Outcome {
  const { code = '', responseCode, command } = error as { code?: string; responseCode?: number; command?: string };
  const reason = responseCode === undefined ? `smtp-${code.toLowerCase() || 'failed'}` : `smtp-${responseCode}`;
  // 421: the server closes; before the first address nothing was said of a message.
  const ofMessage =
    command === 'RCPT TO' || command === 'MAIL FROM' || command === 'DATA' || /^E(ENVELOPE|MESSAGE)$/.test(code);
  if (responseCode === 421 || (!ofMessage && (OF_CONNECTION.test(code) || responseCode !== undefined))) {
    return { outcome: 'channel-down', reason };
  }
  if (responseCode !== undefined && responseCode >= 500) return { outcome: 'never', reason };
  return { outcome: responseCode === undefined && !ofMessage ? 'channel-down' : 'again', reason };
}
