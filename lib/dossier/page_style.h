// The page's style sheet: light, dark, narrow and print, without anything from the network.
#ifndef REVENANT_DOSSIER_PAGE_STYLE_H_
#define REVENANT_DOSSIER_PAGE_STYLE_H_

#include <string_view>

namespace revenant::page {

inline constexpr std::string_view kStyle = R"(
:root{color-scheme:light dark;--ink:#1b1b1b;--dim:#555;--line:#c9c9c9;--soft:#f3f3f1;--paper:#fff;--mark:#8a1c1c}
@media(prefers-color-scheme:dark){:root{--ink:#e8e6e3;--dim:#b0aca6;--line:#4a4a4a;--soft:#262626;--paper:#171717;--mark:#ff9c8f}}
*{box-sizing:border-box}
body{font:16px/1.5 Georgia,"Times New Roman",serif;color:var(--ink);background:var(--paper);max-width:62rem;margin:0 auto;padding:1.5rem 1rem 3rem}
h1,h2,h3,h4,th,caption,dt,summary,.kind{font-family:system-ui,"Segoe UI",Helvetica,Arial,sans-serif}
h1{font-size:1.7rem;line-height:1.25;margin:.1rem 0 .4rem}
h2{font-size:1.25rem;margin:2rem 0 .6rem;padding-bottom:.2rem;border-bottom:2px solid var(--ink)}
h3{font-size:1.05rem;margin:1.4rem 0 .4rem}
h4{font-size:.95rem;margin:1rem 0 .3rem}
h1,h2,h3,h4{break-after:avoid;overflow-wrap:break-word}
p,pre,dd{orphans:3;widows:3}
p{margin:.4rem 0 .7rem}
.kind{letter-spacing:.08em;text-transform:uppercase;font-size:.8rem;color:var(--dim);margin:0}
.by,.none,.help{color:var(--dim)}
.lead{font-size:1.2rem;line-height:1.4;border-left:4px solid var(--mark);padding:.2rem 0 .2rem .8rem}
dl{display:grid;grid-template-columns:minmax(8.5rem,max-content) 1fr;gap:.35rem 1rem;margin:.6rem 0}
dt{font-weight:600;font-size:.9rem;padding-top:.1rem}
dd{margin:0;min-width:0}
summary:focus-visible,a:focus-visible{outline:3px solid #1a66cc;outline-offset:2px}
table{border-collapse:collapse;width:100%;margin:.6rem 0 1rem;font-size:.92rem;line-height:1.4}
caption{text-align:left;font-weight:600;font-size:.92rem;padding:.2rem 0;break-after:avoid}
th,td{border-bottom:1px solid var(--line);padding:.3rem .8rem .3rem 0;text-align:left;vertical-align:top}
thead th{border-bottom:1.5px solid var(--ink);font-size:.82rem;vertical-align:bottom}
tbody th{font-weight:600;font-size:.88rem}
th:last-child,td:last-child{padding-right:0}
tr,figure,blockquote{break-inside:avoid}
thead{display:table-header-group}
.name,.day{white-space:nowrap}
blockquote{margin:.4rem 0;padding:.3rem .8rem;border-left:3px solid var(--line)}
code,pre{font:.8rem/1.4 ui-monospace,Menlo,Consolas,"DejaVu Sans Mono",monospace}
pre{white-space:pre-wrap;overflow-wrap:anywhere;background:var(--soft);padding:.5rem;margin:.3rem 0}
dd .long{overflow-wrap:anywhere}
.whole{break-inside:avoid}
.small{font-size:.85rem}
summary{cursor:pointer;font-weight:600;font-size:.9rem}
figure{margin:.8rem 0}
figure svg{display:block;max-width:100%;height:auto}
figcaption{font-size:.9rem;color:var(--dim)}
.appendix{font-size:.92rem}
@media screen and (max-width:34rem){
body{padding:1rem .75rem 2rem}
dl{grid-template-columns:1fr;gap:.1rem}
dd{margin-bottom:.5rem}
table,tbody,tr,tbody th,td,caption{display:block;width:100%}
thead{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}
th,td{padding:.15rem 0;border:0;overflow-wrap:anywhere}
tr{border-top:1px solid var(--line);padding:.4rem 0}
td::before{content:attr(data-head) ": ";font:600 .8rem system-ui,sans-serif;color:var(--dim)}
td .long{overflow-wrap:anywhere}
}
@media print{
:root{--ink:#000;--dim:#333;--line:#999;--soft:#f5f5f5;--paper:#fff;--mark:#000}
body{font-size:10pt;line-height:1.35;max-width:none;margin:0;padding:0}
h1{font-size:16pt}
h2{font-size:12.5pt;margin:12pt 0 4pt}
h3{font-size:10.5pt;margin:8pt 0 3pt}
.lead{font-size:12pt}
p{margin:2pt 0 4pt}
dl{gap:2pt 10pt;margin:3pt 0}
table{font-size:9pt;line-height:1.3;margin:3pt 0 6pt}
.appendix{font-size:8.5pt}
.appendix table{font-size:8pt}
.appendix code,.appendix pre{font-size:7pt;line-height:1.3}
figure svg{max-height:75mm}
figcaption{font-size:8.5pt;line-height:1.3}
}
)";

}  // namespace revenant::page

#endif  // REVENANT_DOSSIER_PAGE_STYLE_H_
