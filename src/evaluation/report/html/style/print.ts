/** On paper there is nothing to unfold, to scroll or to follow. */
export const print = `
@page{margin:16mm 14mm}
@media print{
*{color-scheme:light}
body{background:none;font-size:10.5pt}
body>header,main,body>footer{max-width:none;padding-inline:0}
body>header{padding-top:0}
nav,.skip{display:none!important}
section{border:0;border-radius:0;padding:0;margin-bottom:1.5rem}
.outcome{border-top:4px solid;padding-top:.75rem}
h2,.caption,figcaption,summary{break-after:avoid}
tr,.room,figure,.regressions>li,.figures,.warnings{break-inside:avoid}
thead{display:table-header-group}
.room{overflow:visible}
details::details-content{content-visibility:visible;block-size:auto}
summary{list-style:none;color:inherit}
table{font-size:8.5pt}
.curves{grid-template-columns:1fr 1fr}
.figures{grid-template-columns:repeat(5,auto)}.figures .value{font-size:13pt}
.regressions dl{grid-auto-flow:column;grid-template-columns:none;grid-auto-columns:1fr}
tbody th{min-width:min(var(--name),8rem)}thead th{font-size:8pt}.who{min-width:0}.who small{font-size:7.5pt}
th,td{padding:.25rem .35rem}
.drawn{min-width:7rem;width:25%}
td code{min-width:0}
*{print-color-adjust:exact;-webkit-print-color-adjust:exact}
}
`;
