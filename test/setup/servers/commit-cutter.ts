import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

export interface CommitCutter extends AsyncDisposable {
  /** Of the server, by way of this. */
  readonly url: string;
  /** The next commit is cut. */
  arm(): void;
  readonly cut: number;
}

/**
 * Stands before a PostgreSQL and cuts one connection at its next commit: after the server has it, where it is `passed`
 * on, or before; then `meanwhile` happens before the committing client gets an answer.
 */
export async function commitCutter(
  serverUrl: string,
  { passed, meanwhile }: { passed: boolean; meanwhile?: () => Promise<void> },
): Promise<CommitCutter> {
  const target = new URL(serverUrl);
  let armed = false;
  let cut = 0;
  const sockets = new Set<Socket>();
  const server = createServer((client) => {
    const upstream = connect(Number(target.port), target.hostname);
    let holding = false;
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on('error', () => undefined).on('close', () => sockets.delete(socket));
    }
    client.on('close', () => upstream.destroy());
    upstream.on('close', () => {
      if (!holding) client.destroy();
    });
    upstream.on('data', (data) => {
      if (!holding) client.write(data);
    });
    client.on('data', (data) => {
      if (!armed || !data.includes('COMMIT\0')) {
        upstream.write(data);
        return;
      }
      armed = false;
      cut += 1;
      holding = true;
      const end = (): void => void (meanwhile?.() ?? Promise.resolve()).finally(() => client.destroy());
      if (!passed) {
        end();
        return;
      }
      // The server answers; nobody hears it.
      upstream.once('data', end);
      upstream.write(data);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const through = new URL(target);
  through.port = String((server.address() as AddressInfo).port);
  return {
    url: through.href,
    arm: () => (armed = true),
    get cut() {
      return cut;
    },
    [Symbol.asyncDispose]: async () => {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}
