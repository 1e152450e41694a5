/** The look of every page: readable at any width, light and dark as the reader's system is. */
export const style = `
:root {
  color-scheme: light dark;
  --background: #fcfcfb; --surface: #f3f3f0; --text: #1d1d1b; --muted: #5c5c57; --line: #d9d9d3; --accent: #0b5fa5;
  --good: #00714f; --bad: #b3401a; --plain: #63635d;
  --series-0: #0b6bb3; --series-1: #c4500a; --series-2: #00805c; --series-3: #a0468a; --series-4: #866200; --series-5: #4d55b8;
  --plot-background: var(--background);
}
@media (prefers-color-scheme: dark) {
  :root {
    --background: #171816; --surface: #212320; --text: #e9e9e4; --muted: #a3a39b; --line: #3a3c37; --accent: #7cbcf0;
    --good: #3ecf9c; --bad: #ff9366; --plain: #a9a9a1;
    --series-0: #63b3f2; --series-1: #ff9b5c; --series-2: #3ecf9c; --series-3: #e091cb; --series-4: #e0bd4f; --series-5: #a3abff;
  }
}
* { box-sizing: border-box }
html { -webkit-text-size-adjust: 100% }
body {
  margin: 0; background: var(--background); color: var(--text);
  font: 16px/1.55 system-ui, -apple-system, "Segoe UI", Roboto, "DejaVu Sans", sans-serif;
  overflow-wrap: anywhere;
}
main, header, footer { max-width: 60rem; margin: 0 auto; padding: 0 1.25rem }
header { padding-top: 2.25rem }
footer { padding-top: 1rem; padding-bottom: 3rem; color: var(--muted); font-size: .875rem }
h1 { font-size: 1.75rem; line-height: 1.2; margin: 0 0 .5rem; letter-spacing: -.01em }
h2 { font-size: 1.25rem; line-height: 1.3; margin: 0 0 .5rem }
h3 { font-size: 1rem; margin: 1.5rem 0 .25rem }
p { margin: 0 0 .75rem; max-width: 46rem }
a { color: var(--accent) }
section { padding: 1.5rem 0 .75rem; border-top: 1px solid var(--line) }
header + main > section:first-child { border-top: 0 }
.lead { font-size: 1.0625rem }
.muted, figcaption { color: var(--muted) }
figure { margin: 1rem 0 1.25rem }
figcaption { font-size: .875rem; margin-bottom: .5rem; max-width: 46rem }
.plot { width: 100%; min-height: 4rem }
.plot svg { display: block; max-width: 100% }
.plot [aria-label="tip"] { fill: var(--background) }
.legend { display: flex; flex-wrap: wrap; gap: .125rem 1.25rem; list-style: none; margin: 0 0 .25rem; padding: 0; font-size: .875rem }
.legend li { display: flex; align-items: center; gap: .5rem }
.swatch { width: 1.25rem; border-top: 3px solid; flex: none }
.swatch.forecast { border-top-style: dashed }
details { margin: .25rem 0 0; font-size: .875rem }
summary { cursor: pointer; color: var(--accent); padding: .25rem 0 }
.scroll { overflow-x: auto; max-width: 100% }
table { border-collapse: collapse; font-size: .875rem; font-variant-numeric: tabular-nums; min-width: min(100%, 24rem) }
th, td { text-align: left; padding: .35rem 1rem .35rem 0; border-bottom: 1px solid var(--line); vertical-align: top; overflow-wrap: normal }
th:last-child, td:last-child { padding-right: 0 }
thead th { color: var(--muted); font-weight: 600 }
tbody th { font-weight: 400; max-width: 22rem; min-width: 7rem; overflow-wrap: anywhere }
td { min-width: 3rem } td:not(.number) { min-width: 6rem }
td small { display: block; color: var(--muted); white-space: nowrap }
td.number, th.number { text-align: right; white-space: nowrap }
td small.wrapped { white-space: normal }
.figures { display: grid; grid-template-columns: repeat(auto-fit, minmax(9.5rem, 1fr)); gap: .75rem; margin: 1rem 0; padding: 0 }
.figures div { background: var(--surface); border-radius: .5rem; padding: .75rem .875rem }
.figures dt { color: var(--muted); font-size: .8125rem }
.figures dd { margin: 0; font-size: 1.25rem; font-weight: 600; font-variant-numeric: tabular-nums }
.figures small { display: block; font-size: .8125rem; font-weight: 400; color: var(--muted) }
.good { color: var(--good) } .bad { color: var(--bad) } .plain { color: var(--plain) }
pre { margin: .5rem 0 1rem; padding: .75rem .875rem; background: var(--surface); border-radius: .5rem; overflow-x: auto; font: .8125rem/1.5 ui-monospace, "DejaVu Sans Mono", monospace }
pre.command { white-space: pre-wrap }
progress { width: 100%; height: .5rem; accent-color: var(--accent) }
button { font: inherit; font-weight: 600; padding: .5rem 1.25rem; border-radius: .5rem; border: 1px solid var(--bad); background: transparent; color: var(--bad); cursor: pointer }
button:hover:enabled { background: var(--bad); color: var(--background) }
button:disabled { opacity: .5; cursor: default }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px }
.pictures { display: flex; flex-wrap: wrap; gap: .5rem }
.pictures img { width: 64px; display: block; image-rendering: pixelated }
.pictures figure { margin: 0 }
.pictures figcaption { font-size: .75rem; margin: 0 }
@media (max-width: 560px) {
  main, header, footer { padding-left: 1rem; padding-right: 1rem }
  h1 { font-size: 1.5rem }
  .figures { grid-template-columns: repeat(2, 1fr) }
}
@media print { details { display: none } }
`
