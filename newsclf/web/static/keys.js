// The keyboard: one table of keys and what they do.

export function listen(actions) {
  const plain = {
    Enter: actions.confirm,
    "-": actions.skip,
    Backspace: actions.undo,
    "0": actions.clear,
    "2": () => actions.first(1),
    "3": () => actions.first(2),
    "=": actions.accept,
    ArrowLeft: () => actions.move(-1),
    ArrowRight: () => actions.move(1),
    "[": () => actions.turn(-1),
    "]": () => actions.turn(1),
    ".": actions.toggleModel,
    "/": actions.find,
    "?": actions.help,
    "`": actions.progress,
  };

  addEventListener("keydown", (event) => {
    const dialog = document.getElementById("dialog");
    if (dialog.open || event.isComposing) return;
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "z") {
      event.preventDefault();
      actions.undo();
      return;
    }
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    // Enter and space on a focused button press it, as everywhere.
    const onButton = event.target instanceof HTMLButtonElement;
    if (onButton && event.key === "Enter" && !event.target.classList.contains("theme")) return;
    const action = plain[event.key] || letterAction(event, actions);
    if (!action || (event.repeat && event.key === "Enter")) return;
    event.preventDefault();
    action();
  });
}

// By the letter typed; by the place of the key where an input method has swallowed the letter.
function letterAction(event, actions) {
  const typed = /^[a-zA-Z]$/.test(event.key) ? event.key : "";
  const placed = event.key === "Process" && /^Key[A-Z]$/.test(event.code) ? event.code[3] : "";
  const letter = (typed || placed).toLowerCase();
  return letter ? () => actions.letter(letter, event.shiftKey) : null;
}

export const KEYS = [
  ["a – z", "keyTheme"],
  ["⇧ + a – z", "keyBorderline"],
  ["2  3", "keyFirst"],
  ["0", "keyNone"],
  ["=", "keyAccept"],
  ["⏎", "keyConfirm"],
  ["-", "keySkip"],
  ["⌫  Ctrl+Z", "keyUndo"],
  ["←  →", "keyMove"],
  ["[  ]", "keyEvidence"],
  [".", "keyModel"],
  ["/", "keyFind"],
  ["`", "keyProgress"],
  ["Space  ↑  ↓", "keyScroll"],
];
