// Runs one program for a parent process, and ends it when the parent ends in whatever way, SIGKILL included.
// Called with: node guard.mjs <grace in ms> <program> [arguments…], and an IPC channel to the parent, over which it
// says { pid } once and then hears 'stop'. It is plain JavaScript so that it starts in a few hundredths of a second.
import { spawn } from 'node:child_process';

const [grace, program, ...args] = process.argv.slice(2);
const parent = process.ppid;
// The program writes straight to what the guard was given; when nobody is left to read, that is no reason to die first.
process.stdout.on('error', () => undefined);
process.stderr.on('error', () => undefined);

const child = spawn(program, args, { stdio: ['ignore', 'inherit', 'inherit'] });
let stopping = false;

function stop() {
  if (stopping) return;
  stopping = true;
  child.kill('SIGTERM');
  setTimeout(() => child.kill('SIGKILL'), Number(grace)).unref();
}

child.once('spawn', () => process.connected && process.send({ pid: child.pid }, () => undefined));
child.once('error', (error) => {
  if (process.connected) process.send({ error: error.message }, () => process.exit(1));
  else process.exit(1);
});
child.once('exit', (code, signal) => {
  process.exitCode = code ?? (signal === 'SIGTERM' ? 0 : 1);
  if (process.connected) process.disconnect();
  process.exit();
});
process.on('message', (message) => message === 'stop' && stop());
process.on('disconnect', stop);
for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP']) process.on(signal, stop);
setInterval(() => process.ppid !== parent && stop(), 1_000).unref();
