#pragma once

namespace mercer::program {

/// The style sheet of the report: light, one column on narrow screens, two on wide ones.
inline constexpr const char* report_style = R"css(
:root { color-scheme: light; --ink: #1d2733; --soft: #5b6876; --line: #dfe5ec; --blue: #2468b2; --paper: #fff; }
* { box-sizing: border-box; }
body { margin: 0; background: #f4f6f9; color: var(--ink); font: 16px/1.5 system-ui, "Segoe UI", Roboto, sans-serif; }
main { max-width: 1120px; margin: 0 auto; padding: 24px 16px 48px; }
h1 { font-size: 1.6rem; line-height: 1.2; margin: 0 0 4px; overflow-wrap: anywhere; }
h2 { font-size: 1.1rem; margin: 0 0 12px; }
p { margin: 0 0 8px; }
.soft { color: var(--soft); }
.note { color: var(--soft); font-size: .875rem; margin: 10px 0 0; }
section { background: var(--paper); border: 1px solid var(--line); border-radius: 10px; padding: 18px; margin-top: 16px; }
.cards { display: grid; grid-template-columns: repeat(auto-fit, minmax(150px, 1fr)); gap: 12px; margin-top: 16px; }
.card { background: var(--paper); border: 1px solid var(--line); border-radius: 10px; padding: 14px 16px; }
.card b { display: block; font-size: clamp(1.1rem, 4.6vw, 1.35rem); line-height: 1.3; font-weight: 650; white-space: nowrap; }
.card.first { background: var(--blue); border-color: var(--blue); color: #fff; }
.card span { font-size: .85rem; color: var(--soft); }
.card.first span { color: #dce9f7; }
.pair { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 420px), 1fr)); gap: 20px; }
.pair > * { min-width: 0; }
svg { display: block; width: 100%; height: auto; font-family: inherit; }
svg .title { font-size: 16px; font-weight: 600; fill: var(--ink); }
svg .tick { font-size: 14px; fill: var(--soft); }
svg .grid { stroke: #e8edf2; }
svg .axis { stroke: #9aa7b4; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; font-size: .9rem; font-variant-numeric: tabular-nums; }
.wide { width: 100%; }
th, td { padding: 5px 10px; text-align: right; border-bottom: 1px solid var(--line); white-space: nowrap; }
th { font-weight: 600; color: var(--soft); }
th:first-child, td:first-child { text-align: left; }
tr:last-child td { border-bottom: 0; }
.facts td { text-align: left; white-space: normal; overflow-wrap: anywhere; vertical-align: top; }
.facts td:first-child { color: var(--soft); white-space: nowrap; padding-left: 0; }
.heat td { text-align: center; min-width: 40px; border: 1px solid #fff; padding: 6px; }
.heat th { border: 0; text-align: center; padding: 4px 6px; }
.heat th:first-child { text-align: left; max-width: 150px; overflow: hidden; text-overflow: ellipsis; }
pre { background: #f4f6f9; border-radius: 8px; padding: 12px; margin: 0; white-space: pre-wrap; overflow-wrap: anywhere;
  font: .875rem/1.5 ui-monospace, "DejaVu Sans Mono", Consolas, monospace; }
h3 { font-size: 1rem; margin: 22px 0 10px; }
a { color: var(--blue); }
li { overflow-wrap: anywhere; }
.chip { display: inline-block; width: 11px; height: 11px; border-radius: 50%; margin-right: 7px; }
.figures { grid-template-columns: repeat(auto-fit, minmax(min(100%, max(330px, 40%)), 1fr)); margin-top: 20px; align-items: start; }
.thirds { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 300px), 1fr)); gap: 20px; align-items: start; }
.pair > section { margin-top: 0; }
.pair.apart { gap: 16px; margin-top: 16px; align-items: start; }
@media (max-width: 560px) {
  th, td { padding: 5px 7px; }
  .heat td { min-width: 29px; padding: 6px 2px; }
  .heat th:first-child { max-width: 92px; }
}
)css";

}  // namespace mercer::program
