/** Changes come in bursts: one request for all of them (ms). */
const TOGETHER_MS = 300;

/** Brings `<… id data-live="address of the stream">` up to date when something has changed, unless somebody types in it. */
export function keepLive(): void {
  const [shown] = document.querySelectorAll<HTMLElement>('[data-live][id]');
  const address = shown?.dataset['live'];
  if (!shown || address === undefined) return;
  const { id } = shown;
  let waiting: ReturnType<typeof setTimeout> | undefined;
  const refresh = async (): Promise<void> => {
    waiting = undefined;
    const present = document.getElementById(id);
    if (!present || present.contains(document.activeElement)) return;
    const answer = await fetch(location.href, { headers: { accept: 'text/html' } }).catch(() => null);
    if (!answer?.ok || answer.redirected) return;
    const fresh = new DOMParser().parseFromString(await answer.text(), 'text/html').getElementById(id);
    if (fresh) present.replaceWith(fresh);
  };
  new EventSource(address).addEventListener('changed', () => {
    waiting ??= setTimeout(() => void refresh(), TOGETHER_MS);
  });
}
