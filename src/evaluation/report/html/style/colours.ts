/** Contrast is at least 4.5 to 1 for text, 3 to 1 for marks; the four models differ for the colour-blind too. */
const light = `
--page:#f5f6f8;--card:#fff;--ink:#161a20;--muted:#545d6b;--line:#dce1e7;--soft:#eef1f4;--focus:#0b57d0;--link:#0b57d0;
--tuned:#0a5bc4;--base:#5c6673;--prompted:#a05a00;--champion:#8a2b9e;
--good:#0f6a35;--good-soft:#e6f4ea;--bad:#b3261e;--bad-soft:#fcebe9;--note:#6b4a00;--note-soft:#fff4d9;`;

const dark = `
--page:#0f1216;--card:#181c22;--ink:#e8ebef;--muted:#a6afbb;--line:#2e3540;--soft:#22272f;--focus:#8ab8ff;--link:#8ab8ff;
--tuned:#6fb1ff;--base:#a8b2bf;--prompted:#f0aa3c;--champion:#dd92ea;
--good:#7fd79c;--good-soft:#14301f;--bad:#ff9d94;--bad-soft:#3b1917;--note:#f3cb7c;--note-soft:#33280f;`;

export const colours = `
:root{color-scheme:light dark;${light}}
@media screen and (prefers-color-scheme:dark){:root{${dark}}}
`;
