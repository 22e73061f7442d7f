import { Encrypter } from 'age-encryption';

/** Whether a text is a public key of the suite `age-x25519`: age has other types, which nobody here could open. */
export function isRecipient(text: string): boolean {
  if (!/^age1[02-9ac-hj-np-z]{58}$/.test(text)) return false;
  try {
    new Encrypter().addRecipient(text);
    return true;
  } catch {
    return false;
  }
}
