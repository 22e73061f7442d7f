import { createHash } from 'node:crypto';

/** On a screen light or dark, down to the width of a phone; on paper A4, black on white. */
export const FORM_STYLE = `
:root { color-scheme: light dark; --ink: #1a1a1a; --soft: #595959; --line: #b3b3b3; --paper: #fff; --desk: #f1f1ef;
  --shade: #f4f4f4; --link: #0b4f9e; --seal: #a3271f; }
@media (prefers-color-scheme: dark) {
  :root { --ink: #e8e6e3; --soft: #b3aea8; --line: #5c5852; --paper: #1e1d1b; --desk: #141312; --shade: #2a2826; --link: #8ab8f0; }
}
* { box-sizing: border-box; }
body { margin: 0; color: var(--ink); background: var(--desk);
  font: 1rem/1.75 "Noto Sans SC", "Source Han Sans SC", "PingFang SC", "Microsoft YaHei", sans-serif; }
main, footer, [role=note] { max-width: 50rem; margin: 0 auto; padding: 0 3rem; background: var(--paper); }
main { padding-top: 2.5rem; padding-bottom: 1rem; }
footer { display: flex; gap: 1rem; align-items: flex-start; padding-top: 1rem; padding-bottom: 2rem; }
[role=note] { padding-top: .75rem; padding-bottom: .75rem; border-left: .25rem solid var(--seal); overflow-wrap: anywhere; }
h1 { margin: 0 0 1.5rem; font-size: 1.55rem; line-height: 1.4; text-align: center; text-wrap: balance; overflow-wrap: anywhere; }
h2 { margin: 1rem 0 .2rem; font-size: 1.06rem; line-height: 1.75; overflow-wrap: anywhere; }
h2 span { font-weight: 400; }
h3 { margin: .3rem 0 0; font-size: 1rem; font-weight: 600; text-indent: 2em; overflow-wrap: anywhere; }
p, dl { margin: 0; }
main section > p, .lead, dl > div { text-indent: 2em; white-space: pre-wrap; overflow-wrap: anywhere; unicode-bidi: isolate; }
dt, dd { display: inline; margin: 0; }
dd span { display: block; }
.scroll { overflow-x: auto; margin: .4rem 0 .6rem; }
table { border-collapse: collapse; width: 100%; }
.wide { min-width: 38rem; }
th, td { border: 1px solid var(--line); padding: .25rem .5rem; text-align: left; vertical-align: top; white-space: pre-wrap;
  overflow-wrap: anywhere; unicode-bidi: isolate; line-height: 1.55; }
th { background: var(--shade); font-weight: 600; white-space: normal; }
.num { text-align: right; font-variant-numeric: tabular-nums; }
.signature { margin: 2rem 0 1rem auto; width: fit-content; max-width: 100%; text-align: right; overflow-wrap: anywhere; }
footer > div { flex: 1 1 0; min-width: 0; border-top: 1px solid var(--line); padding-top: .6rem; color: var(--soft); font-size: .8rem; line-height: 1.6; }
footer p { overflow-wrap: anywhere; }
footer svg { flex: none; width: 6.5rem; height: 6.5rem; }
a { color: var(--link); }
a:focus-visible, .scroll:focus-visible { outline: 3px solid var(--link); outline-offset: 2px; }
.drill { position: sticky; top: 0; z-index: 1; padding: .4rem; text-align: center; font-weight: 700; color: #fff; background: #a3271f; }
@media (max-width: 40rem) {
  main, footer, [role=note] { padding-left: 1rem; padding-right: 1rem; }
  main { padding-top: 1.25rem; }
  h1 { font-size: 1.25rem; }
}
@page { size: A4; margin: 22mm 25mm 20mm; }
@media print {
  :root { color-scheme: light; --ink: #000; --soft: #333; --line: #777; --paper: #fff; --desk: #fff; --shade: #f4f4f4; --link: #000; --seal: #777; }
  body { font-size: 10.5pt; line-height: 1.65; }
  main, footer, [role=note] { max-width: none; padding: 0; }
  .drill { position: fixed; left: 0; right: 0; -webkit-print-color-adjust: exact; print-color-adjust: exact; }
  .drill ~ main { padding-top: 14mm; -webkit-box-decoration-break: clone; box-decoration-break: clone; }
  h1 { margin-bottom: 5mm; font-size: 17pt; }
  h2, h3 { break-after: avoid; }
  h2 { margin-top: 2mm; font-size: 11pt; }
  h3 { font-size: 10.5pt; }
  p, dl > div { orphans: 2; widows: 2; }
  tr, footer, .signature { break-inside: avoid; }
  .signature { margin: 6mm 0 3mm auto; break-before: avoid; }
  .scroll { overflow: visible; }
  .wide { min-width: 0; }
  footer { padding-top: 2mm; }
  footer > div { font-size: 7.5pt; }
  footer svg { width: 22mm; height: 22mm; }
  nav { display: none; }
  a { text-decoration: none; }
}
`;

/** By which a policy allows it. */
export const FORM_STYLE_HASH = `'sha256-${createHash('sha256').update(FORM_STYLE).digest('base64')}'`;
