import { toFile } from 'openai';
import { checked, componentSchema, specPath } from './schemas.ts';
import { ask, bench, chatLines, ended, refusal, uploadText } from './support.ts';

// Every test of this folder checks all JSON answers its client gets; here it is seen that this is no empty promise.
const withSpec = specPath ? test : test.skip;

withSpec("every route's answers fit OpenAI's API description (needs ../shared/data/openai-openapi)", async () => {
  const { client } = await bench();
  const upload = await client.uploads.create({ filename: 'a', purpose: 'batch', bytes: 1, mime_type: 'text/plain' });
  const part = await client.uploads.parts.create(upload.id, { data: await toFile(Buffer.from('x'), 'part') });
  await client.uploads.complete(upload.id, { part_ids: [part.id] });
  const file = await uploadText(client, chatLines(40));
  await client.files.list();
  const created = await client.fineTuning.jobs.create({
    model: 'gpt-4.1-mini',
    training_file: file.id,
    validation_file: file.id,
  });
  await ended(client, created.id);
  await client.fineTuning.jobs.list();
  await client.fineTuning.jobs.listEvents(created.id);
  await client.fineTuning.jobs.checkpoints.list(created.id);
  await ask(client, 'gpt-4.1-mini', 'hello');
  await client.models.list();
  const { fine_tuned_model } = await client.fineTuning.jobs.retrieve(created.id);
  await client.models.retrieve(String(fine_tuned_model));
  await client.models.delete(String(fine_tuned_model));
  await client.moderations.create({ input: 'hello' });
  await client.embeddings.create({ model: 'text-embedding-3-large', input: 'hello', encoding_format: 'float' });
  const input = await uploadText(client, '{', 'batch');
  const endpoint = '/v1/chat/completions';
  await client.batches.create({ input_file_id: input.id, endpoint, completion_window: '24h' });
  await client.batches.list();
  await client.files.delete(file.id);
  await refusal(client.files.retrieve(file.id));

  const names = [...checked].map((ref) => ref.replace('openapi#/components/schemas/', ''));
  expect(names.sort()).toEqual([
    'Batch',
    'CreateChatCompletionResponse',
    'CreateEmbeddingResponse',
    'CreateModerationResponse',
    'DeleteFileResponse',
    'DeleteModelResponse',
    'ErrorResponse',
    'FineTuningJob',
    'ListBatchesResponse',
    'ListFilesResponse',
    'ListFineTuningJobCheckpointsResponse',
    'ListFineTuningJobEventsResponse',
    'ListModelsResponse',
    'ListPaginatedFineTuningJobsResponse',
    'Model',
    'OpenAIFile',
    'Upload',
    'UploadPart',
  ]);
});

withSpec('the check itself finds what does not fit (needs ../shared/data/openai-openapi)', () => {
  const error = { error: { message: 'm', type: 't', param: null, code: null } };
  const validate = componentSchema('ErrorResponse');
  expect(validate(error)).toBe(true);
  expect(validate({ error: { ...error.error, code: 404 } })).toBe(false);
  expect(validate({ error: { message: 'm', type: 't', param: null } })).toBe(false);
});
