// Builds, in a process of its own: node build.mjs [program FOLDER | workflows FILE [CONVERTER] | tool FILE]; without a word, everything
// into dist/, for machines that build nothing.
import { renameSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { inputsHash } from './inputs.mjs';

const root = resolve(import.meta.dirname, '../..');
const [what, place, failures] = process.argv.slice(2);

/** In its place at once, and whole. */
async function whole(folder, make) {
  const fresh = `${folder}.${process.pid}`;
  try {
    await make(fresh);
    rmSync(folder, { recursive: true, force: true });
    renameSync(fresh, folder);
  } finally {
    rmSync(fresh, { recursive: true, force: true });
  }
}

if (what === 'workflows') {
  const { buildWorkflows } = await import('./workflows.mjs');
  await buildWorkflows(root, place, failures);
} else if (what === 'tool') {
  const { buildTool } = await import('../../web/builds.mjs');
  writeFileSync(place, await buildTool());
} else {
  const { buildProgram } = await import('./program.mjs');
  if (what === 'program') await whole(place, (folder) => buildProgram(root, folder, { stays: true }));
  else {
    const { buildWorkflows } = await import('./workflows.mjs');
    await whole(join(root, 'dist'), async (folder) => {
      const inputs = inputsHash(root);
      await buildProgram(root, folder, { stays: false });
      await buildWorkflows(root, join(folder, 'workflows.js'));
      await buildWorkflows(root, join(folder, 'workflows-encrypted.js'), join(root, 'temporal.failures.cjs'));
      // Changed meanwhile: it is not known of what it was made.
      if (inputsHash(root) !== inputs) throw new Error('the sources changed while they were built: build again');
      writeFileSync(join(folder, 'inputs'), `${inputs}\n`);
    });
  }
}
