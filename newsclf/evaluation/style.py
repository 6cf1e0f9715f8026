"""How an HTML report looks, by day and by night."""

__all__ = ["STYLE"]

STYLE = """
.newsclf-report {
  color-scheme: light dark;
  --line: #8884;
  --mark: #2a7de1;
  font: 14px/1.5 system-ui, "Noto Sans CJK SC", sans-serif;
}
main.newsclf-report { max-width: 1100px; margin: 2em auto; padding: 0 1em; }
body:has(main.newsclf-report) { background: #fff; color: #1b1f24; }
.newsclf-report h1 { font-size: 1.5em; }
.newsclf-report h2 { font-size: 1.15em; margin-top: 2em; }
.newsclf-report .cards { display: flex; flex-wrap: wrap; gap: .75em; }
.newsclf-report .cards div {
  border: 1px solid var(--line);
  border-radius: 6px;
  padding: .5em .9em;
}
.newsclf-report .cards b { display: block; font-size: 1.4em; }
.newsclf-report .cards i, .newsclf-report small {
  font-style: normal;
  font-size: .85em;
  opacity: .7;
}
.newsclf-report .cards span { display: block; }
.newsclf-report .wide { overflow-x: auto; }
.newsclf-report table { border-collapse: collapse; font-variant-numeric: tabular-nums; }
.newsclf-report th, .newsclf-report td {
  border-bottom: 1px solid var(--line);
  padding: .2em .7em;
  text-align: left;
  white-space: nowrap;
}
.newsclf-report meter { width: 90px; }
.newsclf-report svg { max-width: 100%; font-size: 11px; fill: currentColor; }
.newsclf-report svg rect { fill: none; stroke: var(--line); }
.newsclf-report svg line { stroke: currentColor; stroke-dasharray: 4; opacity: .5; }
.newsclf-report svg polyline { fill: none; stroke: var(--mark); }
.newsclf-report svg circle { fill: var(--mark); }
.newsclf-report li { margin: .4em 0; }
.newsclf-report mark {
  background: #2a7de133;
  color: inherit;
  border-radius: 3px;
  padding: 0 .25em;
}
@media (prefers-color-scheme: dark) {
  body:has(main.newsclf-report) { background: #15181c; color: #e4e7eb; }
}
"""
