export const tables = `
.room{overflow-x:auto;margin-block:.25rem 1.25rem}
table{width:100%;border-collapse:collapse;font-size:.9rem;font-variant-numeric:tabular-nums}
.caption{margin:0 0 .5rem;max-width:none;font-size:.93rem;color:var(--muted)}
th,td{height:2.3rem;padding:.4rem .6rem;text-align:start;vertical-align:middle;border-bottom:1px solid var(--line)}
thead th{color:var(--muted);font-weight:550;font-size:.85rem;white-space:nowrap;vertical-align:bottom}
tbody th{min-width:calc(var(--name) + 1.2rem);max-width:20rem;font-weight:550;overflow-wrap:anywhere}
tbody tr:last-child>*{border-bottom:0}
td:not(.number){overflow-wrap:anywhere}
.number{text-align:end;white-space:nowrap}
td code{display:inline-block;min-width:12rem}
.drawn{position:relative;width:34%;min-width:8.5rem;padding-block:0;padding-inline:1.1rem}
.tone{font-weight:600;white-space:nowrap}.tone.good{color:var(--good)}.tone.bad{color:var(--bad)}
.who small{display:block;font:400 .8rem/1.35 ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;color:var(--muted)}
.who{display:inline-block;min-width:12rem;padding-left:.6rem;border-left:4px solid}
.who.tuned{border-color:var(--tuned)}.who.base{border-color:var(--base)}.who.prompted{border-color:var(--prompted)}.who.champion{border-color:var(--champion)}
@media (max-width:40rem){
th,td{padding-inline:.35rem}
thead th:not(.number):not(.drawn){white-space:normal}
tbody th{min-width:min(var(--name),7.25rem);max-width:11rem}
.who{min-width:0}
.drawn{min-width:8.5rem;padding-inline:1.1rem}
}
`;
