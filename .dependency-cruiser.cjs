/** Imports go one way; each rule names what a folder may see. */
const below = {
  contract: [],
  artifacts: ['contract', 'sources'],
  datasets: ['contract', 'artifacts'],
  evaluation: ['contract', 'artifacts', 'datasets'],
  platforms: ['contract', 'datasets', 'sources'],
  sources: ['contract'],
  records: ['contract'],
  lifetimes: ['contract', 'platforms', 'records'],
  hosting: ['contract', 'platforms', 'records'],
  activities: [
    'contract',
    'artifacts',
    'datasets',
    'evaluation',
    'platforms',
    'sources',
    'records',
    'lifetimes',
    'hosting',
  ],
  models: ['contract', 'records'],
  reconcile: ['contract', 'platforms', 'client'],
  embedded: ['contract'],
  simulator: [],
};

/** The same of the rooms of the data engine; what lies beside them serves all. */
const rooms = {
  bpe: [],
  reading: [],
  examples: ['reading'],
  inspection: ['bpe', 'reading', 'examples'],
  split: ['reading', 'examples', 'inspection'],
  review: ['reading', 'examples', 'inspection'],
  convert: ['reading', 'examples'],
  fix: ['reading', 'examples'],
};

module.exports = {
  forbidden: [
    {
      name: 'no-circular',
      severity: 'error',
      from: { pathNot: '^src/contract/' },
      to: { circular: true },
    },
    {
      name: 'no-circular-save-by-types',
      comment: "What the contract's documents hold of each other.",
      severity: 'error',
      from: { path: '^src/contract/' },
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'no-orphans',
      severity: 'error',
      from: {
        orphan: true,
        pathNot:
          '^src/(index|models/index|simulator/main|simulator/index|simulator/learner/worker|datasets/convert/parquet/thread|datasets/inspection/threads/thread|evaluation/scripts/host|cli/main|workflows/index)',
      },
      to: {},
    },
    ...Object.entries(below).map(([folder, allowed]) => ({
      name: `${folder}-sees-only-what-is-below`,
      severity: 'error',
      from: { path: `^src/${folder}/` },
      to: { path: '^src/', pathNot: [folder, ...allowed].map((name) => `^src/${name}/`) },
    })),
    ...Object.entries(rooms).map(([room, allowed]) => ({
      name: `datasets-${room}-sees-only-what-is-below`,
      severity: 'error',
      from: { path: `^src/datasets/${room}/` },
      to: { path: '^src/datasets/[^/]+/', pathNot: [room, ...allowed].map((name) => `^src/datasets/${name}/`) },
    })),
    {
      name: 'workflows-see-contract-and-types-of-activities',
      severity: 'error',
      from: { path: '^src/workflows/' },
      to: { path: '^src/', pathNot: ['^src/workflows/', '^src/contract/'], dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'no-zod-in-the-workflow-bundle',
      comment: 'A zod import costs each cached workflow about 0.7 MiB.',
      severity: 'error',
      from: { path: '^src/workflows/' },
      to: { path: ['^node_modules/zod', '^src/contract/(config|graders|retrain)'], dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'no-platform-outside-its-folder',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/platforms/' },
      to: { path: '^src/platforms/[^/]+/' },
    },
    {
      name: 'no-platform-sees-another',
      comment: "What several of them share is the fine-tuning protocol, and the trainer of one's own.",
      severity: 'error',
      from: { path: '^src/platforms/([^/]+)/' },
      to: { path: '^src/platforms/[^/]+/', pathNot: ['^src/platforms/$1/', '^src/platforms/(protocol|trainer)/'] },
    },
  ],
  options: {
    parser: 'swc',
    tsPreCompilationDeps: true,
    doNotFollow: { path: 'node_modules' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
      extensions: ['.ts', '.js', '.json'],
    },
  },
};
