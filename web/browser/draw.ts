import type { DrawParty } from '../../domain/draws/terms.ts';
import { commitmentOf, PART } from '../../proofs/draw.ts';
import { answering, button, element, input, offer, show } from './elements.ts';
import { UserError } from './user-error.ts';

// The part of the seed of a party is made where its person sits, and kept there in a file until it is handed in: the platform has its
// hash alone until then.

const PART_BYTES = 32;

/** Makes a part, offers it as a file, and fills the commitment in. */
function makePart({ draw = '', party = '' }: DOMStringMap): void {
  const bytes = crypto.getRandomValues(new Uint8Array(PART_BYTES));
  const part = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
  offer('draw-save', new Blob([`${part}\n`], { type: 'text/plain' }), `kaibiao-draw-${draw}-${party}.txt`);
  element('draw-save', HTMLAnchorElement).click();
  const field = input('f-commitment');
  field.value = commitmentOf(draw, party as DrawParty, part);
  field.dispatchEvent(new Event('input', { bubbles: true }));
  show('draw-made', true);
}

/** Fills the part in from the file in which it was kept. */
async function readPart(chooser: HTMLInputElement): Promise<void> {
  const [file] = chooser.files ?? [];
  if (!file) return;
  const part = (await file.slice(0, 1_000).text()).trim();
  if (!PART.test(part))
    throw new UserError(
      '该文件不是随机数文件：应为一行 64 个十六进制字符',
      'this file has no part of a seed: it is one line of 64 hexadecimal characters',
    );
  const field = input('f-part');
  field.value = part;
  field.dispatchEvent(new Event('input', { bubbles: true }));
}

const making = document.querySelector<HTMLElement>('#draw-making');
if (making) {
  making.hidden = false;
  button('draw-make').addEventListener('click', () => makePart(making.dataset));
}
const reading = document.querySelector<HTMLElement>('#draw-reading');
if (reading) {
  reading.hidden = false;
  const chooser = input('draw-file');
  chooser.addEventListener('change', () => answering('draw-fault', () => readPart(chooser))());
}
