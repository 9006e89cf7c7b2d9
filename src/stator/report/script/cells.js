// What a cell of the map says, and its colours. Pure functions; cells are those of treemap.js.

const ownerWords = (report, file) =>
  shown(report.owners[report.files.owners[file]]?.label ?? "source is gone");

const placeWords = (folder) => shown(folder.path) || "the release";

// What is said of a cell: its `name` for who cannot see it, the `short` one in it, and the `whole` beside the
// map.
const wordsOf = (report, cell, by) => {
  const weight = size(cell.weight);
  const of = `${share(cell.weight, report.total[by])} of all`;
  if (cell.rest) {
    const short = `${count(cell.rest.length)} small`;
    const name = `${short} ${weight} in ${placeWords(cell.of)}`;
    return { short, name, whole: `${name}, ${of}` };
  }
  const path = cell.folder ? cell.folder.path : report.files.paths[cell.file];
  const short = shown(path.slice(cell.of.path.length));
  const name = `${shown(path)} ${weight}`;
  if (cell.folder) return { short, name, whole: `${name}, ${of}` };
  const kind = report.kinds[report.files.kinds[cell.file]];
  return { short, name, whole: `${name}, ${of}; ${kind}; ${ownerWords(report, cell.file)}` };
};

// By what files are coloured: the first half of a colour's name, its number for each file, words for each
// number.
const palette = (report, by) =>
  by === "whose"
    ? { prefix: "whose", numbers: report.whose, words: WHOSE }
    : { prefix: "kind", numbers: report.files.kinds, words: report.kinds };

const legendOf = ({ prefix, words }) =>
  words.map((word, number) => make("li", {}, swatch(`${prefix}-${number}`), word));

// The files that a cell stands for that shows none of them.
const filesIn = ({ folder, rest }) =>
  folder ? filesBelow(folder) : rest.flatMap((item) => (item.folder ? filesBelow(item.folder) : [item.file]));

// A strip of the colours of files, each as long as they are heavy.
const mixOf = (files, weights, { prefix, numbers, words }) => {
  const shares = words.map(() => 0);
  for (const file of files) shares[numbers[file]] += weights[file];
  const total = sum(shares) || 1;
  let end = 0;
  const stops = shares.map((weight, number) => {
    const begin = end;
    end += (100 * weight) / total;
    return `var(--${prefix}-${number}) ${begin}% ${end}%`;
  });
  return `linear-gradient(to right, ${stops.join(", ")})`;
};
