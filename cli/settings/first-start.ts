import { readTemporalConfig } from '../../temporal.config.ts';
import { witnessesOf } from '../witness/client.ts';
import { tracesExporter } from '../worker/tracing.ts';
import { givenApiSettings } from './api.ts';
import { centreSettings } from './centre.ts';
import { readSigner } from './secrets.ts';
import { timeSourcesOf } from './time-sources.ts';
import { logLevel, oneOf, whole } from './values.ts';

/**
 * Every setting that some part of the service reads, before the first start makes anything: what it makes is kept for
 * ever, its clock first of all.
 * @throws CommandFailure `bad-setting`
 */
export async function refuseBadSettings(env: NodeJS.ProcessEnv): Promise<void> {
  readTemporalConfig(env);
  logLevel(env);
  givenApiSettings(env);
  centreSettings(env);
  witnessesOf(env);
  timeSourcesOf(env, []);
  tracesExporter(env);
  oneOf(env, 'KAIBIAO_LOCAL_CUSTODIANS', ['on', 'off']);
  for (const port of ['KAIBIAO_METRICS_PORT', 'KAIBIAO_TEMPORAL_PORT', 'KAIBIAO_TEMPORAL_UI_PORT']) {
    whole(env, port, 0, port === 'KAIBIAO_METRICS_PORT' ? 0 : 1);
  }
  if (env.KAIBIAO_SIGNING_KEY) await readSigner(env, '');
}
