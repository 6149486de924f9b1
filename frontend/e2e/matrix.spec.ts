/*
 * All looks: every page and dialog at the widths people have, in both schemes,
 * in forced colours and at twice the size.  Takes minutes, so it runs where
 * WEIR_E2E_MATRIX names the folder for its pictures: `./dev test long`.
 */
import { test } from './fix';
import { lookAtAll } from './pages';

const folder = process.env.WEIR_E2E_MATRIX ?? 'test-results';

const looks = (['light', 'dark'] as const).flatMap((colorScheme) => [
  ...[320, 390, 768, 1024, 1440, 2560].map((width) => ({
    name: `${colorScheme}-${width}`,
    use: { colorScheme, viewport: { width, height: 900 } },
  })),
  {
    name: `${colorScheme}-1440-zoom-200`,
    use: { colorScheme, viewport: { width: 720, height: 450 }, deviceScaleFactor: 2 },
  },
  {
    name: `${colorScheme}-1440-forced-colors`,
    use: {
      colorScheme,
      viewport: { width: 1440, height: 900 },
      contextOptions: { forcedColors: 'active' as const, reducedMotion: 'reduce' as const },
    },
  },
]);

for (const { name, use } of looks) {
  test.describe(name, () => {
    test.use(use);

    test(`every page and dialog passes axe and fits: ${name}`, async ({ page, api }) => {
      test.setTimeout(240_000);
      await lookAtAll(page, api, {
        dialogs: true,
        shot: (view) => `${folder}/${name}/${view}.png`,
      });
    });
  });
}
