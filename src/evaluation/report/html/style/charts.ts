export const charts = `
svg{overflow:visible}
.axis{display:block;width:100%}
.mark{position:absolute;inset:0 1.1rem;width:calc(100% - 2.2rem);height:100%}
.axis text{text-anchor:middle;font-size:12px;fill:var(--muted);font-weight:400}
.grid{stroke:var(--line)}.zero{stroke:var(--muted)}
.interval line{stroke-width:2.5}
.interval.tuned{stroke:var(--tuned);fill:var(--tuned)}.interval.base{stroke:var(--base);fill:var(--base)}
.interval.prompted{stroke:var(--prompted);fill:var(--prompted)}.interval.champion{stroke:var(--champion);fill:var(--champion)}
.span{stroke-width:1.5}
.span.tuned{fill:var(--tuned);stroke:var(--tuned)}.span.base{fill:var(--base);stroke:var(--base)}
.curves{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,26rem),1fr));gap:0 1.5rem}
.curve{margin:0 0 .5rem;min-width:0}
.curve figcaption{font-weight:600}
.legend{display:flex;flex-wrap:wrap;gap:.2rem 1.4rem;margin:.2rem 0 .6rem;padding:0;list-style:none;font-size:.85rem;color:var(--muted)}
.legend li{display:flex;align-items:center;gap:.45rem}
.plot{display:block;width:calc(100% - 4rem);margin:.5rem 1rem 2.75rem 3rem}
.plot text{font-size:12px;fill:var(--muted)}
.plot .y{text-anchor:end}.plot .x{text-anchor:middle}
path.training,line.training{fill:none;stroke:var(--tuned);stroke-width:1.75;vector-effect:non-scaling-stroke;stroke-linejoin:round}
path.validation,line.validation{fill:none;stroke:var(--prompted);stroke-width:2;vector-effect:non-scaling-stroke;stroke-linejoin:round;stroke-dasharray:9 3}
.checkpoint path{fill:var(--card);stroke:var(--ink);stroke-width:2}
.checkpoint circle{fill:none;stroke:var(--ink);stroke-width:2}
.checkpoint.chosen path{fill:var(--ink)}
`;
