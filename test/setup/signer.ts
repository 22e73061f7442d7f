import { createSigner, type Signer } from '../../proofs/signing.ts';

/** Of tests alone: the first key of RFC 8037, appendix A.1, which everybody knows. */
const SECRET = {
  kty: 'OKP',
  crv: 'Ed25519',
  d: 'nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A',
  x: '11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo',
};

export const testSigner = (): Promise<Signer> => createSigner(SECRET);
