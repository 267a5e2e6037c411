#!/usr/bin/env node
// Nothing is imported before the version is known to do: an older Node would fail in the middle of an import.
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);

if (major < 22 || (major === 22 && minor < 13)) {
  process.stderr.write(`error: tunewright needs Node.js 22.13 or newer; this is ${process.versions.node}.\n`);
  process.exitCode = 1;
} else {
  const { runInProcess } = await import('./process.ts');
  process.exitCode = await runInProcess();
}

export {};
