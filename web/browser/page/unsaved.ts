/** Asks before a form that was changed is left without being sent. */
export function guardUnsaved(): void {
  const changed = new Set<HTMLFormElement>();
  document.addEventListener('input', ({ target }) => {
    const form = target instanceof Element ? target.closest('form[data-guard]') : null;
    if (form instanceof HTMLFormElement) changed.add(form);
  });
  document.addEventListener('submit', ({ target }) => void changed.delete(target as HTMLFormElement));
  addEventListener('beforeunload', (event) => {
    if (changed.size > 0) event.preventDefault();
  });
}
