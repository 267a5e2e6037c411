import { createPlatforms } from '../../src/platforms/registry.ts';
import { until } from '../faults/support/outcome.ts';
import type { Ground } from '../platforms/runs.ts';
import { type Pipeline, pipeline } from '../support/pipeline.ts';
import { type Hosted, hosted, model, nameOf } from './support.ts';

const patienceMs = 600_000;

/** What holds for versions in service on every platform that serves models under deployments alone. */
export function hostingConforms(name: string, open: () => Promise<Ground>, within: typeof describe = describe): void {
  within(`versions in service on ${name}`, () => {
    let ground: Ground;
    let at: Pipeline;
    let to: Hosted;
    beforeAll(async () => {
      ground = await open();
      at = await pipeline({}, {}, (usual) => ground.connection(usual.baseURL));
      to = await hosted(at, ground.config);
    }, patienceMs);
    afterAll(async () => {
      // Nothing is to be kept that nobody removes.
      await to?.typed(['models', 'serve', model, '--off', '--yes']);
      if (to) await until(to.standing, (names) => names.length === 0, patienceMs);
      await to?.close();
      await at?.close();
      await ground?.close();
    }, patienceMs);

    const only = async (version: number) =>
      await until(to.standing, (names) => names.length === 1 && names[0] === nameOf(version), patienceMs);

    test(
      'stand under one deployment each, which answers others; one that was replaced goes, and is brought back for a rollback',
      async () => {
        await to.promoted(1);
        expect(await to.standing()).toEqual([nameOf(1)]);
        const { modelId, deployment } = await to.records.resolve(model);
        expect(deployment).toBe(nameOf(1));

        const platform = createPlatforms(at.settings.connections, at.settings).get('simulator');
        const asked = await platform.endpoint?.({ model: modelId, deployment }, '/chat/completions');
        const answer = await fetch(asked?.url ?? '', {
          method: 'POST',
          headers: { 'content-type': 'application/json', ...asked?.headers },
          body: JSON.stringify({ model: asked?.model, messages: [{ role: 'user', content: 'Hello' }], max_tokens: 1 }),
        });
        expect(answer.status).toBe(200);

        // The same model again: nothing has to be trained for it.
        const { tags: _, ...first } = await to.records.getVersion(model, 1);
        await to.records.registerVersion({ ...first, runKey: 'another', by: 'kim' });
        expect((await to.typed(['models', 'promote', model, '2'])).code).toBe(0);
        await only(2);
        expect((await to.typed(['models', 'rollback', model, '--reason', 'complaints'])).code).toBe(0);
        expect(await to.records.resolve(model)).toMatchObject({ version: 1, deployment: nameOf(1) });
        expect(await to.deployments.state(nameOf(1))).toBe('ready');
        await only(1);
      },
      patienceMs,
    );
  });
}
