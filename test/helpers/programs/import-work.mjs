/* What the import of the package does at once of what takes long or has an effect: prints it as a list of JSON. */
const done = []

for (const name of Object.getOwnPropertyNames(Intl)) {
  if (typeof Intl[name] !== 'function' || Intl[name].prototype === undefined) continue
  const construct = (target, args, made) => {
    done.push(`new Intl.${name}`)
    return Reflect.construct(target, args, made)
  }
  Object.defineProperty(Intl, name, { value: new Proxy(Intl[name], { construct }) })
}
for (const name of ['stdin', 'stdout', 'stderr']) {
  const { get, ...description } = Object.getOwnPropertyDescriptor(process, name)
  const told = () => {
    done.push(`process.${name}`)
    return get.call(process)
  }
  Object.defineProperty(process, name, { ...description, get: told })
}

await import('../../../dist/index.mjs')
const atImport = JSON.stringify(done)
console.log(atImport)
