export const tables = `
.room{overflow-x:auto;margin-block:.25rem 1.25rem}
table{width:100%;border-collapse:collapse;font-size:.93rem;font-variant-numeric:tabular-nums}
caption{padding-bottom:.5rem;text-align:start;color:var(--muted)}
th,td{height:2.3rem;padding:.4rem .6rem;text-align:start;vertical-align:middle;border-bottom:1px solid var(--line)}
thead th{color:var(--muted);font-weight:550;font-size:.85rem;white-space:nowrap;vertical-align:bottom}
tbody th{min-width:9rem;max-width:20rem;font-weight:550;overflow-wrap:anywhere}
tbody tr:last-child>*{border-bottom:0}
.number{text-align:end;white-space:nowrap}
td code{display:inline-block;min-width:12rem}
.drawn{position:relative;width:34%;min-width:11rem;padding-block:0;padding-inline:1.1rem}
.tone{font-weight:600;white-space:nowrap}.tone.good{color:var(--good)}.tone.bad{color:var(--bad)}
.who small{display:block;font:400 .8rem/1.35 ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;color:var(--muted)}
.who{display:inline-block;min-width:11.5rem;padding-left:.6rem;border-left:4px solid}
.who.tuned{border-color:var(--tuned)}.who.base{border-color:var(--base)}.who.prompted{border-color:var(--prompted)}.who.champion{border-color:var(--champion)}
`;
