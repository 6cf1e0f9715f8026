// How far the labelling is, how model and readers agree, and what more labels bring.

import { drawCurve } from "./curve.js";
import { close, open } from "./dialogs.js";
import { el } from "./dom.js";
import { nameOf, say } from "./words.js";

const SHOWN = 30;

export function openProgress(progress, themes, goTo) {
  const names = (ids) => ids.map((id) => nameOf(themes.theme(id))).join("、") || say("otherNone");

  function differences(list, them) {
    if (!list.length) return null;
    return el("details", {},
      el("summary", {}, say("differences", list.length)),
      el("ul.differences", {}, list.slice(0, SHOWN).map((item) =>
        el("li", {}, el("button", { type: "button", onclick: () => { close(); goTo(item.number); } },
          el("b", { lang: "zh-Hans" }, item.title),
          el("span", {}, `${say("you")}: ${names(item.mine)}`),
          el("span", {}, `${them}: ${names(item.theirs)}`))))),
      list.length > SHOWN ? el("p.quiet", {}, say("more", list.length - SHOWN)) : null);
  }

  const figure = (value, word) => el("div.figure", {}, el("b", {}, value), el("span", {}, word));
  const left = progress.total - progress.done - progress.skipped;
  open("progress", say("progress"),
    el("div.figures", {},
      figure(progress.done, say("done")), figure(progress.skipped, say("skipped")),
      figure(left, say("left")),
      progress.readers ? figure(rounded(progress.readers.alpha), say("alpha")) : null),
    curveSection(progress), modelSection(progress.model, differences),
    progress.readers ? readersSection(progress.readers, differences) : null,
    themesSection(progress, themes));
}

const rounded = (value) => (value == null ? "–" : value.toFixed(2));

function curveSection({ curve, done, model }) {
  const words = curve.failure ? say("curveFailed") + curve.failure
    : curve.points ? say("curveText")
    : curve.running ? null
    : say("curveFew", Math.max(0, curve.fewest - done), curve.fewest);
  return el("section", {}, el("h2", {}, say("curve")),
    curve.points ? drawCurve(curve.points, model.micro_f1, say("curveX")) : null,
    words ? el("p.quiet", {}, words) : null,
    curve.running ? el("p.quiet", {}, say("curveRunning")) : null);
}

function modelSection(model, differences) {
  if (!model.articles || model.micro_f1 == null) return null;
  const seen = model.articles - model.unseen;
  return el("section", {}, el("h2", {}, say("model")),
    el("p", {}, say("modelText", rounded(model.micro_f1), model.articles)),
    el("p.quiet", {}, seen ? say("modelSeen", model.unseen, seen) : say("modelBlind")),
    differences(model.differences, say("themModel")));
}

function readersSection(readers, differences) {
  return el("section", {}, el("h2", {}, say("readers")),
    el("p", {}, say("readersText", readers.articles, readers.same, readers.same_first)),
    el("p.quiet", {}, readers.alpha == null ? say("alphaNone")
      : `${say("alpha")} ${rounded(readers.alpha)}. ${say("alphaText")}`),
    differences(readers.differences, say("themOther")));
}

function themesSection(progress, themes) {
  const most = Math.max(1, ...Object.values(progress.themes));
  return el("section", {}, el("h2", {}, say("themesSoFar")),
    el("div.counts", {}, themes.ordered.map((theme) => {
      const n = progress.themes[theme.id] || 0;
      return el("div", {}, el("span", {}, nameOf(theme)),
        el("i", { vars: { "--share": n / most } }), el("b", {}, n));
    })));
}
