/** Asks before a form that was changed is left without being sent. */
export function guardUnsaved(): void {
  // The server shows again what was typed where rows were added, or something was refused.
  const changed = new Set(document.querySelectorAll<HTMLFormElement>('form[data-guard=changed]'));
  document.addEventListener('input', ({ target }) => {
    const form = target instanceof Element ? target.closest('form[data-guard]') : null;
    if (form instanceof HTMLFormElement) changed.add(form);
  });
  document.addEventListener('submit', ({ target }) => void changed.delete(target as HTMLFormElement));
  addEventListener('beforeunload', (event) => {
    if (changed.size > 0) event.preventDefault();
  });
}
