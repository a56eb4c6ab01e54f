"""The style of the report: light and dark, wide and narrow, on screen and on paper."""

SHEET = """
:root {
  --paper: #ffffff; --ink: #1a1a1a; --soft: #5f6368; --line: #dadce0; --tint: #f4f6f8; --accent: #0072b2;
}
@media (prefers-color-scheme: dark) {
  :root {
    --paper: #15181c; --ink: #e8eaed; --soft: #a8adb4; --line: #3a3f45; --tint: #1f2429; --accent: #7cc4ef;
  }
}
* { box-sizing: border-box; }
body {
  margin: 0; background: var(--paper); color: var(--ink);
  font: 1rem/1.55 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif;
  overflow-wrap: anywhere;
}
main { max-width: 66rem; margin: 0 auto; padding: 2rem 1.25rem 4rem; }
header p { color: var(--soft); margin: 0 0 .25rem; }
h1 { font-size: clamp(1.5rem, 4.2vw, 2.15rem); line-height: 1.2; margin: 0 0 .5rem; text-wrap: balance; }
h2 { font-size: 1.2rem; margin: 2.5rem 0 .75rem; }
.facts { display: flex; flex-wrap: wrap; gap: .75rem; margin: 1.5rem 0 0; }
.facts div { background: var(--tint); border-radius: .5rem; padding: .6rem .9rem; flex: 1 0 auto; }
.commands dd { margin: 0 0 1rem .25rem; color: var(--soft); }
.facts dt { color: var(--soft); font-size: .875rem; }
.facts dd { margin: 0; font-size: 1.3rem; font-weight: 600; font-variant-numeric: tabular-nums; }
.figures { display: flex; flex-wrap: wrap; gap: 1.25rem; align-items: flex-start; }
figure { margin: 0; max-width: 100%; }
.picture { background: #ffffff; border: 1px solid var(--line); border-radius: .5rem; padding: .6rem; overflow-x: auto; }
.picture img { display: block; max-width: 100%; height: auto; }
figcaption { color: var(--soft); font-size: .9rem; margin: .4rem .25rem 0; }
figcaption strong { color: var(--ink); }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; font-size: .925rem; font-variant-numeric: tabular-nums; }
th, td { padding: .3rem .9rem; text-align: right; border-bottom: 1px solid var(--line); white-space: nowrap; }
th { font-weight: 600; text-align: right; }
th[scope=row] { font-weight: 400; }
.words th, .words td { text-align: left; vertical-align: top; white-space: normal; }
.words th[scope=row] { color: var(--soft); white-space: nowrap; }
.runs th:first-child { text-align: left; white-space: normal; min-width: 10rem; }
.runs thead th { white-space: normal; overflow-wrap: normal; }
tr.best > * { background: var(--tint); font-weight: 600; }
caption { text-align: left; color: var(--soft); padding-bottom: .4rem; }
details { border: 1px solid var(--line); border-radius: .5rem; padding: .6rem 1rem; margin: .75rem 0; }
summary { cursor: pointer; font-weight: 600; color: var(--accent); }
details[open] summary { margin-bottom: .6rem; }
pre { background: var(--tint); border-radius: .5rem; padding: .8rem 1rem; margin: .5rem 0; overflow-x: auto; }
pre, code { font: .875rem/1.5 ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", monospace; }
.note { border-left: .25rem solid #d55e00; padding: .2rem 0 .2rem .9rem; margin: 1rem 0; }
footer { color: var(--soft); font-size: .875rem; }
footer { margin-top: 3rem; padding-top: 1rem; border-top: 1px solid var(--line); }
@media (max-width: 40rem) {
  main { padding: 1.25rem .9rem 3rem; }
  .facts div { flex: 1 1 40%; padding: .5rem .75rem; }
  .facts dd { font-size: 1.1rem; }
  .wide img { max-width: none; width: max(100%, calc(.7 * var(--natural))); }
  th, td { padding: .3rem .55rem; }
  .words th[scope=row] { white-space: normal; }
}
@media print {
  :root { --paper: #ffffff; --ink: #000000; --soft: #444444; --line: #bbbbbb; --tint: #f4f4f4; --accent: #000000; }
  main { max-width: none; padding: 0; }
  figure, tr, .facts { break-inside: avoid; }
  .figures figure:not(.wide) { width: calc(50% - .7rem) !important; }
  h2 { break-after: avoid; }
  .picture, details, .scroll, pre { overflow: visible; }
  pre { white-space: pre-wrap; }
  details::details-content { content-visibility: visible; display: block; height: auto; }
}
"""
