// What is near a file in the graph of links, and where it stands in a drawing. Pure functions.

// The files at each distance from one, along lists by file: [[direct], [at two links], …], each file once, at
// its least distance, as {file, via, kind}: `via` is the file by which it was reached.
const levelsFrom = (start, lists, depth) => {
  const seen = new Set([start]);
  const levels = [];
  let edge = [start];
  while (edge.length && levels.length < depth) {
    const level = [];
    for (const via of edge) {
      for (const [file, kind] of lists.get(via) ?? []) {
        if (seen.has(file)) continue;
        seen.add(file);
        level.push({ file, via, kind });
      }
    }
    if (level.length) levels.push(level);
    edge = level.map(({ file }) => file);
  }
  return levels;
};

const ROW = 30;
const PER_COLUMN = 12;
const MARGIN = 8;

// A drawing of levels on both sides of a file: nodes {file, more, column, x, y}, lines {from, to} between
// nodes, and its height, for a width. Columns hold so many nodes; `more` says how many others there are, in a
// node of its own.
const drawing = (start, before, after, width) => {
  const columns = [...before.toReversed(), [{ file: start, via: null }], ...after];
  const centre = before.length;
  const tallest = Math.max(...columns.map((column) => Math.min(column.length, PER_COLUMN + 1)));
  const height = tallest * ROW + 2 * MARGIN;
  const step = width / columns.length;
  const nodes = columns.flatMap((column, number) => {
    const drawn = column.slice(0, PER_COLUMN).map((entry) => ({ ...entry, more: 0 }));
    if (column.length > PER_COLUMN) drawn.push({ file: -1, via: null, more: column.length - PER_COLUMN });
    const top = (height - drawn.length * ROW) / 2;
    return drawn.map((entry, row) => ({
      ...entry,
      column: number - centre,
      x: number * step,
      y: top + row * ROW,
      width: step - (columns.length > 1 ? 28 : 0),
      height: ROW - 6,
    }));
  });
  // In a circle a file stands on both sides; a line joins what is on one.
  const nodeOf = new Map(nodes.map((node) => [`${Math.sign(node.column)} ${node.file}`, node]));
  const viaOf = ({ column, via }) => nodeOf.get(`${Math.sign(column - Math.sign(column))} ${via}`);
  const lines = nodes
    .filter((node) => node.column && viaOf(node))
    .map((node) => (node.column < 0 ? { from: node, to: viaOf(node) } : { from: viaOf(node), to: node }));
  return { nodes, lines, height };
};

// A curve from the right side of one node to the left side of another.
const curve = ({ from, to }) => {
  const [x, y] = [from.x + from.width, from.y + from.height / 2];
  const [endX, endY] = [to.x, to.y + to.height / 2];
  const bend = (endX - x) / 2;
  return `M${x} ${y} C${x + bend} ${y} ${endX - bend} ${endY} ${endX} ${endY}`;
};
