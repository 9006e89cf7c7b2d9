// The layout of a treemap: pure geometry. A rectangle is {x, y, width, height} in pixels.
//
// 1. Areas are in proportion to weights within a folder ("Squarified Treemaps", Bruls, Huizing and van Wijk,
//    2000).
// 2. No cell has a side below LEAST, so that each can be hit: what would be smaller is put together in one
//    cell of its folder. The smallest cells may be larger than they weigh.
// 3. A folder with room shows what is in it, below a strip with its name.

const LEAST = 26;
const STRIP = 24;
const GAP = 2;
const ROOM = { width: 84, height: 90 };

// The worst ratio of sides in a row of areas along a side.
const worst = (areas, side) => {
  const total = sum(areas);
  const [least, most] = [Math.min(...areas), Math.max(...areas)];
  return Math.max((side * side * most) / (total * total), (total * total) / (side * side * least));
};

// Cut a row with these areas from the shorter side: its rectangles, and what is left.
const cut = (areas, { x, y, width, height }) => {
  const upright = width >= height;
  const thickness = sum(areas) / (upright ? height : width);
  let along = upright ? y : x;
  const row = areas.map((area) => {
    const length = area / thickness;
    const rectangle = upright
      ? { x, y: along, width: thickness, height: length }
      : { x: along, y, width: length, height: thickness };
    along += length;
    return rectangle;
  });
  const left = upright
    ? { x: x + thickness, y, width: width - thickness, height }
    : { x, y: y + thickness, width, height: height - thickness };
  return [row, left];
};

// Rectangles for weights, which come in falling order and are above 0.
const squarified = (weights, rectangle) => {
  const scale = (rectangle.width * rectangle.height) / sum(weights);
  const areas = weights.map((weight) => weight * scale);
  const result = [];
  let left = rectangle;
  for (let start = 0, end; start < areas.length; start = end) {
    const side = Math.min(left.width, left.height);
    end = start + 1;
    let ratio = worst(areas.slice(start, end), side);
    while (end < areas.length) {
      const next = worst(areas.slice(start, end + 1), side);
      if (next > ratio) break;
      ratio = next;
      end++;
    }
    const [row, rest] = cut(areas.slice(start, end), left);
    result.push(...row);
    left = rest;
  }
  return result;
};

const isHit = ({ width, height }) => width >= LEAST && height >= LEAST;

// The heaviest items each by itself, the others as one entry: [[item or list of items, weight], …], heaviest
// first.
const together = (items, alone) => {
  const rest = items.slice(alone);
  const entries = items.slice(0, alone).map((item) => [item, item.weight]);
  if (rest.length) entries.push([rest.length > 1 ? rest : rest[0], weightOf(rest)]);
  return entries.sort(([, one], [, other]) => other - one);
};

const weightOf = (items) => sum(items.map((item) => item.weight));

// What is tried until no cell is too thin: how many times a square of LEAST the smallest cell is, and what
// share of the whole weight may go into the rest though it is large enough.
const TRIED = [
  [1, 0.1],
  [2, 0.1],
  [4, 0.1],
  [8, 0.1],
  [1, 0.9],
];

// Items in falling order of weight, as rectangles: as many of the heaviest as can be hit, and the rest as
// one. Returns [[item or list of the rest, rectangle], …].
const placed = (items, rectangle) => {
  if (!items.length) return [];
  const total = weightOf(items);
  const least = (total * LEAST * LEAST) / (rectangle.width * rectangle.height);
  const most = items.filter((item) => item.weight >= least).length;
  for (const [times, given] of TRIED) {
    for (let alone = most; alone && weightOf(items.slice(alone, most)) <= total * given; alone--) {
      const entries = together(items, alone);
      const weights = entries.map(([, weight]) => Math.max(weight, least * times));
      const rectangles = squarified(weights, rectangle);
      if (rectangles.every(isHit)) return entries.map(([entry], number) => [entry, rectangles[number]]);
    }
  }
  return [[items.length > 1 ? items : items[0], rectangle]];
};

const inset = ({ x, y, width, height }, top) => ({
  x: x + GAP,
  y: y + top,
  width: width - 2 * GAP,
  height: height - top - GAP,
});

const hasRoom = ({ width, height }) => width >= ROOM.width && height >= ROOM.height;

// Where a way of folders leads in each of which there is but the next.
const unbranched = (folder) => {
  const [only, ...others] = folder.folders.values();
  return only && !others.length && !folder.files.length ? unbranched(only) : folder;
};

// What is right in a folder and weighs anything, heaviest first: {folder, weight} or {file, weight}.
const contents = (folder, weights, totals) =>
  [
    ...[...folder.folders.values()]
      .map(unbranched)
      .map((inner) => ({ folder: inner, weight: totals.get(inner.path) })),
    ...folder.files.map((file) => ({ file, weight: weights[file] })),
  ]
    .filter((item) => item.weight > 0)
    .sort((one, other) => other.weight - one.weight);

// The cells of a folder in a rectangle, in reading order of the drawing. A cell has one of: `file`; `folder`,
// and whether it is `open`, a strip above its own cells in a `frame`; `rest`, the small items. `of` is the
// folder it is in.
const cellsOf = (folder, weights, totals, rectangle) =>
  placed(contents(folder, weights, totals), rectangle).flatMap(([item, place]) => {
    if (Array.isArray(item)) return [{ rest: item, of: folder, weight: weightOf(item), ...place }];
    const cell = { ...item, of: folder, ...place };
    if (!item.folder || !hasRoom(place)) return [cell];
    const strip = { ...cell, open: true, frame: place, height: STRIP };
    return [strip, ...cellsOf(item.folder, weights, totals, inset(place, STRIP))];
  });

// The cell next to one in a direction: the nearest by edges, and of those as near the one most in line.
const DIRECTIONS = {
  ArrowRight: [1, 0],
  ArrowLeft: [-1, 0],
  ArrowDown: [0, 1],
  ArrowUp: [0, -1],
};

const middle = ({ x, y, width, height }) => [x + width / 2, y + height / 2];

const neighbour = (cells, from, [right, down]) => {
  const [x, y] = middle(from);
  let [best, least] = [null, Infinity];
  for (const cell of cells) {
    const [otherX, otherY] = middle(cell);
    const ahead = (otherX - x) * right + (otherY - y) * down;
    const aside = Math.abs((otherX - x) * down) + Math.abs((otherY - y) * right);
    if (cell === from || ahead <= 0.5 || ahead + 2 * aside >= least) continue;
    [best, least] = [cell, ahead + 2 * aside];
  }
  return best;
};
