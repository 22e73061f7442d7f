import type { AddressInfo } from 'node:net';
import { SMTPServer, type SMTPServerOptions } from 'smtp-server';
import type { MailSettings } from '../../engine/notifications/mail.ts';

export interface ReceivedMail {
  readonly from: string;
  readonly to: readonly string[];
  /** As it came: headers, an empty line, text. */
  readonly raw: string;
}

export interface MailServer extends AsyncDisposable {
  readonly settings: MailSettings;
  readonly received: readonly ReceivedMail[];
  stop(): Promise<void>;
}

/** A mail server in this process, on a free port of the loopback address. */
export async function startMailServer(options: SMTPServerOptions = {}): Promise<MailServer> {
  const received: ReceivedMail[] = [];
  const server = new SMTPServer({
    ...{ authOptional: true, disabledCommands: ['STARTTLS'], closeTimeout: 1 },
    onData(stream, session, done) {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => {
        const { mailFrom, rcptTo } = session.envelope;
        received.push({
          from: mailFrom === false ? '' : mailFrom.address,
          to: rcptTo.map(({ address }) => address),
          raw: Buffer.concat(chunks).toString(),
        });
        done();
      });
    },
    ...options,
  });
  // A client that was refused goes away.
  server.on('error', () => undefined);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.server.address() as AddressInfo;
  const stop = () => new Promise<void>((resolve) => server.close(resolve));
  return {
    received,
    stop,
    settings: settingsFor(port),
    [Symbol.asyncDispose]: stop,
  };
}

export const settingsFor = (port: number): MailSettings => ({
  ...{ host: '127.0.0.1', port, secure: false, requireTls: false, user: null, password: null },
  ...{ from: 'notice@platform.example.cn', fromName: '某县交易中心', timeoutMs: 60_000 },
});
