import crypto from 'node:crypto';
import { syncBuiltinESMExports } from 'node:module';
import { Random } from './random.ts';

// In a process of the simulation nothing is left to chance: its clocks and its randomness come from the seed. To be
// imported before anything that reads them.

const realNow = performance.now.bind(performance);
/** What has passed on the machine's clock (ms): for the runner alone. */
export const elapsedMs = (): number => realNow();

let random = new Random(0);
let clock = (): number => 0;
let steady = (): number => 0;

/** From here on; `passing`: the clock of the process that nobody sets. */
export function comeFrom(seed: number, machineClock: () => number, passing: () => number): void {
  random = new Random(seed);
  clock = machineClock;
  steady = passing;
  forget();
}

const RealDate = Date;
class SimulatedDate extends RealDate {
  constructor(...given: unknown[]) {
    if (given.length === 0) super(clock());
    else super(...(given as [number]));
  }

  static override now(): number {
    return clock();
  }
}
globalThis.Date = SimulatedDate as DateConstructor;
performance.now = () => steady();

function filled<T extends ArrayBufferView | null>(view: T): T {
  if (view !== null) random.fill(new Uint8Array(view.buffer, view.byteOffset, view.byteLength));
  return view;
}
const bytes = (size: number): Buffer => filled(Buffer.alloc(size));
const whole = (...given: number[]): number => {
  const [least, beyond] = given.length > 1 ? (given as [number, number]) : [0, given[0] as number];
  return random.between(least, beyond - 1);
};

function uuidOf(ms: number, version: number, tail: Uint8Array): string {
  const hex = Buffer.from(tail).toString('hex');
  const head = ms.toString(16).padStart(12, '0');
  const variant = ((tail[3] ?? 0) & 0x3f) | 0x80;
  return [
    ...[head.slice(0, 8), head.slice(8, 12), `${version}${hex.slice(0, 3)}`],
    `${variant.toString(16).padStart(2, '0')}${hex.slice(8, 10)}`,
    hex.slice(10, 22),
  ].join('-');
}

let lastMs = 0;
let lastSequence = 0;
const forget = (): void => {
  [lastMs, lastSequence] = [0, 0];
};

/** In the place of `uuid`: ids that sort by their creation, as those do. */
export function v7(): string {
  const now = clock();
  if (now > lastMs) [lastMs, lastSequence] = [now, 0];
  else lastSequence += 1;
  const tail = bytes(11);
  tail[0] = (lastSequence >> 4) & 0xff;
  tail[1] = (lastSequence & 0x0f) << 4;
  return uuidOf(lastMs, 7, tail);
}

Object.assign(crypto, {
  randomBytes: bytes,
  randomInt: whole,
  randomUUID: () => uuidOf(random.between(0, 2 ** 47), 4, bytes(11)),
  randomFillSync: filled,
});
syncBuiltinESMExports();
Object.defineProperty(globalThis.crypto, 'getRandomValues', { value: filled });
Object.defineProperty(globalThis.crypto, 'randomUUID', { value: () => crypto.randomUUID() });
Math.random = () => random.share();
