/*
 * What scripts/bundle.mjs makes dist/index.js and dist/index.mjs of. Each loads the addon itself, and first of all, so that
 * an installation that cannot work says so at once: of an error that CommonJS raises while an ES module imports it, Node 20
 * tells the program that caught it, and ends the process nevertheless.
 */
export * from './index.js'
export { native as load } from './native/addon.js'
