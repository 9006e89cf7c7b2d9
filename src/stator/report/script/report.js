// The report: its columns as they came, and what follows from them. A file is its index in the columns.

const FORMAT = 1;

const WEIGHTS = {
  sent: "as sent (the smallest form)",
  sizes: "as published, not compressed",
  br: "in Brotli, where there is it",
  zstd: "in Zstandard, where there is it",
  gzip: "in gzip, where there is it",
};

// Bytes of each file in a coding: those of the form, or of the file where it has no such form.
const inCoding = (files, coding) => files.sizes.map((whole, file) => files[coding][file] || whole);

const smallest = (files, codings) =>
  files.sizes.map((whole, file) =>
    codings.reduce((least, coding) => Math.min(least, files[coding][file] || whole), whole),
  );

const sum = (numbers) => numbers.reduce((total, number) => total + number, 0);
const greatest = (numbers) => numbers.reduce((most, number) => Math.max(most, number), 0);
const sumOf = (weights, files) => files.reduce((total, file) => total + weights[file], 0);

// Whose a file is. Labels of apps are Stator's own words for them.
const WHOSE = ["folders of the project", "apps of the project", "packages", "source is gone"];
const whose = (owner) => (!owner ? 3 : owner.package ? 2 : owner.label.startsWith("app ") ? 1 : 0);

// From pairs of files to lists by file: [[other, kind of link], …] for each that has any.
const grouped = (from, to, kinds) => {
  const lists = new Map();
  from.forEach((file, row) => {
    const list = lists.get(file);
    const entry = [to[row], kinds[row]];
    if (list) list.push(entry);
    else lists.set(file, [entry]);
  });
  return lists;
};

// The folder that everything is in. A folder knows its path ("" or with a slash at the end), its folders by
// name, and the files right in it.
const folderTree = (paths) => {
  const root = { path: "", folders: new Map(), files: [] };
  const known = new Map([["", root]]);
  const folderAt = (path) => {
    if (known.has(path)) return known.get(path);
    const folder = { path, folders: new Map(), files: [] };
    known.set(path, folder);
    folderAt(folderOf(path.slice(0, -1))).folders.set(nameOf(path.slice(0, -1)), folder);
    return folder;
  };
  paths.forEach((path, file) => folderAt(folderOf(path)).files.push(file));
  return { root, known };
};

// All files below a folder.
const filesBelow = (folder) => [
  ...folder.files,
  ...[...folder.folders.values()].flatMap((inner) => filesBelow(inner)),
];

// What each folder weighs with all that is below it: by path.
const folderWeights = (root, weights) => {
  const totals = new Map();
  const weigh = (folder) => {
    let total = sumOf(weights, folder.files);
    for (const inner of folder.folders.values()) total += weigh(inner);
    totals.set(folder.path, total);
    return total;
  };
  weigh(root);
  return totals;
};

// A function whose values are made when they are first asked for.
const lazily = (make) => {
  const known = new Map();
  return (key) => {
    if (!known.has(key)) known.set(key, make(key));
    return known.get(key);
  };
};

// The report with what the parts of the page ask of it.
const understood = (report) => {
  const { files, links } = report;
  const sent = smallest(files, report.codings);
  const codings = report.codings.filter((coding) => coding in files);
  const weights = { sent, sizes: files.sizes };
  for (const coding of codings) weights[coding] = inCoding(files, coding);
  return {
    ...report,
    weights,
    sent,
    total: Object.fromEntries(Object.entries(weights).map(([name, column]) => [name, sum(column)])),
    lowered: files.paths.map((path) => path.toLowerCase()),
    whose: files.owners.map((owner) => whose(report.owners[owner])),
    tree: lazily(() => folderTree(files.paths)),
    indexOf: lazily(() => new Map(files.paths.map((path, file) => [path, file]))),
    targets: lazily(() => (links ? grouped(links.from, links.to, links.kinds) : new Map())),
    referrers: lazily(() => (links ? grouped(links.to, links.from, links.kinds) : new Map())),
    pagesOf: lazily(() => pagesByFile(report.pages)),
  };
};

// The pages that ask for a file or load it, by file.
const pagesByFile = (pages) => {
  const lists = new Map();
  pages.forEach((page, number) => {
    for (const file of [...page.asks, ...page.loads]) {
      if (!lists.has(file)) lists.set(file, []);
      lists.get(file).push(number);
    }
  });
  return lists;
};

// What the changes since the previous release come to, in bytes as sent.
const difference = (changes, sent) => {
  const added = sumOf(sent, changes.added);
  const removed = sum(changes.removed.map(([, , was]) => was));
  const grown = sum(changes.changed.map(([file, , was]) => sent[file] - was));
  return added - removed + grown;
};

// Files whose path has every word of the query; those whose name begins with the first word come first.
const found = (paths, lowered, query, most) => {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  const [first, rest] = [[], []];
  for (let file = 0; file < lowered.length && first.length < most; file++) {
    const path = lowered[file];
    if (!words.every((word) => path.includes(word))) continue;
    if (words.length && path.startsWith(words[0], path.lastIndexOf("/") + 1)) first.push(file);
    else if (rest.length < most) rest.push(file);
  }
  return [...first, ...rest].slice(0, most);
};
