import { defineConfig } from '@playwright/test';

/* Against a running stack: WEIR_URL, WEIR_USER and WEIR_PASSWORD say which. */
export default defineConfig({
  testDir: 'e2e',
  testIgnore: process.env.WEIR_E2E_MATRIX ? [] : ['matrix.spec.ts'],
  outputDir: process.env.WEIR_E2E_OUTPUT ?? 'test-results',
  workers: 1,
  timeout: 60_000,
  expect: { timeout: 15_000 },
  reporter: 'list',
  use: {
    baseURL: process.env.WEIR_URL ?? 'http://127.0.0.1:8080',
    viewport: { width: 1440, height: 900 },
    locale: 'en-GB',
    timezoneId: 'UTC',
    trace: 'retain-on-failure',
    contextOptions: { reducedMotion: 'reduce' },
    launchOptions: {
      executablePath: process.env.WEIR_CHROMIUM ?? '/usr/bin/chromium',
      args: [
        '--no-sandbox',
        '--disable-gpu',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
        '--font-render-hinting=none',
        '--force-color-profile=srgb',
      ],
    },
  },
});
