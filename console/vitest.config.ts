import { defineConfig } from 'vitest/config';

/** Unit tests of what needs no browser. Where there is no storage, what is kept stays in memory. */
export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    environment: 'node',
    pool: 'threads',
    isolate: false, // every test sets what it needs

    restoreMocks: true,
    unstubGlobals: true,
  },
});
