import { editDistance } from '../../domain/law/rulebook.ts';
import { SECRETS } from './secrets.ts';

/** Every setting that is read from the environment (.env.example), and those of the tests and of deploy/. */
const NAMES = `
ANNOUNCED_BYTES BANK_SECRET CACHE_DIR CENTRE_CODE CENTRE_NAME CERTIFICATE_PROXIES CERTIFICATE_SECRET CHROMIUM CLOCK_JUMP_MS CLUSTER_APIS CLUSTER_SHARDS CLUSTER_WORKERS COMMITTEE_KEY CONFIRMED_RULES CONNECTIONS CONTRACT_EXAMPLES CONTRACT_KNOWN
CONTRACT_PROGRAM CONTRACT_SECONDS CONTRACT_SEED CUSTODIAN CUSTODIANS_MISSED_MS CUSTODIAN_DIR CUSTODIAN_PASSPHRASE_FILE DATABASE_PASSWORD DATA_DIR DEPOSIT_ACCOUNT DEPOSIT_RATES DISK_RESERVE_BYTES DRILL_CLOCK_FILE DRILL_DAY_MS DRILL_FROM
FAULT_SEED HOST LOCAL_CUSTODIANS LOG_FORMAT LOG_LEVEL MAIL_FROM MAIL_URL MAX_FILE_BYTES METRICS_PORT MIGRATION_URL OIDC_CLIENT_ID OIDC_CLIENT_SECRET OIDC_ISSUER OIDC_NAME OPEN_UPLOADS OWNER_PASSWORD OWN_PORT PAYLOAD_KEYS PORT PRESENCE
POSTGRES_PORT PROCUREMENT_QUOTA_BYTES PUBLIC_METRICS PUBLIC_URL RATE_LIMIT REGISTRATION REGISTRATIONS_PER_HOUR REMIND_DAYS REQUESTS_PER_MINUTE S3_ACCESS_KEY_ID S3_BUCKET
S3_ENDPOINT S3_REGION S3_SECRET_ACCESS_KEY SEALING SECOND_FACTOR SECOND_PERSON SESSION_KEY
SHUTDOWN_FORCE_MS SHUTDOWN_GRACE_MS SIGNING_KEY SIMULATION_FAULT SIGN_INS_PER_MINUTE SMS_SECRET SMS_URL SUPPLIER_QUOTA_BYTES TEMPORAL_PORT TEMPORAL_UI_PORT TIME_SOURCES TRUSTED_PROXIES TWO_FACTORS_BY
UPLOAD_TIMEOUT_MINUTES VERIFIED_MINUTES WEBHOOK_SECRET WEBHOOK_URL WITNESSES WORKER_ACTIVITIES WORKER_CACHED_WORKFLOWS WORKER_LOCAL_ACTIVITIES WORKER_WORKFLOW_TASKS WORKFLOW_BUNDLE
`;
const OTHERS = `
DATABASE_URL NODE_ENV OTEL_EXPORTER_OTLP_ENDPOINT OTEL_EXPORTER_OTLP_PROTOCOL OTEL_EXPORTER_OTLP_TRACES_ENDPOINT OTEL_EXPORTER_OTLP_TRACES_PROTOCOL
OTEL_RESOURCE_ATTRIBUTES OTEL_SDK_DISABLED OTEL_SERVICE_NAME OTEL_TRACES_EXPORTER TEMPORAL_ADDRESS TEMPORAL_API_KEY TEMPORAL_NAMESPACE TEMPORAL_RETENTION_DAYS TEMPORAL_TASK_QUEUE TEMPORAL_TLS TEMPORAL_TLS_CA
TEMPORAL_TLS_CERT TEMPORAL_TLS_KEY TEMPORAL_TLS_SERVER_NAME
`;
const PREFIX = 'KAIBIAO_';
const words = (text: string): string[] => text.trim().split(/\s+/);
const plain = [...words(NAMES).map((name) => PREFIX + name), ...words(OTHERS)];

/** The names that are read; secrets from a file too. */
export const KNOWN_SETTINGS: ReadonlySet<string> = new Set([...plain, ...SECRETS.map((name) => `${name}_FILE`)]);

/** Two slips are a typo of ours; more is the variable of another program. */
const MOST_SLIPS = 2;
/** What other programs call the address of Temporal. */
const ADDRESS = /^TEMPORAL_(?:ADDR|ENDPOINT|HOST|HOST_?PORT|HOST_?URL|SERVER|URL)$/;

export interface UnknownSetting {
  readonly name: string;
  /** The known one that is most like it. */
  readonly nearest: string;
}

/** Settings that nobody reads: of our prefix, or a slip away from a name that is read. An empty one counts as absent. */
export function unknownSettings(env: NodeJS.ProcessEnv = process.env): UnknownSetting[] {
  return Object.keys(env)
    .filter((name) => env[name] && !KNOWN_SETTINGS.has(name))
    .flatMap((name) => {
      const given = name.toUpperCase().replaceAll('-', '_');
      if (ADDRESS.test(given)) return [{ name, nearest: 'TEMPORAL_ADDRESS' }];
      const near = (known: string): boolean => Math.abs(known.length - given.length) <= MOST_SLIPS;
      const ours = given.startsWith(PREFIX);
      const [best] = [...KNOWN_SETTINGS]
        .filter((known) => ours || near(known))
        .map((known) => ({ known, slips: PREFIX + known === given ? 0 : editDistance(given.slice(0, 80), known) }))
        .sort((a, b) => a.slips - b.slips);
      return best && (ours || best.slips <= MOST_SLIPS) ? [{ name, nearest: best.known }] : [];
    });
}

/** Each unknown setting, in both languages; empty where there is none. */
export function unknownSettingsTold(env: NodeJS.ProcessEnv = process.env): { zh: string; en: string }[] {
  const told = unknownSettings(env).map(({ name, nearest }) => ({
    zh: `没有 ${name} 这一设置，不起作用；是否应为 ${nearest}？`,
    en: `there is no setting ${name}: it has no effect; did you mean ${nearest}?`,
  }));
  const { NODE_ENV: mode } = env;
  if (!mode || ['production', 'development', 'test'].includes(mode)) return told;
  return [
    ...told,
    {
      zh: `NODE_ENV=${mode} 不起作用：正式运行应为 production，生产环境的限制现未生效`,
      en: `NODE_ENV=${mode} has no effect: it is production in use, and what production refuses is not refused now`,
    },
  ];
}
