// The labelling page: which article it shows, what is chosen, and what each action does.

import { showArticle } from "./article.js";
import { openEnd, openFind, openHelp } from "./dialogs.js";
import { $, el, fill } from "./dom.js";
import { listen } from "./keys.js";
import { openProgress } from "./progress.js";
import * as server from "./server.js";
import { makeThemes } from "./themes.js";
import { currentLanguage, nameOf, say, setLanguage } from "./words.js";

const session = await server.openSession();
const states = new Map();
for (const state of ["open", "done", "skipped"])
  for (const number of session.states[state]) states.set(number, state);

const view = { article: null, labels: [], borderline: [], suggestion: null, theme: null, seen: false };
let modelShown = localStorage.getItem("newsclf-model") !== "hidden";
const ahead = new Map();

setLanguage(localStorage.getItem("newsclf-language") || session.language);
// Actions take turns: a key pressed while the next article is on its way is meant for that one.
let turns = Promise.resolve();
const inTurn = (action) => (...values) => {
  turns = turns.then(() => action(...values)).catch(console.error);
};

const themes = makeThemes(session.codebook, { toggle: inTurn(toggle), first: inTurn(first) });

// --- which article -------------------------------------------------------------------------

function read(number) {
  if (!ahead.has(number)) ahead.set(number, server.readArticle(number));
  const article = ahead.get(number);
  article.catch(() => ahead.delete(number));
  return article;
}

async function goTo(number) {
  const article = await read(number);
  ahead.delete(number);
  const judgement = article.judgement;
  const prefill = session.review && !judgement && article.suggestion;
  Object.assign(view, {
    article,
    labels: [...(judgement?.labels ?? (prefill ? article.suggestion.themes : []))],
    borderline: [...(judgement?.borderline ?? [])],
    seen: judgement?.seen ?? false,
    theme: null,
  });
  history.replaceState(null, "", `#${number}`);
  view.theme = evidenceThemes()[0] ?? null;
  themes.define(view.theme ?? themes.ordered[0].id);
  scrollTo(0, 0);
  $("article").scrollTo(0, 0);
  document.activeElement?.blur();
  show();
  const next = nextOpen(number);
  if (next != null) read(next).catch(() => {});
}

const stateOf = (number) => states.get(number) ?? "open";

function nextOpen(number) {
  const { queue } = session;
  const at = queue.indexOf(number);
  const after = [...queue.slice(at + 1), ...queue.slice(0, at)];
  return after.find((n) => stateOf(n) === "open") ?? null;
}

function move(step) {
  const { queue } = session;
  const at = queue.indexOf(view.article.number) + step;
  if (at >= 0 && at < queue.length) return goTo(queue[at]);
}

function goOn() {
  const next = nextOpen(view.article.number);
  if (next != null) return goTo(next);
  const skipped = session.queue.filter((n) => stateOf(n) === "skipped");
  openEnd(session, skipped.length, inTurn(() => goTo(skipped[0])));
  show();
}

// --- what is chosen ------------------------------------------------------------------------

const suggestion = () => (modelShown ? view.article.suggestion : null);

function save(state) {
  const number = view.article.number;
  states.set(number, state);
  view.seen ||= Boolean(suggestion());
  const judgement = { labels: view.labels, borderline: view.borderline, state, seen: view.seen };
  ahead.delete(number);
  return server.saveJudgement(number, judgement);
}

function change(labels, borderline) {
  Object.assign(view, { labels, borderline });
  // A draft is saved as well; what was labelled or skipped before stays so.
  save(stateOf(view.article.number));
  show();
}

const without = (list, id) => list.filter((other) => other !== id);

function toggle(id, borderline) {
  if (!id) return;
  const had = (borderline ? view.borderline : view.labels).includes(id);
  const labels = without(view.labels, id);
  const doubtful = without(view.borderline, id);
  if (!had) (borderline ? doubtful : labels).push(id);
  view.theme = id;
  themes.define(id);
  return change(labels, doubtful);
}

function first(place) {
  const id = view.labels[place];
  if (id && place) return change([id, ...without(view.labels, id)], view.borderline);
}

function accept() {
  const given = suggestion();
  if (given) return change([...given.themes], view.borderline.filter((id) => !given.themes.includes(id)));
}

function confirm() {
  save("done");
  return goOn();
}

function skip() {
  save("skipped");
  return goOn();
}

async function undo() {
  const { number } = await server.undoLast();
  if (number == null) return tell(say("nothingToUndo"));
  ahead.clear();
  const { judgement } = await read(number);
  states.set(number, judgement?.state ?? "open");
  return goTo(number);
}

// --- what is shown -------------------------------------------------------------------------

// Themes whose evidence is worth a look: chosen, suggested, or at least the likeliest.
function evidenceThemes() {
  const given = suggestion();
  if (!given) return [...view.labels];
  const likeliest = Object.entries(given.probabilities).sort((a, b) => b[1] - a[1])[0];
  const known = [...new Set([...given.themes, ...view.labels, ...view.borderline])];
  return known.length ? known : likeliest && likeliest[1] >= 0.1 ? [likeliest[0]] : [];
}

function turn(step) {
  const list = evidenceThemes();
  if (!list.length) return;
  view.theme = list[(list.indexOf(view.theme) + step + list.length) % list.length];
  themes.define(view.theme);
  show();
}

function toggleModel() {
  modelShown = !modelShown;
  localStorage.setItem("newsclf-model", modelShown ? "shown" : "hidden");
  view.theme ??= evidenceThemes()[0] ?? null;
  show();
}

const marksOf = new Map();

async function show() {
  const { article } = view;
  const given = suggestion();
  themes.show({ ...view, suggestion: given, theme: given && view.theme, other: article.other });
  showCounts();
  showActions();
  const shown = given && view.theme;
  const key = `${article.number} ${shown}`;
  if (shown && !marksOf.has(key)) marksOf.set(key, server.readEvidence(article.number, shown));
  const note = !article.suggestion ? say("blind")
    : !modelShown ? say("hiddenModel")
    : shown ? say("evidence", nameOf(themes.theme(shown)), given.probabilities[shown].toFixed(2))
    : "";
  if (article !== drawn) draw([], note);
  const marks = shown ? await marksOf.get(key).catch(() => []) : [];
  if (article === view.article && shown === (suggestion() && view.theme)) draw(marks, note);
}

let drawn = null;

function draw(marks, note) {
  drawn = view.article;
  showArticle(view.article, marks, note);
}

function showCounts() {
  const done = [...states.values()].filter((state) => state === "done").length;
  const total = session.queue.length;
  $("count").textContent = say("count", done, total);
  $("bar").firstElementChild.style.setProperty("--share", done / total);
  document.title = `${done}/${total} · newsclf`;
}

function showActions() {
  const state = stateOf(view.article.number);
  const button = (kind, key, word, action) =>
    el(`button.${kind}`, { type: "button", onclick: inTurn(() => action()) }, say(word), el("kbd", {}, key));
  fill(
    $("actions"),
    state === "open" ? null : el(`span.state.${state}`, {}, say(state)),
    button("undo", "⌫", "undo", undo),
    button("skip", "-", "skip", skip),
    suggestion() ? button("accept", "=", "accept", accept) : null,
    button("go", "⏎", "confirm", confirm),
  );
}

function tell(words, kind = "") {
  $("saved").textContent = words;
  $("saved").className = kind;
}

server.onWaiting((waiting, trouble) => {
  if (trouble === "lost") tell(say("lost"), "trouble");
  else if (trouble === "refused") tell(say("refused"), "trouble");
  else if (trouble === "away") tell(say("unsaved", waiting), "trouble");
  else if (!waiting) tell(say("saved"));
});

async function showProgress() {
  openProgress(await server.readProgress(), themes, inTurn(goTo));
}

function showHelp() {
  openHelp(`${session.model} · ${session.codebook.name} ${session.codebook.version}`);
}

function speak(language) {
  setLanguage(language);
  $("show-progress").textContent = say("progress");
  $("switch-language").textContent = say("language");
  $("show-help").title = say("help");
}

function switchLanguage() {
  speak(currentLanguage() === "zh" ? "en" : "zh");
  localStorage.setItem("newsclf-language", currentLanguage());
  drawn = null;
  themes.draw();
  themes.define(view.theme ?? themes.ordered[0].id);
  tell("");
  show();
}

$("show-progress").addEventListener("click", inTurn(showProgress));
$("switch-language").addEventListener("click", inTurn(switchLanguage));
$("show-help").addEventListener("click", showHelp);

speak(currentLanguage());
const wanted = Number(location.hash.slice(1) || NaN);
const drafts = session.queue.filter((n) => stateOf(n) === "open");
inTurn(goTo)(session.queue.includes(wanted) ? wanted : drafts[0] ?? session.queue[0]);

const actions = {
  confirm, skip, undo, accept, move, turn, toggleModel, first,
  clear: () => change([], []),
  letter: (key, shifted) => toggle(themes.ofLetter(key), shifted),
  find: () => openFind(themes.ordered, inTurn(toggle)),
  help: showHelp,
  progress: showProgress,
};
listen(Object.fromEntries(Object.entries(actions).map(([name, action]) => [name, inTurn(action)])));
