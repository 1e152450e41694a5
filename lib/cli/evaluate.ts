import type { Json } from '../files/strict-json.js'
import { evaluateTable } from '../strategy/tables/evaluate-table.js'
import { reportJson, scoresJson } from '../strategy/tables/scores-json.js'
import type { Command, Given } from './command.js'
import { loadWithEncoder, trainedEpochs } from './model-file.js'
import { readerOptions, readerSettings, settingsFor } from './reader-options.js'
import { headerOf, shownReading } from './reading.js'
import { comparisonText, reportText, scoresText } from './scores.js'
import { Source } from './source.js'
import { counted, say, secondsSince, type Terminal, tell, throwIfInterrupted, UsageError, widthOf } from './terminal.js'
import { checkJson, checkText } from './unlike-rows.js'

export const evaluate: Command = {
  name: 'evaluate',
  summary: 'Tells how good a model is on a CSV file that has the target.',
  arguments: [
    { name: 'model.safetensors', help: 'a model that deepblas train has saved' },
    { name: 'test.csv', help: "a file with the model's columns and the target; - for standard input" },
  ],
  options: readerOptions,
  notes: `
Rows without a target are left out and counted. A label that the model was not trained on is an error; a category that it
has not seen counts as unknown, and is told, as are values far outside the training's. Of classes, the confusion matrix and
each class's scores are printed, and what the accuracy has to be compared with: that of always answering the largest class.

--json: { task, target, rows, features, epochs, seconds, model, metrics, balancedAccuracy, majority, classes, confusion,
unknown, outside }; the first eight as deepblas train prints them, epochs those of the training; the next four of classes
alone: a row of confusion is a class, a column what it was taken for, both in the order of classes.

Exit code: 0; 1 failed; 2 wrong use.`,
  run: runEvaluate,
}

async function runEvaluate(given: Given, terminal: Terminal): Promise<Readonly<Record<string, Json>>> {
  const started = performance.now()
  const [path, file] = given.arguments as readonly [string, string]
  const { model, encoder, target } = await loadWithEncoder(path)
  const source = Source.of(file, terminal)
  const asked = readerSettings(given)
  const header = await headerOf(source, asked, [target], terminal)
  if (!header.includes(target)) {
    throw new UsageError(
      `${source.name} has no column '${target}', the target of ${path}. Without it: deepblas predict.`,
    )
  }
  const { rows, metrics, report, unlike } = await evaluateTable(model, source.read(), {
    ...settingsFor(asked, header),
    signal: terminal.signal,
    onProgress: shownReading({ source }, target, terminal),
  })
  tell(terminal, checkText(unlike))
  await throwIfInterrupted(terminal)
  const line = `${counted(rows, 'row')} of ${source.name}: ${scoresText(metrics)}${comparisonText(report)}`
  const more = report === undefined ? [] : ['', reportText(report, widthOf(terminal), terminal.ascii === true)]
  say(given, terminal, [line, ...more].join('\n'))
  return {
    task: encoder.task!,
    target,
    rows,
    features: encoder.columns.length,
    epochs: await trainedEpochs(path),
    seconds: secondsSince(started),
    model: path,
    metrics: scoresJson(metrics),
    ...reportJson(report),
    ...checkJson(unlike),
  }
}
