import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    globals: true,
    include: ['test/realms/*.spec.mjs'],
    testTimeout: 300_000,
    // As a package in node_modules, which vitest loads without changing it.
    server: { deps: { external: [/\/dist\//] } },
  },
})
