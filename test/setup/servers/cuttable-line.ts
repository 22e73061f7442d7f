import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

/** A connection to a server on this machine that breaks on request. */
export interface CuttableLine extends AsyncDisposable {
  readonly url: string;
  /** Breaks once so many more bytes have gone to the server, and stays broken. */
  cutAfter(bytes: number): void;
  mend(): void;
}

export async function cuttableLine(to: string): Promise<CuttableLine> {
  const { port, hostname } = new URL(to);
  const open = new Set<Socket>();
  let left = Infinity;
  const cut = (): void => {
    for (const socket of open) socket.destroy();
  };
  const server = createServer((near) => {
    if (left <= 0) {
      near.destroy();
      return;
    }
    const far = connect(Number(port), hostname);
    for (const [socket, other] of [
      [near, far],
      [far, near],
    ] as const) {
      open.add(socket);
      socket.on('error', () => undefined);
      socket.on('close', () => {
        open.delete(socket);
        other.end();
      });
    }
    far.pipe(near);
    near.on('data', (bytes) => {
      left -= bytes.length;
      if (left <= 0) cut();
      else if (!far.write(bytes)) {
        near.pause();
        far.once('drain', () => near.resume());
      }
    });
    near.on('end', () => far.end());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    cutAfter: (bytes) => (left = bytes),
    mend: () => (left = Infinity),
    async [Symbol.asyncDispose]() {
      cut();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
