import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { transformSync } from 'esbuild';

const REPLACED = {
  uuid: new URL('./process.ts', import.meta.url).href,
  '@temporalio/workflow': new URL('../engine/host.ts', import.meta.url).href,
};

export const resolve = (specifier, context, next) =>
  next(context.parentURL?.includes('/node_modules/') ? specifier : (REPLACED[specifier] ?? specifier), context);

const faults = JSON.parse(readFileSync(new URL('../seeded-faults.json', import.meta.url), 'utf8'));
const fault = faults.find(({ name }) => name === process.env.KAIBIAO_SIMULATION_FAULT);
const root = new URL('../../../', import.meta.url).href;

/** The file of a seeded fault is read with the fault in it. */
export function load(url, context, next) {
  if (!fault || url.split('?')[0] !== `${root}${fault.file}`) return next(url, context);
  const text = readFileSync(fileURLToPath(`${root}${fault.file}`), 'utf8');
  if (text.split(fault.is).length !== 2) throw new Error(`${fault.file} does not contain, once: ${fault.is}`);
  const { code } = transformSync(
    text.replace(fault.is, () => fault.becomes),
    { loader: 'ts', format: 'esm' },
  );
  return { format: 'module', source: code, shortCircuit: true };
}
