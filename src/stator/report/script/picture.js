// The drawing of what is near a file, in SVG. It says what the lists below it say, for who sees: a click
// leads on, as the links of the lists do.

const NARROWEST = 480; // pixels of a drawing, below which names cannot be read
const LETTER = 6.9; // pixels, about

const picture = (report, file, before, after, go) => {
  const columns = before.length + after.length + 1;
  const width = Math.max(
    NARROWEST,
    Math.min(document.getElementById("main").clientWidth - 34, columns * 300),
  );
  const { nodes, lines, height } = drawing(file, before, after, width);
  const svg = draw(
    "svg",
    { viewBox: `0 0 ${width} ${height}`, width, height, "aria-hidden": "true" },
    ...lines.map((line) => draw("path", { class: "line", d: curve(line) })),
    ...nodes.map((node) => nodeShape(report, node, file, go)),
  );
  return make(
    "figure",
    { class: "picture", tabindex: "0", role: "group", "aria-label": "A drawing of the lists below" },
    svg,
  );
};

// Where the drawing is wider than the window, the file itself is what is seen.
const centre = (figure) => {
  const box = figure?.querySelector(".centre").getBBox();
  if (box) figure.scrollLeft = box.x + (box.width - figure.clientWidth) / 2;
};

const shortened = (text, width) => {
  const most = Math.max(Math.floor(width / LETTER), 4);
  return text.length > most ? `${text.slice(0, most - 1)}…` : text;
};

const nodeShape = (report, node, chosen, go) => {
  const { x, y, width, height } = node;
  const path = report.files.paths[node.file];
  const words = node.more ? `and ${count(node.more)} more` : shown(nameOf(path));
  const text = draw("text", { x: x + 16, y: y + height / 2 + 4 }, shortened(words, width - 22));
  if (node.more) return draw("g", { class: "node more" }, text);
  const group = draw(
    "g",
    { class: node.file === chosen ? "node centre" : "node" },
    draw("title", {}, `${shown(path)}, ${size(report.sent[node.file])}`),
    draw("rect", { x, y, width, height, rx: 4 }),
    coloured(
      draw("rect", { class: "mark", x, y, width: 8, height, rx: 3 }),
      `kind-${report.files.kinds[node.file]}`,
    ),
    text,
  );
  group.addEventListener("click", () => go({ part: "links", file: path }));
  return group;
};
