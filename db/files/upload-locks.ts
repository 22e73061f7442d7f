import type { Lock, Locker, RequestRelease } from '@tus/server';
import { DomainError } from '../../domain/errors.ts';

/** How long a request waits for another to release an upload (ms). */
export const LOCK_TIMEOUT_MS = 30_000;

interface Waiting {
  readonly requestRelease: RequestRelease;
  readonly grant: () => void;
}

interface Held {
  requestRelease: RequestRelease;
  readonly waiting: Waiting[];
}

/** Locks of uploads within one process, granted in the order of the requests. */
export class LocalUploadLocks implements Locker {
  readonly #held = new Map<string, Held>();

  newLock(id: string): Lock {
    return {
      lock: (signal, requestRelease) => this.#lock(id, signal, requestRelease),
      unlock: async () => this.#unlock(id),
    };
  }

  #lock(id: string, signal: AbortSignal, requestRelease: RequestRelease): Promise<void> {
    const held = this.#held.get(id);
    if (!held) {
      this.#held.set(id, { requestRelease, waiting: [] });
      return Promise.resolve();
    }
    void held.requestRelease();
    return new Promise((resolve, reject) => {
      const settled = (): void => {
        clearTimeout(timer);
        signal.removeEventListener('abort', giveUp);
      };
      const giveUp = (): void => {
        settled();
        held.waiting.splice(held.waiting.indexOf(waiting), 1);
        reject(uploadBusy());
      };
      const waiting: Waiting = {
        requestRelease,
        grant: () => {
          settled();
          resolve();
        },
      };
      held.waiting.push(waiting);
      const timer = setTimeout(giveUp, LOCK_TIMEOUT_MS);
      signal.addEventListener('abort', giveUp, { once: true });
    });
  }

  #unlock(id: string): void {
    const held = this.#held.get(id);
    const next = held?.waiting.shift();
    if (!held || !next) {
      this.#held.delete(id);
      return;
    }
    held.requestRelease = next.requestRelease;
    next.grant();
    if (held.waiting.length > 0) void next.requestRelease();
  }
}

export function uploadBusy(): DomainError {
  return new DomainError('upload-busy', {
    messageZh: '该上传正由另一请求处理，请稍后重试',
    messageEn: 'Another request is at work on this upload; try again shortly',
    details: { retryAfterSeconds: 1 },
  });
}
