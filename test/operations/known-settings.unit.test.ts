import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { KNOWN_SETTINGS, unknownSettings, unknownSettingsTold } from '../../cli/settings/known.ts';

it.each([
  ['KAIBIAO_SEALNG', 'KAIBIAO_SEALING'],
  ['KAIBIAO_SEALINGS', 'KAIBIAO_SEALING'],
  ['kaibiao_sealing', 'KAIBIAO_SEALING'],
  ['KAIBAO_SEALING', 'KAIBIAO_SEALING'],
  ['KAIBIAO_BANK_SECRT_FILE', 'KAIBIAO_BANK_SECRET_FILE'],
  ['KAIBIAO_DATABASE_URL', 'DATABASE_URL'],
  ['KAIBIAO_TEMPORAL_ADDRESS', 'TEMPORAL_ADDRESS'],
  ['TEMPORAL_HOST', 'TEMPORAL_ADDRESS'],
  ['TEMPORAL_ADDR', 'TEMPORAL_ADDRESS'],
  ['OTEL_TRACES_EXPORTR', 'OTEL_TRACES_EXPORTER'],
  ['NODE_ENVV', 'NODE_ENV'],
  // Only a secret is read from a file of its own.
  ['KAIBIAO_SEALING_FILE', 'KAIBIAO_SEALING'],
  ['KAIBIAO_PORT_FILE', 'KAIBIAO_PORT'],
  ['DATABSE_URL', 'DATABASE_URL'],
  ['TEMPORAL_ADRESS', 'TEMPORAL_ADDRESS'],
])('%s is named, with %s', (name, nearest) => {
  expect(unknownSettings({ [name]: 'off', KAIBIAO_SEALING: 'off', PATH: '/bin', HOME: '/root' })).toEqual([
    { name, nearest },
  ]);
  expect(unknownSettingsTold({ [name]: 'off' })[0]?.zh).toContain(nearest);
});

it('what is known, empty or of others is not named', () => {
  const env = Object.fromEntries(
    [...KNOWN_SETTINGS, 'PATH', 'TEMPORAL_DEBUG', 'PORT', 'NODE_ENV'].map((name) => [name, 'x']),
  );
  expect(unknownSettings({ ...env, KAIBIAO_SEALNG: '' })).toEqual([]);
});

it('a mode that is none is told', () => {
  expect(unknownSettingsTold({ NODE_ENV: 'prod' })).toHaveLength(1);
  expect(unknownSettingsTold({ NODE_ENV: 'prod' })[0]?.zh).toContain('应为 production');
  for (const mode of ['', 'production', 'development', 'test'])
    expect(unknownSettingsTold({ NODE_ENV: mode })).toEqual([]);
});

it('every setting of .env.example is known', () => {
  const example = readFileSync(join(import.meta.dirname, '../../.env.example'), 'utf8');
  const names = [...example.matchAll(/^#? ?((?:KAIBIAO|TEMPORAL|DATABASE)_[A-Z0-9_]+)=/gm)].map(([, name]) =>
    String(name),
  );
  expect(names.length).toBeGreaterThan(30);
  expect(names.filter((name) => !KNOWN_SETTINGS.has(name))).toEqual([]);
});
