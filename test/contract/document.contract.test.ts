import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { installation } from './installation.ts';

const { KAIBIAO_CONTRACT_PROGRAM: program, KAIBIAO_CONTRACT_SEED: seed = '1' } = process.env;
const { KAIBIAO_CONTRACT_SECONDS: seconds = '60', KAIBIAO_CONTRACT_EXAMPLES: examples = '3' } = process.env;

/** All that is about one request and its answer; what is made and then removed belongs to the stories of other tests. */
const CHECKS = [
  ...['not_a_server_error', 'status_code_conformance', 'content_type_conformance', 'response_schema_conformance'],
  ...['response_headers_conformance', 'negative_data_rejection', 'positive_data_acceptance', 'ignored_auth'],
  ...['missing_required_header', 'unsupported_method', 'allow_header_conformance'],
];

it(`the API answers as its document says (seed ${seed})`, async () => {
  if (program === undefined) throw new Error('npm run test:contract finds the program that makes the requests');
  const { api, known } = await installation();
  const folder = mkdtempSync(join(tmpdir(), 'kaibiao-contract-'));
  onTestFinished(async () => {
    await api[Symbol.asyncDispose]();
    rmSync(folder, { recursive: true, force: true });
  });
  writeFileSync(join(folder, 'known.json'), JSON.stringify(known));
  const run = spawn(
    program,
    [
      ...['--config-file', join(import.meta.dirname, 'schemathesis.toml')],
      ...['run', `${api.url}/openapi.json`, '--phases', 'coverage,fuzzing', '--checks', CHECKS.join(',')],
      ...['--seed', seed, '--max-time', seconds, '--max-examples', examples, '--continue-on-failure', '--no-shrink'],
      ...['--generation-with-security-parameters', 'false', '--generation-database', 'none', '--warnings', 'off'],
    ],
    {
      stdio: ['ignore', 'inherit', 'inherit'],
      cwd: folder,
      // Nothing of a developer's shell but where programs are.
      env: {
        PATH: process.env.PATH,
        NO_COLOR: '1',
        COLUMNS: '160',
        PYTHONPATH: import.meta.dirname,
        PYTHONDONTWRITEBYTECODE: '1',
        SCHEMATHESIS_HOOKS: 'hooks',
        KAIBIAO_CONTRACT_KNOWN: join(folder, 'known.json'),
        KAIBIAO_CONTRACT_SEED: seed,
      },
    },
  );
  onTestFinished(() => void run.kill());
  const [code] = (await once(run, 'exit')) as [number | null];
  expect(code, 'Schemathesis has found something, see above').toBe(0);
});
