// A member's marks are sent item by item, when an item is left. What could not be sent stays in the browser's own store until it is.

interface Texts {
  readonly saved: string;
  readonly saving: string;
  readonly offline: string;
  readonly refused: string;
  readonly restored: string;
}

/** How often what was not sent is tried again (ms), and how long one try may take. */
const AGAIN_MS = 5_000;
const TIMEOUT_MS = 15_000;

type Control = HTMLInputElement | HTMLSelectElement | HTMLTextAreaElement;

const place = document.querySelector<HTMLElement>('[data-sheet]');
const form = place?.querySelector('form');
if (place && form) begin(place, form);

function begin(of: HTMLElement, sheet: HTMLFormElement): void {
  const texts = JSON.parse(of.dataset['texts'] ?? '{}') as Texts;
  const keyOf = (item: HTMLElement): string =>
    `kaibiao.sheet ${location.pathname} ${of.dataset['sheet'] ?? ''} ${item.dataset['item'] ?? ''}`;
  const items = [...sheet.querySelectorAll<HTMLElement>('[data-item]')];
  const controlsOf = (item: HTMLElement): Control[] => [...item.querySelectorAll<Control>('input, select, textarea')];
  const say = (item: HTMLElement, state: string, text: string): void => {
    const status = item.querySelector<HTMLElement>('[data-state]');
    if (!status) return;
    status.dataset['state'] = state;
    status.className = state === 'refused' ? 'error' : 'small';
    status.textContent = text;
  };
  /** What this tab has sent: a page that was asked for before it was stored shows less, and is asked for again. */
  const sentKeyOf = (item: HTMLElement): string => `${keyOf(item)} sent`;
  const typedIn = (item: HTMLElement): string =>
    JSON.stringify(Object.fromEntries(controlsOf(item).map((each) => [each.name, each.value])));
  const unsent = new Set<HTMLElement>();
  /** One at a time: a later mark never overtakes an earlier one. */
  let sending = Promise.resolve();

  const keep = (item: HTMLElement): void => {
    localStorage.setItem(keyOf(item), typedIn(item));
    unsent.add(item);
  };

  const send = async (item: HTMLElement): Promise<void> => {
    const kept = localStorage.getItem(keyOf(item));
    if (kept === null) return;
    const body = new URLSearchParams({ _item: item.dataset['item'] ?? '', ...(JSON.parse(kept) as object) });
    for (const name of ['_token', '_do', 'bid', 'part']) body.set(name, new FormData(sheet).get(name) as string);
    say(item, 'saving', texts.saving);
    let response: Response;
    try {
      response = await fetch(sheet.action, {
        method: 'POST',
        body,
        headers: { accept: 'application/json' },
        redirect: 'error',
        signal: AbortSignal.timeout(TIMEOUT_MS),
      });
    } catch {
      say(item, 'offline', texts.offline);
      return;
    }
    if (response.status >= 500 || response.status === 429) {
      say(item, 'offline', texts.offline);
      return;
    }
    unsent.delete(item);
    if (response.ok) {
      const sentKey = sentKeyOf(item);
      sessionStorage.setItem(sentKey, kept);
      // Marks are not left in the tab for whoever uses it next.
      setTimeout(() => {
        if (sessionStorage.getItem(sentKey) === kept) sessionStorage.removeItem(sentKey);
      }, AGAIN_MS);
      // Unless it was changed while it was sent.
      if (localStorage.getItem(keyOf(item)) === kept) localStorage.removeItem(keyOf(item));
      say(item, 'saved', texts.saved);
      return;
    }
    const { message = '' } = (await response.json().catch(() => ({}))) as { message?: string };
    say(item, 'refused', texts.refused + message);
  };

  const waiting = new Set<HTMLElement>();
  const queue = (item: HTMLElement): void => {
    if (waiting.has(item)) return;
    waiting.add(item);
    sending = sending.then(() => {
      waiting.delete(item);
      return send(item);
    });
  };

  let isOlder = false;
  for (const item of items) {
    item.addEventListener('change', () => {
      keep(item);
      // A mark may wait for its reason, and is sent all the same: it says so if one is needed.
      queue(item);
    });
    const kept = localStorage.getItem(keyOf(item));
    const sent = sessionStorage.getItem(sentKeyOf(item));
    sessionStorage.removeItem(sentKeyOf(item));
    if (kept === null) {
      isOlder ||= sent !== null && sent !== typedIn(item);
      continue;
    }
    const typed = JSON.parse(kept) as Record<string, string>;
    for (const control of controlsOf(item)) control.value = typed[control.name] ?? control.value;
    say(item, 'restored', texts.restored);
    unsent.add(item);
    queue(item);
  }

  // Once for what was sent.
  if (isOlder) location.reload();

  const again = (): void => {
    for (const item of unsent) queue(item);
  };
  addEventListener('online', again);
  setInterval(again, AGAIN_MS);
  // Sent by the button: the page that follows shows what is stored.
  sheet.addEventListener('submit', () => {
    for (const item of items) localStorage.removeItem(keyOf(item));
  });
}
