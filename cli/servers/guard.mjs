// Runs one program for a parent process, and ends it when the parent ends in whatever way, SIGKILL included.
// Called with: node guard.mjs <options as JSON> <program> [arguments…], and an IPC channel to the parent, over which it
// says { pid } once and then hears 'stop', or the name of the signal to end the program with. The options: graceMs
// until SIGKILL, stopSignal (SIGTERM when not given), and the uid, gid and cwd to run the program with.
// It is plain JavaScript so that it starts in a few hundredths of a second.
import { spawn } from 'node:child_process';

const [options, program, ...args] = process.argv.slice(2);
const { graceMs, stopSignal = 'SIGTERM', ...identity } = JSON.parse(options);
const parent = process.ppid;
// The program writes straight to what the guard was given; when nobody is left to read, that is no reason to die first.
process.stdout.on('error', () => undefined);
process.stderr.on('error', () => undefined);

const child = spawn(program, args, { stdio: ['ignore', 'inherit', 'inherit'], ...identity });
let stopping = false;

function stop(signal = stopSignal) {
  if (stopping) return;
  stopping = true;
  child.kill(signal);
  setTimeout(() => child.kill('SIGKILL'), graceMs).unref();
}

child.once('spawn', () => process.connected && process.send({ pid: child.pid }, () => undefined));
child.once('error', (error) => {
  if (process.connected) process.send({ error: error.message }, () => process.exit(1));
  else process.exit(1);
});
child.once('exit', (code, signal) => {
  process.exitCode = code ?? (signal === stopSignal ? 0 : 1);
  if (process.connected) process.disconnect();
  process.exit();
});
process.on('message', (message) => stop(message === 'stop' ? stopSignal : message));
process.on('disconnect', () => stop());
for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP']) process.on(signal, () => stop());
setInterval(() => process.ppid !== parent && stop(), 1_000).unref();
