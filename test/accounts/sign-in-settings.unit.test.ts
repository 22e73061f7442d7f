import { describe, expect, it } from 'vitest';
import { checkSecondFactor } from '../../cli/doctor/second-factor.ts';
import { readApiSettings } from '../../cli/settings/api.ts';
import { secondFactorState } from '../../domain/accounts/sign-in.ts';
import { ROLES, type Role } from '../../domain/roles.ts';

const KEY = { KAIBIAO_SESSION_KEY: 'a-session-key-of-more-than-32-characters' };
const SECRET = 'a secret of the proxy, long enough';
const OIDC = {
  KAIBIAO_OIDC_ISSUER: 'https://id.example.cn/realms/trade',
  KAIBIAO_OIDC_CLIENT_ID: 'kaibiao',
  KAIBIAO_OIDC_CLIENT_SECRET: 'hunter2',
};
const read = (env: NodeJS.ProcessEnv) => readApiSettings({ ...KEY, ...env });

describe('how people sign in is set', () => {
  it('to a password alone by default', () => {
    const { secondFactor, oidc, certificates } = read({});
    expect([secondFactor.roles.size, secondFactor.provenBy.size, oidc, certificates]).toEqual([0, 0, null, null]);
  });

  it('to a second factor by role, or for all', () => {
    expect([...read({ KAIBIAO_SECOND_FACTOR: ' administrator, Centre' }).secondFactor.roles]).toEqual([
      ...['administrator', 'centre'],
    ]);
    expect([...read({ KAIBIAO_SECOND_FACTOR: 'all' }).secondFactor.roles]).toEqual(
      ROLES.filter((role) => role !== 'public'),
    );
  });

  it('to a provider of identities, and the proxy that verifies certificates', () => {
    const env = {
      ...{ ...OIDC, KAIBIAO_OIDC_NAME: '统一身份认证', KAIBIAO_CERTIFICATE_SECRET: SECRET },
      ...{ KAIBIAO_CERTIFICATE_PROXIES: '10.0.0.5, 10.1.0.0/16', KAIBIAO_TWO_FACTORS_BY: 'oidc,certificate' },
    };
    const { oidc, certificates, secondFactor } = read(env);
    expect(oidc).toEqual({
      ...{ issuer: OIDC.KAIBIAO_OIDC_ISSUER, clientId: 'kaibiao', clientSecret: 'hunter2', name: '统一身份认证' },
    });
    expect(certificates).toEqual({ secret: SECRET, proxies: ['10.0.0.5', '10.1.0.0/16'] });
    expect([...secondFactor.provenBy]).toEqual(['oidc', 'certificate']);
    expect(read({ ...OIDC, KAIBIAO_OIDC_ISSUER: 'http://127.0.0.1:8081/realms/a' }).oidc?.name).toBeNull();
  });

  it.each([
    ['a role that is misspelt', { KAIBIAO_SECOND_FACTOR: 'administrater' }, /KAIBIAO_SECOND_FACTOR.*administrator/],
    ['everybody who has no account', { KAIBIAO_SECOND_FACTOR: 'public' }, /KAIBIAO_SECOND_FACTOR/],
    ['a way that there is not', { KAIBIAO_TWO_FACTORS_BY: 'password' }, /KAIBIAO_TWO_FACTORS_BY/],
    ['a way that is not offered', { KAIBIAO_TWO_FACTORS_BY: 'oidc' }, /KAIBIAO_TWO_FACTORS_BY.*oidc/],
    ['a provider without its secret', { ...OIDC, KAIBIAO_OIDC_CLIENT_SECRET: '' }, /KAIBIAO_OIDC_CLIENT_SECRET/],
    ['a provider without TLS', { ...OIDC, KAIBIAO_OIDC_ISSUER: 'http://id.example.cn' }, /KAIBIAO_OIDC_ISSUER/],
    ['a provider with a password in it', { ...OIDC, KAIBIAO_OIDC_ISSUER: 'https://u:hunter2@id.cn' }, /OIDC_ISSUER/],
    ['a proxy by its name', { KAIBIAO_CERTIFICATE_PROXIES: 'proxy.example' }, /KAIBIAO_CERTIFICATE_PROXIES/],
    ['a secret that is too short', { KAIBIAO_CERTIFICATE_SECRET: 'hunter2' }, /KAIBIAO_CERTIFICATE_SECRET/],
  ])('and not to %s', (_what, env, names) => {
    try {
      read(env);
      expect.unreachable();
    } catch (error) {
      const { messageZh, messageEn } = error as { messageZh: string; messageEn: string };
      for (const message of [messageZh, messageEn]) {
        expect(message).toMatch(names);
        expect(message).not.toContain('hunter2');
      }
      expect(messageZh).toMatch(/[一-龥]/);
    }
  });

  it('and the doctor warns of a production whose administrators have a password alone', () => {
    const found = (env: NodeJS.ProcessEnv) => checkSecondFactor(env).ok;
    expect([found({}), found({ NODE_ENV: 'production' })]).toEqual(['ok', 'warn']);
    expect(found({ NODE_ENV: 'production', KAIBIAO_SECOND_FACTOR: 'all' })).toBe('ok');
    expect(found({ KAIBIAO_SECOND_FACTOR: 'admin' })).toBe('fail');
  });
});

it.each<[string, number | null, number | null, Role[], string]>([
  ['nobody asks for one', null, null, ['supplier'], 'not-required'],
  ['the role asks for one', null, null, ['supplier', 'administrator'], 'to-set-up'],
  ['there is one', null, 1, ['supplier'], 'to-prove'],
  ['there is one, and the role asks for it', null, 1, ['administrator'], 'to-prove'],
  ['it was proved', 2, 1, ['administrator'], 'proven'],
  ['it was taken away after it was proved', 2, null, ['administrator'], 'proven'],
])('what a session lacks where %s', (_what, session, account, roles, expected) => {
  const rules = { roles: new Set<Role>(['administrator']) };
  const state = secondFactorState(rules, { secondFactorAt: session }, { secondFactorAt: account, roles });
  expect(state).toBe(expected);
});
