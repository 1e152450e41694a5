// The C library of the Node that runs, as names of prebuilt addons have it; undefined where there is one alone.
const header = process.platform === 'linux' ? process.report.getReport().header : undefined
export const libc = header && (header.glibcVersionRuntime ? 'glibc' : 'musl')
