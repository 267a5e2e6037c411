import { openRecords } from '../../../src/records/index.ts';
import { newVersion } from './samples.ts';

// A process of its own on the records: `LOCATION open`, `LOCATION promote VERSION EXPECTED` or `LOCATION promote-for-ever`.
const [location = '', what, version, expected] = process.argv.slice(2);
const records = await openRecords(location);
const act = { model: 'support-intents', by: `process ${process.pid}` };

if (what === 'open') {
  const { version: number } = await records.registerVersion(newVersion(process.pid));
  process.stdout.write(`${number}\n`);
} else if (what === 'promote') {
  const request = { ...act, requestId: `${process.pid}`, version: Number(version), expectedChampion: Number(expected) };
  const outcome = await records.promote(request).then(
    () => 'promoted',
    ({ code }: { code: string }) => code,
  );
  process.stdout.write(`${outcome}\n`);
} else {
  for (let count = 1; ; count++) {
    const requestId = `${process.pid}-${count}`;
    const number = 1 + (count % 2);
    process.stdout.write(`${requestId} ${number}\n`);
    await records.promote({ ...act, requestId, version: number });
  }
}
await records.close();
