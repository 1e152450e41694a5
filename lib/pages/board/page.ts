import { html } from '../html.js'
import { page } from '../page.js'

/** The page of the board, still empty: its script fills it with what the server sends. */
export function boardPage({ title, command }: { readonly title: string; readonly command?: string }): string {
  return page({
    title,
    connects: 'self',
    lead: html`<div id="board">
<p class="lead" id="stage" role="status">Waits for the run.</p>
<progress id="whole" max="1" aria-label="Share of the run that is done"></progress>
<dl class="figures">
<div><dt>Time left</dt><dd id="left">–</dd></div>
<div><dt>Time so far</dt><dd id="elapsed">–</dd></div>
<div><dt>Trainings ended</dt><dd id="tried">–</dd></div>
<div><dt>Best so far</dt><dd><span id="best">–</span><small id="best-name"></small></dd></div>
</dl>
<p><button type="button" id="stop">Stop the run</button></p>
<p class="muted">What is known by then is kept, printed and written.</p>
${command === undefined ? undefined : html`<pre class="command">${command}</pre>`}
</div>`,
    sections: [
      {
        heading: 'Running now',
        content: html`<div class="scroll" tabindex="0" role="group" aria-label="Table"><table>
<thead><tr><th scope="col">training</th><th scope="col">done</th></tr></thead><tbody id="members"></tbody></table></div>
<p class="muted" id="no-members">Nothing at the moment.</p>`,
      },
      {
        heading: 'The best so far',
        content: html`<div class="plot" id="progress-plot" role="img" aria-label="Best value so far over time; its last value stands above"></div>`,
      },
      {
        heading: 'Curves of the latest trainings',
        content: html`<div class="plot" id="curves-plot" role="img" aria-label="Metric by epoch of the latest trainings; their last values stand in the table below"></div>`,
      },
      {
        heading: 'Latest results',
        content: html`<div class="scroll" tabindex="0" role="group" aria-label="Table"><table>
<thead><tr><th scope="col">training</th><th scope="col">value</th><th scope="col" class="number">time</th></tr></thead>
<tbody id="results"></tbody></table></div>`,
      },
    ],
  })
}
