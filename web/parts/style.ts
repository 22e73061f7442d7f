/** The one style sheet. Colours, sizes and distances are the tokens at its top; a part names tokens, never a value. */
export const STYLE = `
:root {
  color-scheme: light dark;
  --ink: #1b1f24; --ink-soft: #555d66; --paper: #ffffff; --ground: #f5f6f4; --line: #d4d8d6; --line-strong: #868e8b;
  --seal: #a3271f; --seal-ground: #fbeceb; --link: #14508c; --ok: #22653a; --ok-ground: #ecf5ee; --warn: #7a4d00; --warn-ground: #fdf4e0;
  --info-ground: #edf3f9; --focus: #1f6fc4; --on-seal: #ffffff;
  --qr: #000000; --qr-ground: #ffffff;
  --step: .5rem; --round: .3rem; --text: 1rem; --small: .875rem; --wide: 76rem; --measure: 46rem;
  --sans: "Noto Sans SC", "Source Han Sans SC", "PingFang SC", "Microsoft YaHei", system-ui, sans-serif;
  --mono: ui-monospace, "SFMono-Regular", Consolas, monospace;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ink: #e6e8e6; --ink-soft: #a9b0ae; --paper: #1a1d1f; --ground: #121415; --line: #3a4042; --line-strong: #7d8684;
    --seal: #f0857c; --seal-ground: #3a1f1d; --link: #8dbdf0; --ok: #86cf9d; --ok-ground: #1b2e21; --warn: #e6b45c; --warn-ground: #33290f;
    --info-ground: #1b2733; --focus: #7db8f5; --on-seal: #1a1d1f;
  }
}
*, *::before, *::after { box-sizing: border-box; }
html { scroll-padding-top: 4rem; }
body { margin: 0; background: var(--ground); color: var(--ink); font: var(--text)/1.65 var(--sans); overflow-wrap: anywhere; }
a { color: var(--link); text-underline-offset: .15em; }
:focus-visible { outline: .18rem solid var(--focus); outline-offset: .12rem; border-radius: var(--round); }
h1 { font-size: 1.6rem; line-height: 1.35; margin: 0 0 calc(2 * var(--step)); }
h2 { font-size: 1.15rem; line-height: 1.4; margin: calc(4 * var(--step)) 0 var(--step); }
h3 { font-size: 1rem; margin: calc(2 * var(--step)) 0 var(--step); }
p { margin: 0 0 var(--step); }
code, .code { font-family: var(--mono); font-size: .9em; }
.visually-hidden { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
.skip { position: absolute; left: -99rem; } .skip:focus { left: var(--step); top: var(--step); background: var(--paper); padding: var(--step); z-index: 9; }
.soft { color: var(--ink-soft); } .small { font-size: var(--small); } .nowrap { white-space: nowrap; } .lines { white-space: pre-wrap; }
.number { text-align: right; font-variant-numeric: tabular-nums; }

.site-head { background: var(--paper); border-bottom: 2px solid var(--seal); }
.site-head > div, .site-foot > div { max-width: var(--wide); margin: 0 auto; padding: var(--step) calc(2 * var(--step)); display: flex; flex-wrap: wrap; gap: var(--step) calc(3 * var(--step)); align-items: center; }
.site-name { font-weight: 700; font-size: 1.15rem; color: var(--ink); text-decoration: none; }
.site-head nav ul, .menu ul { list-style: none; display: flex; flex-wrap: wrap; gap: 0 calc(2 * var(--step)); margin: 0; padding: 0; }
.site-head nav a, .menu a { display: inline-block; padding: .35rem 0; color: var(--ink); text-decoration: none; }
.site-head nav a:hover, .menu a:hover { text-decoration: underline; }
[aria-current=page] { font-weight: 700; box-shadow: inset 0 -2px var(--seal); }
.site-head .right { margin-left: auto; display: flex; flex-wrap: wrap; gap: calc(2 * var(--step)); align-items: center; }
.site-foot { border-top: 1px solid var(--line); margin-top: calc(8 * var(--step)); color: var(--ink-soft); font-size: var(--small); }
.drill { background: var(--seal); color: var(--on-seal); padding: .35rem calc(2 * var(--step)); font-weight: 700; text-align: center; }
.drill form { display: inline; } .drill-clock { margin-left: calc(2 * var(--step)); font-weight: 400; } .drill a { color: inherit; }
main { max-width: var(--wide); margin: 0 auto; padding: calc(3 * var(--step)) calc(2 * var(--step)); }
.acting { background: var(--info-ground); padding: .35rem 0; font-size: var(--small); }
.acting > div { max-width: var(--wide); margin: 0 auto; padding: 0 calc(2 * var(--step)); display: flex; flex-wrap: wrap; gap: var(--step) calc(2 * var(--step)); align-items: center; }
.with-menu { display: grid; grid-template-columns: 12rem minmax(0, 1fr); gap: calc(4 * var(--step)); }
.menu ul { flex-direction: column; } .menu li { border-bottom: 1px solid var(--line); } .menu a { display: block; padding: .45rem .25rem; }
.crumbs { font-size: var(--small); margin-bottom: var(--step); } .crumbs ol { list-style: none; display: flex; flex-wrap: wrap; margin: 0; padding: 0; }
.crumbs li + li::before { content: "›"; margin: 0 .5em; color: var(--ink-soft); }

.card { background: var(--paper); border: 1px solid var(--line); border-radius: var(--round); padding: calc(2 * var(--step)) calc(2.5 * var(--step)); margin: 0 0 calc(2 * var(--step)); }
.card > :first-child { margin-top: 0; } .card > :last-child { margin-bottom: 0; }
.note { border-left: .3rem solid var(--line-strong); background: var(--info-ground); padding: var(--step) calc(2 * var(--step)); margin: 0 0 calc(2 * var(--step)); }
.note.fault { border-color: var(--seal); background: var(--seal-ground); } .note.good { border-color: var(--ok); background: var(--ok-ground); } .note.warn { border-color: var(--warn); background: var(--warn-ground); }
.note > :last-child { margin-bottom: 0; }
.tag { display: inline-block; border: 1px solid var(--line-strong); border-radius: 1em; padding: 0 .7em; font-size: var(--small); white-space: nowrap; }
.tag.wrap { white-space: normal; border-radius: var(--round); } .tag.good { color: var(--ok); border-color: var(--ok); } .tag.fault { color: var(--seal); border-color: var(--seal); } .tag.warn { color: var(--warn); border-color: var(--warn); }

/* Positioned: what is hidden in it scrolls with it, and does not make the page wide. */
.table-box { position: relative; overflow-x: auto; background: var(--paper); border: 1px solid var(--line); border-radius: var(--round); margin: 0 0 calc(2 * var(--step)); }
table { border-collapse: collapse; width: 100%; } caption { text-align: left; padding: var(--step); font-weight: 600; }
th, td { text-align: left; vertical-align: top; padding: .5rem .75rem; border-bottom: 1px solid var(--line); } tr:last-child > * { border-bottom: 0; }
/* Names are not broken between each two letters where a table is narrow: it scrolls. */
.table-box td:not(.number) { min-width: 5.5rem; } td.number { white-space: nowrap; }
thead th { background: var(--ground); font-size: var(--small); white-space: nowrap; }
dl.facts { display: grid; grid-template-columns: minmax(7rem, 12rem) minmax(0, 1fr); gap: .35rem calc(2 * var(--step)); margin: 0 0 calc(2 * var(--step)); }
dl.facts > dt { color: var(--ink-soft); } dl.facts > dd { margin: 0; } dl.facts dl.facts { margin: 0; }
ul.plain, ol.plain { list-style: none; margin: 0; padding: 0; } .plain.card { padding: calc(.5 * var(--step)) calc(2 * var(--step)); margin: 0 0 calc(2 * var(--step)); } .plain > li { padding: var(--step) 0; border-bottom: 1px solid var(--line); } .plain > li:last-child { border-bottom: 0; }
ul.due > li { display: flex; flex-wrap: wrap; gap: var(--step) calc(2 * var(--step)); align-items: center; } ul.due > li > div { flex: 1 1 16rem; } ul.due p { margin: 0; }
.steps ol { list-style: none; counter-reset: step; display: flex; flex-wrap: wrap; gap: var(--step) calc(2 * var(--step)); margin: 0 0 calc(2 * var(--step)); padding: 0; } .steps li { counter-increment: step; } .steps a::before { content: counter(step) " "; color: var(--ink-soft); } .steps [aria-current] { font-weight: 700; color: var(--ink); text-decoration: none; box-shadow: inset 0 -2px var(--seal); } .steps .tag { margin-left: .3em; }
.tabs ul { list-style: none; display: flex; flex-wrap: wrap; gap: 0 calc(3 * var(--step)); margin: 0 0 calc(2 * var(--step)); padding: 0; border-bottom: 1px solid var(--line); } .tabs a { display: inline-block; padding: .5rem 0; text-decoration: none; } .tabs [aria-current=page] { color: var(--ink); }
.scroll { overflow-x: auto; } .scroll > svg { min-width: 40rem; }

.with-record { display: flex; flex-wrap: wrap-reverse; gap: calc(3 * var(--step)); align-items: flex-end; } .with-record > form { flex: 1 1 24rem; min-width: 0; } .with-record > .beside { flex: 1 1 20rem; order: 2; max-height: 80vh; overflow: auto; font-size: var(--small); } .beside dl.facts { grid-template-columns: minmax(0, 1fr); gap: 0; } .beside dl.facts > dd { margin-bottom: var(--step); }
form.act { max-width: var(--measure); } fieldset { border: 1px solid var(--line); border-radius: var(--round); padding: var(--step) calc(2 * var(--step)) calc(2 * var(--step)); margin: 0 0 calc(2 * var(--step)); background: var(--paper); min-width: 0; }
legend { font-weight: 600; padding: 0 .4em; } .field { margin: calc(1.5 * var(--step)) 0; } .field > label { display: block; font-weight: 600; margin-bottom: .2rem; }
.field .hint { color: var(--ink-soft); font-size: var(--small); margin: .15rem 0 .3rem; } .field .error, .error { color: var(--seal); font-weight: 600; font-size: var(--small); margin: .25rem 0 0; }
.search-line { display: flex; gap: var(--step); margin-bottom: var(--step); } .search-line input { flex: 1 1 8rem; min-width: 0; width: auto; } .said { color: var(--ink-soft); font-size: var(--small); margin: .2rem 0 0; } .said:empty { display: none; }
fieldset.row { display: grid; grid-template-columns: repeat(auto-fill, minmax(12rem, 1fr)); gap: 0 calc(2 * var(--step)); align-items: end; } fieldset.row > fieldset, fieldset.row > button, fieldset.row > .field:has(textarea) { grid-column: 1 / -1; justify-self: stretch; } fieldset.row > button { justify-self: start; } fieldset.row textarea { min-height: 3.5rem; height: 3.5rem; }
.wanted::after { content: " *"; color: var(--seal); }
input, select, textarea { font: inherit; color: inherit; background: var(--paper); border: 1px solid var(--line-strong); border-radius: var(--round); padding: .45rem .6rem; max-width: 100%; }
input:not([type=checkbox]):not([type=radio]):not([type=submit]), select, textarea { width: 100%; } input:not([type=checkbox]):not([type=radio]), select { min-height: 2.75rem; } textarea { min-height: 6rem; }
[aria-invalid=true] { border-color: var(--seal); border-width: 2px; }
.choice { display: flex; gap: .6rem; align-items: baseline; margin: .25rem 0; } .choice label { font-weight: 400; }
button, .button { font: inherit; font-weight: 600; cursor: pointer; padding: .5rem 1.1rem; min-height: 2.75rem; border-radius: var(--round); border: 1px solid var(--seal); background: var(--seal); color: var(--on-seal); text-decoration: none; display: inline-block; }
button.plain, .button.plain { background: var(--paper); color: var(--seal); } button.small { min-height: 2rem; padding: .2rem .7rem; } button:disabled { opacity: .55; cursor: not-allowed; }
.buttons { display: flex; flex-wrap: wrap; gap: var(--step); margin: calc(2 * var(--step)) 0; }
form.filter { display: flex; flex-wrap: wrap; gap: var(--step); align-items: end; margin: 0 0 calc(2 * var(--step)); } form.filter .field { margin: 0; flex: 1 1 10rem; } form.filter select, form.filter input { min-height: 2.75rem; }
details > summary { cursor: pointer; font-weight: 600; padding: .3rem 0; }
.pages { display: flex; flex-wrap: wrap; gap: calc(2 * var(--step)); margin: 0 0 calc(2 * var(--step)); }
.grid { display: grid; grid-template-columns: repeat(auto-fill, minmax(16rem, 1fr)); gap: calc(2 * var(--step)); }

.timeline text { fill: var(--ink); font: 13px var(--sans); } .timeline .soft-text { fill: var(--ink-soft); font-size: 12px; }
.timeline .bar { fill: var(--info-ground); stroke: var(--line-strong); } .timeline .done { fill: var(--ok); } .timeline .planned { fill: var(--paper); stroke: var(--link); stroke-width: 2; } .timeline .late { fill: var(--seal); }
.timeline .now { stroke: var(--seal); stroke-width: 2; } .timeline .hatch { stroke: var(--warn); stroke-width: 2; } .timeline .provisional { stroke-dasharray: 4 3; } .timeline .axis { stroke: var(--line); }
/* Wider than a phone: it scrolls. */
.chart-box { overflow-x: auto; margin: 0 0 calc(2 * var(--step)); background: var(--paper); border: 1px solid var(--line); border-radius: var(--round); padding: var(--step); }
.chart-box svg { min-width: 42rem; width: 100%; display: block; } .timeline .projected { stroke-dasharray: 2 2; stroke: var(--line-strong); } .timeline .pause { opacity: .8; }
.trace { columns: 18rem; } .trace li { break-inside: avoid; border: 0 !important; padding: 0 !important; } details.notice { border-top: 1px solid var(--line); }
.chart rect { fill: var(--link); } .chart text { fill: var(--ink); font: 12px var(--sans); } .chart .axis { stroke: var(--line-strong); }

.desk { display: grid; grid-template-columns: minmax(0, 1fr) minmax(0, 26rem); gap: calc(3 * var(--step)); align-items: start; } .desk h2 { margin-top: 0; } .desk textarea { min-height: 3.5rem; } .paper.empty { height: auto; padding: calc(4 * var(--step)) calc(2 * var(--step)); text-align: center; }
.reading { position: sticky; top: var(--step); } .paper { width: 100%; height: 75vh; border: 1px solid var(--line); border-radius: var(--round); background: var(--paper); }
.qr { display: block; width: 15rem; max-width: 100%; margin: 0 0 var(--step); } .qr .ground { fill: var(--qr-ground); } .qr .squares { fill: var(--qr); }
ol.codes { columns: 2 12rem; } ol.codes li { break-inside: avoid; padding: .15rem 0; }
[hidden] { display: none !important; }
.island { max-width: var(--measure); } .island label { display: block; font-weight: 600; margin: var(--step) 0 .2rem; } .island label span, .island h1 span, .island h2 span, .island .en { font-weight: 400; color: var(--ink-soft); font-size: .85em; }
.island h2 { margin-top: 0; } .island form { margin-bottom: calc(2 * var(--step)); } .island .row { display: grid; grid-template-columns: 1fr 1fr; gap: 0 calc(2 * var(--step)); } .island .inline { display: flex; gap: var(--step); } .island .inline input { flex: 1; }
.island .known, .island .fault, .island .keep { border-left: .3rem solid var(--ok); background: var(--ok-ground); padding: var(--step) calc(2 * var(--step)); margin: var(--step) 0; white-space: pre-line; }
.island .fault { border-color: var(--seal); background: var(--seal-ground); } .island .keep { border-color: var(--warn); background: var(--warn-ground); } .island .hint { color: var(--ink-soft); font-size: var(--small); }
.island .check { display: flex; gap: .6rem; align-items: baseline; } .island progress { width: 100%; accent-color: var(--seal); } .island dl { display: grid; grid-template-columns: minmax(7rem, 12rem) minmax(0, 1fr); gap: .35rem calc(2 * var(--step)); } .island dt { color: var(--ink-soft); } .island dd { margin: 0; }
.island .saves { display: flex; flex-wrap: wrap; gap: var(--step); } .island .saves a { padding: .5rem 1.1rem; border: 1px solid var(--ok); border-radius: var(--round); color: var(--ok); font-weight: 600; }
ul.plain.card, ol.plain.card { padding: var(--step) calc(2.5 * var(--step)); } ol.plain { list-style: none; margin: 0; padding: 0; } ol.plain.card { margin-bottom: calc(2 * var(--step)); } ul.plain.card { margin-bottom: calc(2 * var(--step)); }
ol.plain > li { padding: var(--step) 0; border-bottom: 1px solid var(--line); } ol.plain > li:last-child { border-bottom: 0; }
ul.listed > li { padding: calc(1.5 * var(--step)) 0; } .listed-title { font-weight: 600; }
.board-filter > .field { flex: 1 1 16rem; } .board-filter > details { flex: 1 0 100%; }
.filter-grid { display: grid; grid-template-columns: repeat(auto-fill, minmax(12rem, 1fr)); gap: var(--step) calc(2 * var(--step)); } .filter-grid .field { margin: 0; }
.menu [aria-current=page] { box-shadow: inset .2rem 0 var(--seal); padding-left: .6rem; }

@media (max-width: 48rem) {
  .desk { grid-template-columns: minmax(0, 1fr); } .reading { position: static; } .paper { height: 60vh; }
  .island .row, .island dl { grid-template-columns: minmax(0, 1fr); }
  .with-menu { grid-template-columns: minmax(0, 1fr); } dl.facts { grid-template-columns: minmax(0, 1fr); gap: 0; } dl.facts > dd { margin-bottom: var(--step); }
  .menu [aria-current=page] { box-shadow: inset 0 -2px var(--seal); padding-left: .25rem; }
  main { padding: calc(2 * var(--step)); } h1 { font-size: 1.35rem; } .menu ul { flex-direction: row; } .menu li { border: 0; }
}
@media (prefers-reduced-motion: no-preference) { a, button { transition: background-color .12s; } }
@media print {
  :root { color-scheme: light; --ink: #000; --ink-soft: #333; --paper: #fff; --ground: #fff; }
  @page { size: A4; margin: 18mm 16mm; }
  .site-head nav, .site-head .right, .site-foot, .menu, .acting, form, .buttons, .skip, .crumbs { display: none !important; }
  main { padding: 0; max-width: none; } body { font-size: 10.5pt; } .with-menu { display: block; } .card, .table-box { border-color: #999; break-inside: avoid; } a { color: inherit; text-decoration: none; }
}
`;
