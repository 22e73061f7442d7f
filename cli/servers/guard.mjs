// guard.sh for Windows, which has no such shell; called as that is.
import { spawn } from 'node:child_process';
import { createReadStream, writeSync } from 'node:fs';

const [grace, signal, program, ...args] = process.argv.slice(2);
const child = spawn(program, args, { stdio: ['ignore', 'inherit', 'inherit'] });
let stopping = false;

function stop(name = signal) {
  if (stopping) return;
  stopping = true;
  child.kill(`SIG${name}`);
  setTimeout(() => child.kill('SIGKILL'), Number(grace) * 1_000).unref();
}

child.once('spawn', () => writeSync(4, `${child.pid}\n`));
child.once('error', (error) => {
  process.stderr.write(`${error.message}\n`);
  process.exit(1);
});
child.once('exit', (code) => process.exit(code ?? 1));
createReadStream('', { fd: 3, encoding: 'utf8' })
  .on('data', (asked) => stop(asked.trim()))
  .on('end', () => stop())
  .on('error', () => stop());
for (const name of ['SIGTERM', 'SIGINT', 'SIGHUP']) process.on(name, () => stop());
