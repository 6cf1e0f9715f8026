// The learning curve as a small drawing.

import { svg } from "./dom.js";

const W = 560, H = 200, LEFT = 34, RIGHT = 14, TOP = 12, BOTTOM = 34;

export function drawCurve(points, model, label) {
  const known = points.filter((p) => p.micro_f1 != null);
  const most = Math.max(...points.map((p) => p.articles));
  const x = (n) => LEFT + (n / most) * (W - LEFT - RIGHT);
  const y = (v) => TOP + (1 - v) * (H - TOP - BOTTOM);
  const line = (x1, y1, x2, y2, kind) => svg("line", { x1, y1, x2, y2, class: kind });
  const text = (at, up, words, anchor) => {
    const node = svg("text", { x: at, y: up, "text-anchor": anchor });
    node.textContent = words;
    return node;
  };
  const grid = [0, 0.25, 0.5, 0.75, 1].flatMap((v) => [
    line(LEFT, y(v), W - RIGHT, y(v), "grid"),
    text(LEFT - 6, y(v) + 4, v.toFixed(2), "end"),
  ]);
  return svg("svg", { viewBox: `0 0 ${W} ${H}`, class: "curve", role: "img" },
    ...grid,
    ...(model == null ? [] : [line(LEFT, y(model), W - RIGHT, y(model), "model")]),
    ...known.filter((p) => p.low != null)
      .map((p) => line(x(p.articles), y(p.low), x(p.articles), y(p.high), "interval")),
    svg("polyline", { points: known.map((p) => `${x(p.articles)},${y(p.micro_f1)}`).join(" ") }),
    ...known.map((p) => svg("circle", { cx: x(p.articles), cy: y(p.micro_f1), r: 4 })),
    ...points.map((p) => text(x(p.articles), H - 18, String(p.articles), "middle")),
    text((LEFT + W - RIGHT) / 2, H - 3, label, "middle"));
}
