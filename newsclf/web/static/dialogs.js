// What opens over the page: help, the search for a theme, the end of the queue.

import { $, el, fill } from "./dom.js";
import { KEYS } from "./keys.js";
import { nameOf, say, scopeOf } from "./words.js";

export function open(kind, title, ...content) {
  const dialog = $("dialog");
  dialog.className = kind;
  fill(dialog,
    el("div.head", {}, el("h1", {}, title),
      el("button", { type: "button", "aria-label": say("close"), onclick: close }, "×")),
    ...content);
  if (!dialog.open) dialog.showModal();
  dialog.focus();
}

export function close() {
  $("dialog").close();
}

export function openHelp(model) {
  open("help", say("help"),
    el("h2", {}, say("rules")),
    el("ul", {}, say("guide").map((rule) => el("li", {}, rule))),
    el("h2", {}, say("keys")),
    el("dl", {}, KEYS.flatMap(([keys, word]) => [
      el("dt", {}, keys.split("  ").map((key) => el("kbd", {}, key))),
      el("dd", {}, say(word)),
    ])),
    el("p.quiet", {}, model));
}

export function openEnd(session, skipped, toSkipped) {
  open("end", say("allDone"),
    el("p", {}, say("allDoneText", session.output)),
    skipped ? el("button.go", { type: "button", onclick: () => { close(); toSkipped(); } },
      say("toSkipped", skipped)) : null);
}

export function openFind(themes, choose) {
  let found = themes;
  let at = 0;
  const list = el("ul", { role: "listbox" });
  const input = el("input", {
    type: "text", autofocus: true, autocomplete: "off", spellcheck: "false",
    placeholder: say("find"), "aria-label": say("find"),
    oninput: () => { at = 0; draw(); },
    onkeydown: onKey,
  });

  function draw() {
    const wanted = input.value.trim().toLowerCase();
    const within = (...texts) => texts.some((text) => text.toLowerCase().includes(wanted));
    const byName = themes.filter((t) => within(t.id, t.name_zh, t.name_en));
    const byScope = themes.filter((t) => within(t.scope_zh, t.scope_en, ...t.includes));
    found = [...new Set([...byName, ...byScope])];
    fill(list, found.slice(0, 8).map((theme, i) =>
      el("li", {
        role: "option", "aria-selected": String(i === at),
        onclick: (event) => pick(theme, event.shiftKey),
      }, el("b", {}, nameOf(theme)), el("span", {}, scopeOf(theme)))));
  }

  function onKey(event) {
    // Once the dialog is closed, its Enter must not confirm the article as well.
    event.stopPropagation();
    if (event.isComposing) return;
    const shown = Math.min(found.length, 8);
    if (event.key === "ArrowDown") at = Math.min(at + 1, shown - 1);
    else if (event.key === "ArrowUp") at = Math.max(at - 1, 0);
    else if (event.key === "Enter" && found[at]) pick(found[at], event.shiftKey);
    else return;
    event.preventDefault();
    draw();
  }

  function pick(theme, borderline) {
    close();
    choose(theme.id, borderline);
  }

  open("find", say("find"), input, el("p.quiet", {}, say("findHint")), list);
  draw();
  input.focus();
}
