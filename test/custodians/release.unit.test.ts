import { ApplicationFailure } from '@temporalio/common';
import { generateX25519Identity, identityToRecipient } from 'age-encryption';
import { beforeEach, describe, expect, it } from 'vitest';
import { type ReleaseRequest } from '../../services/custodians/custodian.ts';
import { createMemory, type Remembered } from '../../services/custodians/memory.ts';
import { parseInstant } from '../../domain/civil-time.ts';
import { createSigner, newSigningKey, type Signer } from '../../proofs/signing.ts';
import { commitmentTo, openResealed, resealShare } from '../../sealing/shares.ts';
import { PlatformLog } from '../setup/servers/platform-log.ts';
import { custodianActivities } from '../../activities/custodian.ts';

const DEADLINE = parseInstant('2026-04-27T09:00:00+08:00');
const HOUR = 3_600_000;
const TENDER = 'tender';

let signer: Signer;
let log: PlatformLog;
let now: number;
let written: Remembered[];
let logged: object[];
let [identity, older, oneTime] = ['', '', ''];
let custodian: ReturnType<typeof custodianActivities>;

/** The custodian as it starts on what it has written down. */
const start = (identities = [identity, older]) =>
  custodianActivities({
    custodian: 'centre',
    identities,
    clock: { now: () => now, untilMs: (instant) => instant - now },
    memory: createMemory(written, async (entry) => void written.push(entry)),
    keys: [signer.publicJwk],
    log: { info: (about) => logged.push(about), warn: (about) => logged.push(about) },
  });

beforeEach(async () => {
  [identity, older, oneTime] = (await Promise.all([1, 2, 3].map(() => generateX25519Identity()))) as [
    string,
    string,
    string,
  ];
  signer = await createSigner(await newSigningKey());
  log = new PlatformLog(signer).grow(5);
  now = DEADLINE + 1;
  written = [];
  logged = [];
  custodian = start();
});

/** What the platform says of the deadline, when it is opened or at another instant. */
const proof = async (
  said: { version?: number; bidDeadline?: number | null; index?: number; at?: number; procurementId?: string } = {},
  { on = log, known, size }: { on?: PlatformLog; known?: number; size?: number } = {},
) =>
  on.prove(
    { procurementId: TENDER, version: 1, bidDeadline: DEADLINE, at: DEADLINE + 1, index: 5, ...said },
    known ?? (await custodian.knownHead()),
    size,
  );

const SECRET = new TextEncoder().encode('a share of the key of a bid');

const shareFor = async (options: { to?: string; procurementId?: string } = {}) => {
  const recipient = await identityToRecipient(options.to ?? identity);
  return {
    custodian: 'centre' as const,
    recipient,
    sealed: await resealShare(SECRET, recipient),
    commitment: commitmentTo(SECRET, 'centre', options.procurementId ?? TENDER),
  };
};

const request = async (change: Partial<ReleaseRequest> = {}): Promise<ReleaseRequest> => ({
  procurementId: TENDER,
  deadline: change.deadline ?? (await proof()),
  recipient: await identityToRecipient(oneTime),
  shares: [{ bidId: 'bid', share: await shareFor() }],
  ...change,
});

const failure = async (promise: Promise<unknown>): Promise<ApplicationFailure> => {
  const error: unknown = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(ApplicationFailure);
  return error as ApplicationFailure;
};

/** That it is refused for good, and that the refusal is written down. */
async function refused(asked: Promise<ReleaseRequest> | ReleaseRequest, why: RegExp): Promise<void> {
  const error = await failure(custodian.releaseShares(await asked));
  expect([error.type, error.nonRetryable, error.message]).toEqual([
    'custodian-refused',
    true,
    expect.stringMatching(why),
  ]);
  expect(written.at(-1)).toMatchObject({ kind: 'refused', procurementId: TENDER, bidIds: ['bid'] });
}

describe('once the deadline has passed on its own clock', () => {
  beforeEach(() => log.setDeadline(TENDER, 1, DEADLINE));

  it('gives up a share to the one-time key alone, and writes it down', async () => {
    const { shares } = await custodian.releaseShares(await request());
    expect(shares).toMatchObject([{ bidId: 'bid', fault: null }]);
    const sealed = shares[0]?.sealed ?? '';
    expect(await openResealed(sealed, oneTime)).toEqual(SECRET);
    await expect(openResealed(sealed, identity)).rejects.toThrow();
    expect(written).toMatchObject([
      { kind: 'deadline', procurementId: TENDER, version: 1, bidDeadline: DEADLINE, size: 6 },
      { kind: 'released', procurementId: TENDER, bidIds: ['bid'], recipient: await identityToRecipient(oneTime) },
    ]);
    expect(await custodian.knownHead()).toBe(6);
    const told = JSON.stringify([written, logged]);
    for (const secret of [identity, older, oneTime, Buffer.from(SECRET).toString('base64')]) {
      expect(told).not.toContain(secret);
    }
  });

  it('answers a repeated request for another one-time key alike, and writes it down again', async () => {
    await custodian.releaseShares(await request());
    const another = await generateX25519Identity();
    const { shares } = await custodian.releaseShares(await request({ recipient: await identityToRecipient(another) }));
    expect(await openResealed(shares[0]?.sealed ?? '', another)).toEqual(SECRET);
    expect(written.filter(({ kind }) => kind === 'released')).toHaveLength(2);
  });

  it('opens what was sealed to a key of before the rotation', async () => {
    const share = await shareFor({ to: older });
    const { shares } = await custodian.releaseShares(await request({ shares: [{ bidId: 'bid', share }] }));
    expect(await openResealed(shares[0]?.sealed ?? '', oneTime)).toEqual(SECRET);
  });

  it('names each share that does not fit, and gives up the others', async () => {
    const [right, foreign, elsewhere] = await Promise.all([
      shareFor(),
      shareFor({ to: oneTime }),
      shareFor({ procurementId: 'a tender still open' }),
    ]);
    const { shares } = await custodian.releaseShares(
      await request({
        shares: [
          { bidId: 'wrong commitment', share: { ...right, commitment: '0'.repeat(64) } },
          { bidId: 'a key that is not held', share: foreign },
          { bidId: 'of another procurement', share: elsewhere },
          { bidId: 'of another custodian', share: { ...right, custodian: 'supervisor' } },
          { bidId: 'no share at all', share: { ...right, sealed: '…' } },
          { bidId: 'right', share: right },
        ],
      }),
    );
    expect(shares.map(({ sealed, fault }) => [sealed !== null, fault?.en ?? null])).toEqual([
      [false, expect.stringContaining('committed')],
      [false, expect.stringContaining('cannot be decrypted')],
      [false, expect.stringContaining('committed')],
      [false, expect.stringContaining('committed')],
      [false, expect.stringContaining('cannot be decrypted')],
      [true, null],
    ]);
    expect(written.at(-1)).toMatchObject({ kind: 'released', bidIds: ['right'] });
    expect((written.at(-1) as { readonly reasons: readonly string[] }).reasons).toHaveLength(5);
  });

  it('gives up nothing to what is no one-time key', async () => {
    await refused(request({ recipient: 'age1nobody' }), /not an age recipient/);
  });
});

describe('before the deadline', () => {
  it('is requested again later: its own clock decides, not the platform’s', async () => {
    log.setDeadline(TENDER, 1, DEADLINE);
    now = DEADLINE - 5_000;
    const asked = await request();
    const error = await failure(custodian.releaseShares(asked));
    expect([error.type, error.nonRetryable, error.nextRetryDelay]).toEqual(['not-yet', false, 5_000]);
    expect(error.message).toContain('27 April 2026, 09:00');
    now = DEADLINE - 10 * HOUR;
    expect((await failure(custodian.releaseShares(asked))).nextRetryDelay).toBe(60_000);
    now = DEADLINE;
    expect((await custodian.releaseShares(asked)).shares[0]?.fault).toBeNull();
    expect(written.filter(({ kind }) => kind === 'refused')).toEqual([]);
  });

  it('a share of an open tender is not given up under the deadline of another', async () => {
    const index = log.setDeadline('opened before', 1, DEADLINE - HOUR);
    now = DEADLINE - HOUR / 2;
    const deadline = await proof({ procurementId: 'opened before', bidDeadline: DEADLINE - HOUR, index, at: now });
    await refused(request({ deadline }), /another procurement/);
    const { shares } = await custodian.releaseShares(await request({ procurementId: 'opened before', deadline }));
    expect(shares.map(({ sealed, fault }) => [sealed, fault?.en])).toEqual([
      [null, expect.stringContaining('committed')],
    ]);
  });

  it('a statement signed before the deadline does not do: it may have been moved since', async () => {
    log.setDeadline(TENDER, 1, DEADLINE);
    await refused(request({ deadline: await proof({ at: DEADLINE - 1 }) }), /signed at/);
  });
});

describe('what is not proven', () => {
  it('another’s signature, and what is not in the log', async () => {
    log.setDeadline(TENDER, 1, DEADLINE);
    const stranger = new PlatformLog(await createSigner(await newSigningKey())).grow(5);
    stranger.setDeadline(TENDER, 1, DEADLINE);
    await refused(request({ deadline: await proof({}, { on: stranger }) }), /not signed/);
    const forged = { ...(await proof()), statement: 'a.b.c' };
    await refused(request({ deadline: forged }), /not signed/);
    const earlier = await proof({ bidDeadline: DEADLINE - HOUR, at: DEADLINE });
    await refused(request({ deadline: earlier }), /not in the log/);
    expect(await custodian.knownHead()).toBe(0);
  });

  it('two first notices to a new custodian: the one that comes second is proven again, and nothing is called rewritten', async () => {
    // Both were asked for while it knew no head of the log.
    log.setDeadline(TENDER, 1, DEADLINE);
    const index = log.setDeadline('other', 1, DEADLINE);
    const first = await proof({}, { size: 6 });
    const second = await proof({ procurementId: 'other', index }, { size: 7 });
    await custodian.noteDeadline({ proof: first });
    logged = [];
    const overtaken = await custodian.noteDeadline({ proof: second }).catch((error: unknown) => error);
    // Nobody is alarmed: it is expected, and says nothing of a log that was rewritten.
    expect(overtaken).toMatchObject({ type: 'custodian-refused', category: 'BENIGN' });
    expect((overtaken as Error).message).not.toMatch(/改写|rewritten/);
    expect(logged).toEqual([{ custodian: 'centre' }]);
    // Who comes without a proof after that hides the log that was seen.
    logged = [];
    await expect(custodian.noteDeadline({ proof: second })).rejects.toMatchObject({ type: 'custodian-refused' });
    expect(JSON.stringify(logged)).toContain('may have been rewritten');
  });

  it('a log that does not continue the one it has seen, also after a restart', async () => {
    log.setDeadline(TENDER, 1, DEADLINE);
    const other = log.fork(3).grow(20);
    const index = other.setDeadline(TENDER, 1, DEADLINE);
    await custodian.noteDeadline({ proof: await proof() });
    custodian = start();
    await refused(request({ deadline: await proof({ index }, { on: other }) }), /rewritten/);
    const sameSize = log.fork(4).grow(1);
    sameSize.setDeadline(TENDER, 1, DEADLINE);
    await refused(request({ deadline: await proof({}, { on: sameSize }) }), /rewritten/);
    // What was refused moves nothing.
    expect(await custodian.knownHead()).toBe(6);
    log.grow(30);
    expect((await custodian.releaseShares(await request())).shares[0]?.fault).toBeNull();
  });

  it('requests that overtake each other each continue a head that was accepted', async () => {
    log.setDeadline(TENDER, 1, DEADLINE);
    const index = log.setDeadline('other', 1, DEADLINE);
    await custodian.noteDeadline({ proof: await proof({}, { size: 6 }) });
    const slow = await request({ deadline: await proof({}, { known: 6, size: 7 }) });
    log.grow(10);
    await custodian.noteDeadline({ proof: await proof({ procurementId: 'other', index }) });
    expect(await custodian.knownHead()).toBe(17);
    expect((await custodian.releaseShares(slow)).shares[0]?.fault).toBeNull();
    expect(await custodian.knownHead()).toBe(17);
  });

  it('a log that its operators confirm as restored is accepted again; the deadlines it has seen are not forgotten', async () => {
    log.setDeadline(TENDER, 1, DEADLINE + HOUR);
    await custodian.noteDeadline({ proof: await proof({ bidDeadline: DEADLINE + HOUR }) });
    const restored = log.fork(2).grow(3);
    restored.setDeadline(TENDER, 1, DEADLINE + HOUR);
    written.push({ kind: 'log-restored', at: now });
    custodian = start();
    expect(await custodian.knownHead()).toBe(0);
    now = DEADLINE + HOUR;
    const deadline = await proof({ bidDeadline: DEADLINE + HOUR, at: now }, { on: restored });
    expect((await custodian.releaseShares(await request({ deadline }))).shares[0]?.fault).toBeNull();
    const index = restored.setDeadline(TENDER, 2, DEADLINE);
    await refused(request({ deadline: await proof({ version: 2, index }, { on: restored }) }), /earlier/);
  });
});

describe('the latest deadline', () => {
  it('one that was changed is not opened under the earlier version', async () => {
    log.setDeadline(TENDER, 1, DEADLINE);
    const index = log.setDeadline(TENDER, 2, DEADLINE + HOUR);
    await custodian.noteDeadline({ proof: await proof({ version: 2, bidDeadline: DEADLINE + HOUR, index }) });
    custodian = start();
    now = DEADLINE + HOUR;
    await refused(request(), /deadline has been changed/);
    const deadline = await proof({ version: 2, bidDeadline: DEADLINE + HOUR, index, at: now });
    expect((await custodian.releaseShares(await request({ deadline }))).shares[0]?.fault).toBeNull();
  });

  it('the same version with another instant, and any earlier instant, are refused', async () => {
    log.setDeadline(TENDER, 1, DEADLINE);
    await custodian.noteDeadline({ proof: await proof() });
    const same = log.setDeadline(TENDER, 1, DEADLINE + 1);
    await refused(request({ deadline: await proof({ bidDeadline: DEADLINE + 1, index: same }) }), /another than/);
    const earlier = log.setDeadline(TENDER, 2, DEADLINE - HOUR);
    const deadline = await proof({ version: 2, bidDeadline: DEADLINE - HOUR, index: earlier });
    await refused(request({ deadline }), /earlier than one seen/);
    await expect(custodian.noteDeadline({ proof: deadline })).rejects.toMatchObject({ type: 'custodian-refused' });
  });

  it('while the clock is suspended nothing is opened, and what follows is not earlier', async () => {
    log.setDeadline(TENDER, 1, DEADLINE);
    await custodian.noteDeadline({ proof: await proof() });
    const suspended = log.setDeadline(TENDER, 2, null);
    await refused(request({ deadline: await proof({ version: 2, bidDeadline: null, index: suspended }) }), /suspended/);
    const earlier = log.setDeadline(TENDER, 3, DEADLINE - HOUR);
    await refused(
      request({ deadline: await proof({ version: 3, bidDeadline: DEADLINE - HOUR, index: earlier }) }),
      /earlier than one seen/,
    );
    const resumed = log.setDeadline(TENDER, 4, DEADLINE + HOUR);
    now = DEADLINE + HOUR;
    const deadline = await proof({ version: 4, bidDeadline: DEADLINE + HOUR, index: resumed, at: now });
    expect((await custodian.releaseShares(await request({ deadline }))).shares[0]?.fault).toBeNull();
  });
});
