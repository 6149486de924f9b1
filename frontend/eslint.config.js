import hooks from 'eslint-plugin-react-hooks';
import { defineConfig, globalIgnores } from 'eslint/config';
import tseslint from 'typescript-eslint';

/* Imports go one way: app -> features -> bpmn, ui -> api -> lib.  Features
   never meet, and bpmn-js is known to src/bpmn alone. */
const bpmnio = {
  group: ['bpmn-js', 'bpmn-js/*', 'diagram-js', 'diagram-js/*'],
  message: 'bpmn-js is wrapped in src/bpmn',
};

const zod = { regex: '^zod', message: 'zod comes from src/lib/zod' };

function layer(folder, forbidden, packages = [bpmnio, zod]) {
  const above = {
    regex: `^\\.\\.?/(.*/)?(${forbidden.join('|')})/`,
    message: `not below ${folder}`,
  };
  return {
    files: [`src/${folder}/**/*.{ts,tsx}`],
    rules: {
      'no-restricted-imports': [
        'error',
        {
          patterns: [...packages, ...(forbidden.length ? [above] : [])],
        },
      ],
    },
  };
}

const features = ['auth', 'definitions', 'incidents', 'instances', 'tasks'];

export default defineConfig(
  globalIgnores(['dist', 'test-results', 'public', 'src/api/schema.d.ts']),
  tseslint.configs.strictTypeChecked,
  tseslint.configs.stylisticTypeChecked,
  { files: ['src/**'], extends: [hooks.configs.flat.recommended] },
  {
    languageOptions: {
      parserOptions: {
        projectService: { allowDefaultProject: ['eslint.config.js', 'scripts/*.mjs'] },
      },
    },
    rules: {
      '@typescript-eslint/consistent-type-assertions': ['error', { assertionStyle: 'never' }],
      '@typescript-eslint/consistent-type-definitions': 'off',
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/prefer-nullish-coalescing': [
        'error',
        { ignorePrimitives: { string: true } },
      ],
      'max-lines': ['error', 300],
    },
  },
  { files: ['eslint.config.js', 'scripts/**'], extends: [tseslint.configs.disableTypeChecked] },
  layer('app', []),
  ...features.map((name) =>
    layer(`features/${name}`, ['app', ...features.filter((other) => other !== name)]),
  ),
  layer('bpmn', ['app', 'features'], [zod]),
  layer('ui', ['app', 'features', 'bpmn']),
  layer('api', ['app', 'features', 'bpmn', 'ui']),
  layer('lib', ['app', 'features', 'bpmn', 'ui', 'api']),
  { files: ['src/lib/zod.ts'], rules: { 'no-restricted-imports': 'off' } },
);
