import { execFile, execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from '../../cli/settings/folders.ts';

/** Of these programs those that this machine does not have. */
export function missingPrograms(programs: readonly string[]): string[] {
  return programs.filter((program) => {
    try {
      execFileSync('bash', ['-c', 'command -v "$0"', program], { stdio: 'ignore' });
      return false;
    } catch {
      return true;
    }
  });
}

export interface Block {
  /** What stands after its fence, as `sh seal`. */
  readonly opening: string;
  /** As a reader copies it. */
  readonly code: string;
}

/** Every block of code of a page, in its order. */
export function blocksOf(page: string): Block[] {
  return [...readPage(page).matchAll(/^( *)```([^\n]*)\n([^]*?)\n *```$/gm)].map(
    ([, indent = '', opening = '', code = '']) => ({
      opening,
      code: `${code.replaceAll(new RegExp(`^${indent}`, 'gm'), '')}\n`,
    }),
  );
}

/** The block of a page with this opening. @throws Error unless exactly one block has it */
export function block(page: string, opening: string): string {
  const [found, ...others] = blocksOf(page).filter((each) => each.opening === opening);
  if (found === undefined || others.length > 0) throw new Error(`${page} has no block ${opening}, or several`);
  return found.code;
}

/** The blocks of a page with this opening, in their order, as one. @throws Error if there is none */
export function blocks(page: string, opening: string): string {
  const found = blocksOf(page).filter((each) => each.opening === opening);
  if (found.length === 0) throw new Error(`${page} has no block ${opening}`);
  return found.map(({ code }) => code).join('');
}

/** What a link to a page may name after `#`: its headings, as GitHub names them, and the ids in them. */
export function anchorsOf(page: string): string[] {
  return [...readPage(page).matchAll(/^#+ (.*)$/gm)].flatMap(([, heading = '']) => {
    const ids = [...heading.matchAll(/<a id="([^"]+)"><\/a>/g)].map(([, id = '']) => id);
    const text = heading.replace(/<[^>]*>/g, '').trim();
    const slug = text
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-');
    return [slug, ...ids];
  });
}

export const readPage = (page: string): string => readFileSync(join(projectRoot, page), 'utf8');

/** The block with what a reader puts in the place of an example. @throws Error where the page no longer says so */
export function adapted(code: string, instead: Readonly<Record<string, string>>): string {
  return Object.entries(instead).reduce((text, [said, meant]) => {
    if (!text.includes(said)) throw new Error(`the page does not say ${said}`);
    return text.replaceAll(said, meant);
  }, code);
}

/** Answers each question for a passphrase, as somebody at a terminal does; says what the terminal showed. */
const TERMINAL = `
import os, pty, re, sys, termios, time
pid, terminal = pty.fork()
if pid == 0: os.execvp('bash', ['bash', '-euo', 'pipefail', '-c', sys.argv[1]])
said = asked = ''
while True:
    try: some = os.read(terminal, 65536).decode(errors='replace')
    except OSError: some = ''
    if some == '': break
    said, asked = said + some, asked + some
    if re.search(r'(passphrase[^\\n]*|repeat it): ?$', asked, re.I):
        while termios.tcgetattr(terminal)[3] & termios.ECHO: time.sleep(0.01)  # nobody types as fast as it is asked
        os.write(terminal, (sys.argv[2] + '\\r').encode())
        asked = ''
sys.stdout.write(said)
sys.exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
`;

export interface Steps {
  readonly folder: string;
  readonly env: NodeJS.ProcessEnv;
}

/** Something to type the steps into: each begins with the variables that those before have set. */
export function shell({ folder, env }: Steps) {
  // As in a checkout: the command of the project, by npx.
  const programs = join(folder, 'programs');
  mkdirSync(programs);
  const npx = `#!/bin/sh\n[ "$1" = kaibiao ] && shift && exec '${process.execPath}' '${join(projectRoot, 'cli/kaibiao.mjs')}' "$@"\n`;
  writeFileSync(join(programs, 'npx'), npx);
  chmodSync(join(programs, 'npx'), 0o755);
  const variables = new Map<string, string>();
  const kept = join(folder, 'variables');
  const run = async (file: string, args: readonly string[], cwd: string): Promise<string> => {
    const environment = { ...env, ...Object.fromEntries(variables), LC_ALL: 'C.UTF-8' };
    const options = { cwd, env: { ...environment, PATH: `${programs}:${env.PATH}` }, encoding: 'utf8' as const };
    return new Promise((resolve, reject) => {
      execFile(file, args, options, (error, stdout, stderr) => {
        if (error) reject(new Error(`${error.message}\n${stdout}\n${stderr}`));
        else resolve(stdout);
      });
    });
  };
  return {
    variables,
    /** @param keep variables that later steps use */
    steps: async (code: string, keep: readonly string[] = []): Promise<string> => {
      const script = `${code}\n{ ${keep.map((name) => `printf '%s\\0' "$${name}"; `).join('')} } > '${kept}'`;
      const said = await run('bash', ['-euo', 'pipefail', '-c', keep.length === 0 ? code : script], folder);
      if (keep.length > 0) {
        const values = readFileSync(kept, 'utf8').split('\0');
        keep.forEach((name, index) => variables.set(name, values[index] ?? ''));
      }
      return said;
    },
    /** At a terminal, by somebody who types the passphrase whenever asked. */
    atTerminal: (code: string, passphrase: string): Promise<string> =>
      run('python3', ['-c', TERMINAL, code, passphrase], folder),
    /** A module of JavaScript, with the packages of the project. */
    module: (code: string): Promise<string> => run(process.execPath, ['--input-type=module', '-e', code], projectRoot),
  };
}
