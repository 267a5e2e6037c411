import { readFileSync } from 'node:fs';

const bundle = readFileSync(process.env.TUNEWRIGHT_TEST_BUNDLE ?? '', 'utf8');

test('the workflow bundle holds the workflow', () => expect(bundle).toContain('fineTune'));

test('the workflow bundle holds no zod, which would cost each cached run about 0.7 MiB', () => {
  expect(bundle).not.toMatch(/node_modules\/zod/);
});

test('the workflow bundle holds no activity and no platform', () => {
  expect(bundle).not.toMatch(/src\/(activities|platforms|datasets|evaluation)\//);
});
