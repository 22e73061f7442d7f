import { wordsOf } from './user-error.ts';

/** An element that exists on the page. */
export function element<T extends HTMLElement>(id: string, kind: new () => T): T {
  const found = document.getElementById(id);
  if (!(found instanceof kind)) throw new TypeError(`no ${kind.name} #${id}`);
  return found;
}

export const any = (id: string): HTMLElement => element(id, HTMLElement);
export const input = (id: string): HTMLInputElement => element(id, HTMLInputElement);
export const button = (id: string): HTMLButtonElement => element(id, HTMLButtonElement);

export function setText(id: string, text: string): void {
  any(id).textContent = text;
}

export function show(id: string, shown: boolean): void {
  any(id).hidden = !shown;
}

/** Makes a link save these bytes; releases the previous ones. */
export function offer(id: string, blob: Blob, name: string): void {
  const link = element(id, HTMLAnchorElement);
  if (link.href !== '') URL.revokeObjectURL(link.href);
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.hidden = false;
}

/** Shows an error at a place of the page. */
export function say(id: string, error: unknown): void {
  const place = any(id);
  const { zh, en, rule } = wordsOf(error);
  place.textContent = `${zh}\n${en}`;
  if (rule !== undefined) {
    const link = document.createElement('a');
    link.href = rule;
    link.target = '_blank';
    link.rel = 'noopener';
    link.textContent = '依据的条文 / the rule';
    place.append('\n', link);
  }
  place.hidden = false;
  place.scrollIntoView({ block: 'nearest' });
}

/** Runs an action, and shows its error at `id`. */
export function answering(id: string, work: () => Promise<void>): () => void {
  return () => {
    show(id, false);
    work().catch((error: unknown) => say(id, error));
  };
}
