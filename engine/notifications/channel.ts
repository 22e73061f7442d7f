import type { Channel } from '../../domain/notifications/channels.ts';
import type { Outcome } from '../../domain/notifications/retries.ts';
import type { ComposedMessage } from '../../services/notifications/compose.ts';

/** A way out of the platform. It never throws for what its other end does. */
export interface OutgoingChannel {
  readonly channel: Channel;
  send(message: ComposedMessage): Promise<Outcome>;
  close(): void;
}
