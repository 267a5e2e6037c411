import { defineSearchAttributeKey } from '@temporalio/common';

/** The search attributes of a run: what ops filter and sort by in the Temporal UI. */
export const searchAttributes = {
  stage: defineSearchAttributeKey('TunewrightStage', 'KEYWORD'),
  status: defineSearchAttributeKey('TunewrightStatus', 'KEYWORD'),
  model: defineSearchAttributeKey('TunewrightModel', 'KEYWORD'),
  platform: defineSearchAttributeKey('TunewrightPlatform', 'KEYWORD'),
  job: defineSearchAttributeKey('TunewrightJob', 'KEYWORD'),
  cost: defineSearchAttributeKey('TunewrightCostUsd', 'DOUBLE'),
  score: defineSearchAttributeKey('TunewrightScore', 'DOUBLE'),
};

/** Name and type of each, in the words of `temporal operator search-attribute create`. */
export const searchAttributeTypes: Readonly<Record<string, 'Keyword' | 'Double'>> = Object.fromEntries(
  Object.values(searchAttributes).map((key) => [key.name, key.type === 'DOUBLE' ? 'Double' : 'Keyword'] as const),
);
