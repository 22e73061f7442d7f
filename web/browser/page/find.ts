/** In a box that looks for a name, the Enter key looks, and sends no form. */
export function findOnEnter(): void {
  document.addEventListener('keydown', (event) => {
    const { target } = event;
    if (event.key === 'Enter' && target instanceof HTMLInputElement && 'find' in target.dataset) event.preventDefault();
  });
}
