import { handClock } from './tenders/tender.ts';

/** A machine's clock beside a monotonic one: `set` and `step` move both, `jump` the machine's alone. */
export function evenClock(start: string): ReturnType<typeof handClock> & {
  readonly steady: () => number;
  jump(ms: number): void;
} {
  const machine = handClock(start);
  let steady = 1_000;
  return {
    read: machine.read,
    steady: () => steady,
    step: (ms) => {
      machine.step(ms);
      steady += ms;
    },
    set: (instant) => {
      const before = machine.read();
      machine.set(instant);
      steady += Math.max(0, machine.read() - before);
    },
    jump: (ms) => machine.step(ms),
  };
}
