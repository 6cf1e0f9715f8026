// Talking to the server: reads at once, changes one after the other, tried again until they arrive.

let token = "";
let waiting = 0;
let line = Promise.resolve();
const listeners = [];

export function onWaiting(listener) {
  listeners.push(listener);
}

function tell(trouble = null) {
  for (const listener of listeners) listener(waiting, trouble);
}

async function get(path) {
  const response = await fetch(path).catch((error) => {
    tell("away");
    throw error;
  });
  if (response.status === 403) tell("lost");
  if (!response.ok) throw new Error(await response.text());
  return response.json();
}

export async function openSession() {
  const session = await get("/api/session");
  token = session.token;
  return session;
}

// What a change has an effect on is read once that change has arrived.
export const readArticle = (number) => line.then(() => get(`/api/articles/${number}`));
export const readProgress = () => line.then(() => get("/api/progress"));
export const readEvidence = (number, theme) =>
  get(`/api/articles/${number}/evidence/${encodeURIComponent(theme)}`);

async function post(path, body) {
  for (;;) {
    try {
      const response = await fetch(path, {
        method: "POST",
        headers: { "Content-Type": "application/json", "X-Newsclf-Token": token },
        body: JSON.stringify(body),
      });
      if (response.ok) return await response.json();
      if (response.status === 403) tell("lost");
      else return { refused: await response.text() };
    } catch {
      tell("away");
    }
    await new Promise((resolve) => setTimeout(resolve, 2000));
  }
}

// Changes keep their order: each waits for the one before it.
function change(path, body) {
  waiting += 1;
  tell();
  const result = line.then(() => post(path, body));
  line = result.then((answer) => {
    waiting -= 1;
    tell(answer.refused ? "refused" : null);
  });
  return result;
}

export const saveJudgement = (number, judgement) => change(`/api/articles/${number}`, judgement);
export const undoLast = () => change("/api/undo", {});

addEventListener("beforeunload", (event) => {
  if (waiting) event.preventDefault();
});
