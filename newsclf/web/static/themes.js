// The themes by group, what is chosen of them, and the definition at hand.

import { $, el, fill } from "./dom.js";
import { nameOf, say, scopeOf } from "./words.js";

const LETTERS = "abcdefghijklmnopqrstuvwxyz";

export function makeThemes(codebook, on) {
  const known = new Map(codebook.themes.map((theme) => [theme.id, theme]));
  const groups = [...codebook.groups, { id: "", name_zh: "", name_en: "" }]
    .map((group) => ({ group, themes: codebook.themes.filter((t) => (t.group || "") === group.id) }))
    .filter((entry) => entry.themes.length);
  // Letters follow the order of the page, so that they run from top to bottom.
  const ordered = groups.flatMap((entry) => entry.themes);
  const letter = new Map(ordered.slice(0, 26).map((theme, i) => [theme.id, LETTERS[i]]));
  const rows = new Map();

  function row(theme) {
    const button = el("button.theme", {
      type: "button",
      data: { theme: theme.id },
      onclick: (event) => on.toggle(theme.id, event.shiftKey),
      onfocus: () => define(theme.id),
      onmouseenter: () => define(theme.id),
    },
      el("kbd", {}, letter.get(theme.id) || ""),
      el("span.name", {}, nameOf(theme)),
      el("span.mark", {}),
      el("i.likely", { "aria-hidden": "true" }));
    rows.set(theme.id, button);
    return button;
  }

  // An exclude may point to the theme it belongs to by its id.
  const pointed = (item) => item.replace(/[a-z][a-z0-9_]+/g, (word) =>
    known.has(word) ? nameOf(known.get(word)) : word);

  function define(id) {
    const theme = known.get(id);
    if (!theme) return fill($("definition"));
    const list = (title, items) =>
      items.length > 0 && [el("h3", {}, title), el("ul", { lang: "zh-Hans" }, items.map((item) => el("li", {}, pointed(item))))];
    fill(
      $("definition"),
      el("h2", {}, nameOf(theme), el("small", {}, theme.id)),
      el("p", {}, scopeOf(theme)),
      el("div.lists", {},
        el("div", {}, list(say("includes"), theme.includes)),
        el("div", {}, list(say("excludes"), theme.excludes))),
    );
  }

  function draw() {
    fill($("themes"), el("div.columns", {}, groups.map(({ group, themes }) =>
      el("section.group", {}, group.id ? el("h2", {}, nameOf(group)) : null, themes.map(row)))));
  }

  function show(view) {
    const { labels, borderline, suggestion } = view;
    for (const [id, button] of rows) {
      const place = labels.indexOf(id);
      const doubtful = borderline.includes(id);
      button.classList.toggle("label", place >= 0);
      button.classList.toggle("first", place === 0);
      button.classList.toggle("borderline", doubtful);
      button.classList.toggle("suggested", Boolean(suggestion?.themes.includes(id)));
      button.classList.toggle("shown", id === view.theme);
      button.setAttribute("aria-pressed", place >= 0 ? "true" : doubtful ? "mixed" : "false");
      const p = suggestion?.probabilities[id] ?? 0;
      button.style.setProperty("--p", p < 0.02 ? 0 : p.toFixed(3));
      button.title = suggestion ? `${nameOf(known.get(id))} ${p.toFixed(2)}` : nameOf(known.get(id));
      button.querySelector(".mark").textContent =
        place >= 0 ? (labels.length > 1 ? String(place + 1) : "✓") : doubtful ? "≈" : "";
    }
    showChosen(view);
  }

  function showChosen({ labels, borderline, other }) {
    const small = (sign, title, action) =>
      el("button", { type: "button", title, "aria-label": title, onclick: action }, sign);
    const chip = (id, i, kind) => el(`span.chip.${kind}`, { data: { theme: id } },
      el("button.name", {
        type: "button",
        title: kind === "label" && i > 0 ? say("first") : "",
        onclick: () => (kind === "label" ? on.first(i) : define(id)),
      }, el("b", {}, kind === "label" ? String(i + 1) : "≈"), nameOf(known.get(id))),
      kind === "label"
        ? small("≈", say("toBorderline"), () => on.toggle(id, true))
        : small("✓", say("toLabel"), () => on.toggle(id, false)),
      small("×", say("remove"), () => on.toggle(id, kind !== "label")));
    const theirs = other && [...other.labels.map((id) => nameOf(known.get(id))),
      ...other.borderline.map((id) => `≈ ${nameOf(known.get(id))}`)];
    fill(
      $("chosen"),
      labels.map((id, i) => chip(id, i, "label")),
      borderline.map((id, i) => chip(id, i, "doubtful")),
      labels.length + borderline.length ? null : el("span.none", {}, say("none")),
      theirs ? el("span.other", {}, `${say("other")}: ${theirs.join("、") || say("otherNone")}`) : null,
    );
  }

  draw();
  return {
    draw, show, define, ordered,
    theme: (id) => known.get(id),
    ofLetter: (key) => ordered[LETTERS.indexOf(key)]?.id,
  };
}
