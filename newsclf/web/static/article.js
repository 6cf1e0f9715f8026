// The article, with the words that speak for a theme marked.

import { $, el, fill } from "./dom.js";
import { say } from "./words.js";

// Offsets count code points of title + newline + paragraphs joined by newlines.
function pieces(text, from, marks) {
  const points = Array.from(text);
  const nodes = [];
  let at = 0;
  for (const [start, end, level] of marks) {
    const a = Math.max(start - from, at);
    const b = Math.min(end - from, points.length);
    if (b <= a) continue;
    nodes.push(points.slice(at, a).join(""));
    nodes.push(el(`mark.m${level}`, {}, points.slice(a, b).join("")));
    at = b;
  }
  nodes.push(points.slice(at).join(""));
  return nodes;
}

export function showArticle(article, marks, note) {
  const title = article.title || "";
  let from = title ? Array.from(title).length + 1 : 0;
  const paragraphs = article.paragraphs.map((text) => {
    const paragraph = el("p", { lang: "zh-Hans" }, pieces(text, from, marks));
    from += Array.from(text).length + 1;
    return text.trim() ? paragraph : null;
  });
  const facts = [article.source, article.date, article.page, ...article.authors];
  fill(
    $("article"),
    el("p.facts", {}, [article.id, ...facts].filter(Boolean).join(" · "),
      ...article.flags.map((flag) => el("span.flag", {}, flag))),
    el(title ? "h1" : "h1.untitled", { lang: "zh-Hans" },
      title ? pieces(title, 0, marks) : say("untitled")),
    el("p.note", {}, note),
    paragraphs,
    article.captions.length
      ? el("div.captions", {}, el("h2", {}, say("pictures")),
          article.captions.map((text) => el("p", { lang: "zh-Hans" }, text)))
      : null,
  );
}
