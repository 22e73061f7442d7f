// The code stands after the number sign, so that no server and no log has it: it is put into its field, and out of the address.

const code = location.hash.slice(1);
const field = document.querySelector<HTMLInputElement>('[name=token]');
if (field && code !== '') {
  field.value = code;
  history.replaceState(null, '', location.pathname + location.search);
  document.querySelector<HTMLInputElement>('[name=name]')?.focus();
}
