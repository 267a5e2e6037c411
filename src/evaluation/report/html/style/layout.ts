export const layout = `
*,*::before,*::after{box-sizing:border-box}
html{scroll-behavior:smooth;-webkit-text-size-adjust:100%}
@media (prefers-reduced-motion:reduce){html{scroll-behavior:auto}}
body{margin:0;background:var(--page);color:var(--ink);font:16px/1.55 system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif}
body>header,body>nav,main,body>footer{max-width:70rem;margin-inline:auto;padding-inline:clamp(1rem,4vw,2rem)}
code,pre{font:.86em/1.5 ui-monospace,SFMono-Regular,Menlo,Consolas,"Liberation Mono",monospace}
code{overflow-wrap:anywhere}
a{color:var(--link);text-underline-offset:.15em}
:focus-visible{outline:3px solid var(--focus);outline-offset:2px;border-radius:3px}
main:focus{outline:none}
.skip{position:absolute;left:1rem;top:-4rem;background:var(--card);padding:.5rem 1rem;z-index:2}
.skip:focus{top:1rem}
.unseen{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
body>header{padding-top:2.25rem}
.product{margin:0 0 .75rem;font-size:.85rem;font-weight:650;letter-spacing:.01em}
.product span{color:var(--muted);font-weight:400;margin-left:.35rem}
h1{margin:0;font-size:clamp(1.5rem,4vw,2.1rem);line-height:1.2;letter-spacing:-.02em;overflow-wrap:anywhere}
.subtitle{margin:.35rem 0 0;color:var(--muted);overflow-wrap:anywhere}
body>nav{position:sticky;top:0;z-index:1;margin-top:1.25rem;background:var(--page)}
nav ul{display:flex;flex-wrap:wrap;gap:.1rem 1.1rem;margin:0;padding:.6rem 0;list-style:none;border-bottom:1px solid var(--line);font-size:.9rem}
nav a{color:var(--muted);text-decoration:none}
nav a:hover{color:var(--ink);text-decoration:underline}
main{padding-block:1.25rem 1rem}
section{scroll-margin-top:4rem;margin-bottom:1.25rem;padding:clamp(1rem,3vw,1.75rem);background:var(--card);border:1px solid var(--line);border-radius:12px}
h2{margin:0 0 .9rem;font-size:1.25rem;letter-spacing:-.01em}
section>p{max-width:70ch;overflow-wrap:anywhere}
.simulated{margin:0 0 1.25rem;padding:.8rem 1.1rem;background:var(--note-soft);color:var(--note);border:1px solid;border-radius:12px}
.outcome{border-top:6px solid var(--base)}
.outcome.good{border-top-color:var(--good)}.outcome.bad{border-top-color:var(--bad)}
.outcome h2{font-size:1rem;font-weight:500;color:var(--muted)}
.word{display:inline-block;margin-left:.25rem;padding:.1rem .75rem;border-radius:99px;font-weight:650;background:var(--soft);color:var(--ink)}
.good .word{background:var(--good-soft);color:var(--good)}.bad .word{background:var(--bad-soft);color:var(--bad)}
.outcome .says{max-width:54ch;margin:.2rem 0 .5rem;font-size:clamp(1.15rem,2.6vw,1.5rem);line-height:1.35;letter-spacing:-.01em;text-wrap:pretty}
.outcome .why{max-width:75ch;margin:0 0 1.5rem;color:var(--muted)}
.figures{display:grid;grid-template-columns:repeat(auto-fit,minmax(9.5rem,1fr));gap:0 1.25rem;margin:0}
.figures div{display:grid;grid-row:span 3;grid-template-rows:subgrid;margin-bottom:1rem;border-left:2px solid var(--line);padding-left:.85rem}
.figures dt{align-self:end;font-size:.85rem;color:var(--muted)}
.figures dd{margin:0}
.figures .value{font-size:1.5rem;font-weight:650;white-space:nowrap;line-height:1.25;letter-spacing:-.02em;font-variant-numeric:tabular-nums}
.figures .value small{margin-left:.25rem;font-size:.95rem;font-weight:550;letter-spacing:0}
.figures .note{font-size:.85rem;color:var(--muted);font-variant-numeric:tabular-nums}
.outcome .caption{margin-top:.75rem}
.warnings{padding:.8rem 1.1rem;background:var(--note-soft);color:var(--note);border:1px solid;border-radius:8px}
.outcome .warnings{margin-bottom:1.5rem}
.warnings p{margin:0 0 .4rem;font-weight:600}.warnings ul{margin:0;padding-left:1.2rem}.warnings li{overflow-wrap:anywhere}
.facts{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,22rem),1fr));gap:0 2rem;margin:0 0 1rem}
.facts div{display:grid;grid-template-columns:8.5rem 1fr;gap:.75rem;padding:.45rem 0;border-bottom:1px solid var(--line)}
.facts dt{color:var(--muted)}.facts dd{margin:0;min-width:0;overflow-wrap:anywhere}
details{margin-block:1rem}
section>:last-child{margin-bottom:0}
summary{cursor:pointer;width:fit-content;font-weight:550;color:var(--link);border-radius:4px}
.explained dl{display:grid;grid-template-columns:max-content 1fr;gap:.4rem 1.25rem;margin:.75rem 0 0;max-width:75ch}
.explained dt{font-weight:600}.explained dd{margin:0;color:var(--muted)}
pre{margin:.75rem 0 0;padding:1rem;overflow:auto;background:var(--soft);border-radius:8px;white-space:pre-wrap;overflow-wrap:anywhere}
.regressions{display:grid;gap:1rem;margin:1rem 0 0;padding:0;list-style:none}
.regressions>li{padding:1rem;border:1px solid var(--line);border-radius:10px}
.index{margin:0 0 .35rem;font-size:.85rem;color:var(--muted)}
blockquote{margin:0 0 .9rem;padding:0;font-size:1.02rem;font-weight:550;white-space:pre-wrap;overflow-wrap:anywhere}
.regressions dl{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,14rem),1fr));gap:.75rem;margin:0}
.regressions dl>div{padding:.6rem .8rem;background:var(--soft);border-radius:8px;border-left:4px solid var(--base)}
.regressions .right{border-left-color:var(--good)}.regressions .champion{border-left-color:var(--champion)}.regressions .tuned{border-left-color:var(--bad)}
.regressions dt{font-size:.8rem;color:var(--muted)}
.regressions dd{margin:.15rem 0 0;white-space:pre-wrap;overflow-wrap:anywhere}
.regressions em{color:var(--bad)}
mark{padding:0 .1em;background:var(--bad-soft);color:var(--bad);font-weight:600;border-radius:3px;text-decoration:underline;text-underline-offset:.2em}
body>footer{padding-block:.5rem 2.5rem;color:var(--muted);font-size:.85rem}
@media (max-width:40rem){.facts div,.explained dl{grid-template-columns:1fr;gap:.1rem}.figures{grid-template-columns:1fr 1fr}.figures .value{font-size:1.25rem;white-space:normal}body>nav{position:static}}
`;
