import { randomBytes } from 'node:crypto';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { defaultPayloadConverter, type Payload, type PayloadCodec } from '@temporalio/common';
import { describe, expect, it } from 'vitest';
import {
  ConfigurationError,
  connectionOptions,
  dataConverter,
  readTemporalConfig,
  searchAttributes,
} from '../../temporal.config.ts';

const keyText = (id: string) => `${id}:${randomBytes(32).toString('base64')}`;

function codec(...keys: string[]): PayloadCodec {
  const [only] = dataConverter(readTemporalConfig({ KAIBIAO_PAYLOAD_KEYS: keys.join(',') })).payloadCodecs ?? [];
  if (only === undefined) throw new Error('no codec');
  return only;
}

const payload = (value: unknown): Payload => defaultPayloadConverter.toPayload(value);
const value = (from: Payload | undefined): unknown => defaultPayloadConverter.fromPayload(from ?? {});
const plainText = '招标人：某区住房和城乡建设局';

describe('settings', () => {
  it('needs none for the embedded default', () => {
    const config = readTemporalConfig({});
    expect(config.address).toBeUndefined();
    expect(config.namespace).toBe('kaibiao');
    expect(config.taskQueues).toEqual({
      main: 'kaibiao',
      custodians: {
        centre: 'kaibiao-custodian-centre',
        purchaser: 'kaibiao-custodian-purchaser',
        supervisor: 'kaibiao-custodian-supervisor',
      },
    });
    expect(config.worker.shutdownGraceTimeMs).toBeGreaterThan(0);
    expect(config.worker.custodiansMissedMs).toBe(120_000);
    expect(dataConverter(config)).toEqual({});
    expect(connectionOptions(config, '127.0.0.1:1234')).toEqual({ address: '127.0.0.1:1234' });
  });

  it('takes a variable set to nothing for unset', () => {
    expect(readTemporalConfig({ TEMPORAL_ADDRESS: '', TEMPORAL_NAMESPACE: ' ', KAIBIAO_PAYLOAD_KEYS: '' })).toEqual(
      readTemporalConfig({}),
    );
  });

  it('names every wrong variable at once, in both languages', () => {
    const read = () =>
      readTemporalConfig({ TEMPORAL_ADDRESS: 'http://x', TEMPORAL_RETENTION_DAYS: '0.5', TEMPORAL_TLS: 'yes please' });
    expect(read).toThrow(ConfigurationError);
    expect(read).toThrow(/TEMPORAL_ADDRESS.*TEMPORAL_RETENTION_DAYS.*TEMPORAL_TLS/s);
    try {
      read();
    } catch (error) {
      expect((error as ConfigurationError).messageZh).toContain('TEMPORAL_RETENTION_DAYS');
    }
  });

  it('reads mutual TLS from files and refuses half of a pair', () => {
    const dir = mkdtempSync(join(tmpdir(), 'kaibiao-tls-'));
    for (const name of ['ca', 'cert', 'key']) writeFileSync(join(dir, name), `pem of ${name}`);
    const env = {
      TEMPORAL_ADDRESS: 'temporal.example.com:7233',
      TEMPORAL_TLS_CA: join(dir, 'ca'),
      TEMPORAL_TLS_CERT: join(dir, 'cert'),
      TEMPORAL_TLS_KEY: join(dir, 'key'),
      TEMPORAL_TLS_SERVER_NAME: 'temporal.internal',
    };
    const options = connectionOptions(readTemporalConfig(env));
    expect(options.tls?.serverNameOverride).toBe('temporal.internal');
    expect(Buffer.from(options.tls?.clientCertPair?.key ?? []).toString()).toBe('pem of key');
    expect(() => readTemporalConfig({ ...env, TEMPORAL_TLS_KEY: '' })).toThrow(/go together/);
    const absent = readTemporalConfig({ ...env, TEMPORAL_TLS_CA: join(dir, 'absent') });
    expect(() => connectionOptions(absent)).toThrow(/TEMPORAL_TLS_CA \(ENOENT\)/);
  });

  it('never sends an API key without TLS', () => {
    const options = connectionOptions(
      readTemporalConfig({ TEMPORAL_ADDRESS: 'a.example:7233', TEMPORAL_API_KEY: 'k' }),
    );
    expect(options).toEqual({ address: 'a.example:7233', apiKey: 'k', tls: {} });
  });

  it('keeps secrets out of what is printed, serialised or thrown', () => {
    const key = keyText('k1');
    const material = key.slice(3);
    const config = readTemporalConfig({ KAIBIAO_PAYLOAD_KEYS: key, TEMPORAL_API_KEY: 'an-api-key' });
    for (const shown of [
      JSON.stringify(config),
      inspect(config, { depth: 9, showHidden: true }),
      String(config.apiKey),
    ]) {
      expect(shown).not.toContain('an-api-key');
      expect(shown).not.toContain(material);
      expect(shown).not.toContain(Buffer.from(material, 'base64').toString('hex').slice(0, 16));
      expect(shown).toContain('[redacted]');
    }
    for (const wrong of [`k1 ${material}`, `k1:${material.slice(4)}`, `${key},${key}`, `k1:${material},;${material}`]) {
      let thrown: unknown;
      try {
        readTemporalConfig({ KAIBIAO_PAYLOAD_KEYS: wrong });
      } catch (error) {
        thrown = error;
      }
      expect(thrown).toBeInstanceOf(ConfigurationError);
      expect(inspect(thrown, { depth: 9 })).not.toContain(material.slice(4, 24));
    }
  });

  it('gives lists of workflows four things to filter by', () => {
    expect(Object.values(searchAttributes).map((key) => `${key.name}=${key.type}`)).toEqual([
      'KaibiaoStage=KEYWORD',
      'KaibiaoKind=KEYWORD',
      'KaibiaoRegime=KEYWORD',
      'KaibiaoNextDeadline=DATETIME',
    ]);
  });
});

describe('encrypted payloads', () => {
  it('are decrypted unchanged, and disclose nothing in transit', async () => {
    const one = codec(keyText('k1'));
    const encrypted = await one.encode([payload(plainText), payload({ lot: 3 })]);
    expect(Buffer.concat(encrypted.map((each) => each.data ?? new Uint8Array())).includes(plainText)).toBe(false);
    expect((await one.decode(encrypted)).map(value)).toEqual([plainText, { lot: 3 }]);
    const [again] = await one.encode([payload(plainText)]);
    expect(again?.data).not.toEqual(encrypted[0]?.data);
  });

  it('survive a rotation: the new key encrypts, the old one still decrypts', async () => {
    const [old, fresh] = [keyText('k1'), keyText('k2')];
    const before = await codec(old).encode([payload(plainText)]);
    const both = codec(fresh, old);
    expect(value((await both.decode(before))[0])).toBe(plainText);
    const after = await both.encode([payload(plainText)]);
    expect(value((await codec(fresh).decode(after))[0])).toBe(plainText);
    await expect(codec(fresh).decode(before)).rejects.toThrow(/no payload key named 'k1'/);
  });

  it('are refused when altered anywhere: data, IV, tag or key id', async () => {
    const [first, second] = [keyText('k1'), keyText('k2')];
    const both = codec(first, second);
    const [encrypted] = await both.encode([payload(plainText)]);
    const data = encrypted?.data ?? new Uint8Array();
    for (const at of [0, 11, 12, 20, data.length - 17, data.length - 16, data.length - 1]) {
      const altered = Uint8Array.from(data);
      altered[at] = (altered[at] ?? 0) ^ 1;
      await expect(both.decode([{ ...encrypted, data: altered }])).rejects.toThrow(/does not decrypt/);
    }
    const renamed = { ...encrypted?.metadata, 'encryption-key-id': Buffer.from('k2') };
    await expect(both.decode([{ data, metadata: renamed }])).rejects.toThrow(/does not decrypt/);
    await expect(both.decode([{ ...encrypted, data: data.subarray(0, 27) }])).rejects.toThrow(/cut short/);
    // The key id is bound to the ciphertext, not only used to look the key up.
    const [same, sameUnderOtherName] = [first, first.replace('k1:', 'kx:')];
    await expect(
      codec(sameUnderOtherName, same).decode([
        { data, metadata: { ...encrypted?.metadata, 'encryption-key-id': Buffer.from('kx') } },
      ]),
    ).rejects.toThrow(/does not decrypt/);
  });

  it('are refused under another key of the same name, without showing a key', async () => {
    const [right, wrong] = [keyText('k1'), keyText('k1')];
    const encrypted = await codec(right).encode([payload(plainText)]);
    const error = await codec(wrong).decode(encrypted).catch(String);
    expect(error).toMatch(/'k1'/);
    expect(error).not.toContain(wrong.slice(3));
  });

  it('let what was written before there was a key through', async () => {
    expect(value((await codec(keyText('k1')).decode([payload(plainText)]))[0])).toBe(plainText);
  });
});
