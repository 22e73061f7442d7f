import { defineConfig, globalIgnores } from 'eslint/config';
import tseslint from 'typescript-eslint';

const noProcessExit = [
  'error',
  {
    selector: "CallExpression[callee.object.name='process'][callee.property.name='exit']",
    message: 'Throw, or set process.exitCode in cli/: only the command line ends the process.',
  },
];

const noClock = [
  {
    selector: "CallExpression[callee.object.name='Date'][callee.property.name='now']",
    message: 'The domain has no clock: `now` is an argument.',
  },
  {
    selector: "NewExpression[callee.name='Date'][arguments.length=0]",
    message: 'The domain has no clock: `now` is an argument.',
  },
  {
    selector: "CallExpression[callee.object.name='Math'][callee.property.name='random']",
    message: 'The domain draws no lots of its own: randomness is an argument.',
  },
];

const REGIMES_AND_PROCEDURES =
  '/^(tendering|government|open-tender|invited-tender|negotiation|consultation|inquiry|single-source|framework|listing|auction)$/';
/** What differs from one procedure to another is data (domain/procedures); code asks the definition. */
const noProcedureAsked = [
  `BinaryExpression[operator=/^[!=]==$/] > Literal[value=${REGIMES_AND_PROCEDURES}]`,
  `SwitchCase > Literal[value=${REGIMES_AND_PROCEDURES}]`,
].map((selector) => ({
  selector,
  message: 'Ask the definition of the procedure (domain/procedures), not which regime or procedure it is.',
}));

export default defineConfig(
  globalIgnores([
    'node_modules/',
    'coverage/',
    'dist/',
    'data/',
    'data-cluster/',
    '.cache/',
    'db/migrations/',
    'test/replay/histories/',
  ]),
  {
    rules: {
      eqeqeq: 'error',
      'no-constant-condition': ['error', { checkLoops: false }],
      'no-duplicate-imports': ['error', { allowSeparateTypeImports: true }],
      'no-fallthrough': 'error',
      'no-self-compare': 'error',
      'no-template-curly-in-string': 'error',
      'no-unreachable': 'error',
      'no-unsafe-finally': 'error',
      'no-var': 'error',
      'prefer-const': 'error',
    },
  },
  {
    files: ['**/*.ts', '**/*.tsx'],
    extends: [tseslint.configs.recommendedTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': ['error', { checksVoidReturn: { arguments: false } }],
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports' }],
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      '@typescript-eslint/only-throw-error': 'error',
      '@typescript-eslint/no-non-null-assertion': 'error',
      '@typescript-eslint/no-unused-vars': [
        'error',
        { argsIgnorePattern: '^_', varsIgnorePattern: '^_', ignoreRestSiblings: true },
      ],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      // An async function without an await turns what it throws into a rejection, which its callers count on.
      '@typescript-eslint/require-await': 'off',
    },
  },
  {
    files: ['**/*.ts', '**/*.tsx', '**/*.mjs'],
    ignores: ['cli/**', 'test/**', 'bench/**'],
    rules: { 'no-restricted-syntax': [...noProcessExit, ...noProcedureAsked] },
  },
  {
    // The demo and the recorder play the part of people, who know which procedure is theirs.
    files: ['cli/**/*.ts'],
    ignores: ['cli/demo/**'],
    rules: { 'no-restricted-syntax': ['error', ...noProcedureAsked] },
  },
  {
    files: ['domain/**/*.ts', 'workflows/**/*.ts'],
    rules: {
      'no-restricted-globals': [
        'error',
        ...['process', 'Buffer', 'fetch', '__dirname', 'require'].map((name) => ({
          name,
          message: 'The domain and the workflows do no I/O.',
        })),
      ],
      'no-console': 'error',
    },
  },
  {
    files: ['domain/**/*.ts'],
    rules: {
      'no-restricted-syntax': [...noProcessExit, ...noProcedureAsked, ...noClock],
    },
  },
  {
    files: ['domain/procedures/**/*.ts'],
    rules: { 'no-restricted-syntax': [...noProcessExit, ...noClock] },
  },
);
