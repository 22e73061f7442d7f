/** A button that prints the page; without the script it is not shown, and the browser's own does. */
export function printOnClick(): void {
  for (const button of document.querySelectorAll<HTMLButtonElement>('button[data-print]')) {
    button.hidden = false;
    button.addEventListener('click', () => print());
  }
}
