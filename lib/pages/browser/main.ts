import { startBoard } from './board.js'
import { drawCharts } from './charts.js'

drawCharts()
if (document.getElementById('board') !== null) startBoard()
