import type { IncomingMessage } from 'node:http';

const bodies = new WeakMap<IncomingMessage, Buffer>();

/** Keeps a JSON body as received, for a signature over its bytes. */
export function keepRawBody(request: IncomingMessage, _response: unknown, bytes: Buffer): void {
  bodies.set(request, bytes);
}

export const rawBodyOf = (request: IncomingMessage): Buffer => bodies.get(request) ?? Buffer.alloc(0);
