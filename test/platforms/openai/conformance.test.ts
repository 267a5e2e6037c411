import { standInConnection } from '../../../src/platforms/registry.ts';
import { conforms } from '../protocol-conformance.ts';

conforms('openai', (url) => ({
  ...standInConnection(url),
  apiKeyEnv: 'OPENAI_API_KEY',
  webhookSecretEnv: 'HOOK_SECRET',
  timeoutSeconds: 60,
}));
