// The layers of the code base. Imports go one way:
//   domain ← db ← services ← activities, engine, api ← web;  domain ← imports ← api;
//   domain ← sealing, proofs: cryptography that runs on a bidder's machine and in a browser too, without I/O;
//   workflows take types only from activities;  only cli wires everything.
// test/operations/layers.unit.test.ts plants a file against each rule.
const local =
  '^(domain|sealing|proofs|db|services|imports|engine|workflows|activities|api|web|cli|browser|test|bench|[^/]+\\.ts$)';

/** @returns a rule: inside the project, files of `layer` import only from `allowed`. */
const layer = (name, allowed, comment) => ({
  name: `${name}-imports`,
  severity: 'error',
  comment,
  from: { path: `^${name}/` },
  to: { path: local, pathNot: [`^${name}/`, ...allowed] },
});

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    {
      name: 'no-cycles',
      severity: 'error',
      comment: 'Two files that need each other are one file, or want a third.',
      from: {},
      to: { circular: true },
    },
    {
      name: 'resolvable',
      severity: 'error',
      comment: 'Imports name a file that exists, or a package that package.json lists.',
      from: {},
      to: { couldNotResolve: true },
    },
    {
      name: 'listed-packages',
      severity: 'error',
      comment:
        'A package that only another package brings along may be gone tomorrow; list it. Only where sources run, in tests, is the thread of the unsealing TypeScript.',
      from: { pathNot: '^(browser|test|bench)/|^services/openings/unsealing/thread\\.mjs$' },
      to: { dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown'], dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'domain-imports',
      severity: 'error',
      comment:
        'The domain is pure: it imports nothing but itself, so that it runs in workflows, API and browser alike.',
      from: { path: '^domain/' },
      to: { pathNot: '^domain/' },
    },
    layer('sealing', ['^domain/'], 'sealing → domain'),
    layer('proofs', ['^domain/'], 'proofs → domain'),
    {
      name: 'runs-in-a-browser',
      severity: 'error',
      comment: 'What seals and what proves runs where bidders are: nothing of Node.',
      from: { path: '^(sealing|proofs|web/browser)/' },
      to: { dependencyTypes: ['core'] },
    },
    layer('db', ['^domain/', '^proofs/'], 'db → domain, proofs'),
    layer('imports', ['^domain/'], 'imports → domain: files from elsewhere, read into plain values'),
    layer(
      'services',
      ['^domain/', '^sealing/', '^proofs/', '^db/'],
      'services → domain, sealing, proofs, db: the acts of the law, one transaction each',
    ),
    layer(
      'activities',
      ['^services/', '^db/', '^domain/', '^sealing/', '^proofs/'],
      'activities → services, db, domain, sealing, proofs',
    ),
    layer(
      'engine',
      ['^domain/', '^db/', '^services/', '^workflows/messages\\.ts$'],
      'engine → domain, db, services, workflows/messages: what carries wakes to Temporal and restarts what is lost',
    ),
    layer(
      'api',
      ['^domain/', '^sealing/', '^proofs/', '^db/', '^services/', '^imports/'],
      'api → domain, sealing, proofs, db, services, imports',
    ),
    layer(
      'web',
      ['^domain/', '^sealing/', '^proofs/', '^db/', '^services/', '^api/'],
      'web → domain, sealing, proofs, db, services, api: a page asks what a program asks, in process (ADR 0065)',
    ),
    layer('browser', ['^domain/'], 'browser → domain'),
    {
      name: 'islands-import',
      severity: 'error',
      comment: 'A script of a page is made of what runs in a browser, and of nothing of the server.',
      from: { path: '^web/browser/' },
      to: { path: local, pathNot: '^(web/browser|sealing|proofs|domain)/' },
    },
    {
      name: 'islands-are-bundled',
      severity: 'error',
      comment: 'The server hands the scripts of pages out, and runs none of them.',
      from: { pathNot: '^(web/browser|test)/' },
      to: { path: '^web/browser/' },
    },
    layer('workflows', ['^domain/', '^activities/'], 'workflows → domain, and types of activities'),
    {
      name: 'workflows-take-types-only',
      severity: 'error',
      comment: 'A workflow knows the names of activities, never their code: import type.',
      from: { path: '^workflows/' },
      to: { path: '^activities/', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'workflows-packages',
      severity: 'error',
      comment: 'Workflows are replayed: no I/O, no clock, no Node, nothing from outside but the workflow SDK.',
      from: { path: '^workflows/' },
      to: {
        dependencyTypes: ['core', 'npm', 'npm-dev', 'npm-optional', 'npm-peer', 'npm-no-pkg', 'npm-unknown'],
        pathNot: '^node_modules/@temporalio/(workflow|common)/',
      },
    },
    {
      name: 'acts-without-transport',
      severity: 'error',
      comment: 'An act is the same whoever asks for it: storage, acts and files know neither HTTP nor Temporal.',
      from: { path: '^(db|services|imports)/' },
      to: { path: '^node_modules/(express|@temporalio)/' },
    },
    {
      name: 'sql-in-db-only',
      severity: 'error',
      comment: 'Nothing outside db/ writes SQL or knows the dialect; bench/ measures it from outside.',
      from: { pathNot: '^(db|bench)/' },
      to: { path: '^node_modules/(drizzle-orm|better-sqlite3)/' },
    },
    {
      name: 'connections-in-db-only',
      severity: 'error',
      comment: 'The same of connections, but for the file that makes databases in a PostgreSQL that it starts.',
      from: { pathNot: '^(db/|bench/|cli/servers/postgres-databases\\.ts$)' },
      to: { path: '^node_modules/pg/' },
    },
    {
      name: 'config-for-cli',
      severity: 'error',
      comment: 'Settings are read once, in cli, and handed down.',
      from: { pathNot: '^(cli|test|bench)/|^temporal\\.config\\.ts$' },
      to: { path: '^temporal\\.(config|codec)\\.ts$' },
    },
    {
      name: 'config-imports',
      severity: 'error',
      comment: 'The settings know the messages of the workflows and nothing else of ours.',
      from: { path: '^temporal\\.(config|codec)\\.ts$' },
      to: { path: local, pathNot: '^(temporal\\.codec\\.ts|workflows/messages\\.ts)$' },
    },
    {
      name: 'cli-on-top',
      severity: 'error',
      comment: 'The command line wires everything; nothing imports it.',
      from: { pathNot: '^(cli|browser|test|bench)/' },
      to: { path: '^(cli|browser|test|bench)/' },
    },
    {
      name: 'no-tests-in-the-product',
      severity: 'error',
      comment: 'What the product needs is not in test/, bench/ or browser/, which are for developers.',
      from: { path: '^cli/' },
      to: { path: '^(browser|test|bench)/' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
    },
  },
};
