// The first part: the release in figures, what is heaviest, and what is wrong.

const HEAVIEST = 8;

const heaviestFirst = (items, weigh) => sortedBy(items, weigh, true).slice(0, HEAVIEST);

const codingRow = (report, coding) => {
  const { files, weights, total } = report;
  const coded = files[coding].filter(Boolean).length;
  return make(
    "tr",
    {},
    make("th", { scope: "row" }, coding),
    make("td", { class: "number" }, count(coded)),
    make("td", { class: "number" }, size(sum(weights[coding]))),
    make("td", { class: "number" }, share(total[coding], total.sizes)),
  );
};

const codingsTable = (report) =>
  make(
    "table",
    {},
    make("caption", {}, "Codings"),
    make(
      "thead",
      {},
      make(
        "tr",
        {},
        make("th", { scope: "col" }, "Coding"),
        make("th", { scope: "col", class: "number" }, "Files in it"),
        make("th", { scope: "col", class: "number" }, "All files so"),
        make("th", { scope: "col", class: "number" }, "Of published"),
      ),
    ),
    make("tbody", {}, ...report.codings.map((coding) => codingRow(report, coding))),
  );

// [kind, how many files, their bytes as published, as sent], for each kind that there is.
const kindRows = (report) => {
  const rows = report.kinds.map((_, kind) => ({ kind, files: 0, sizes: 0, sent: 0 }));
  report.files.kinds.forEach((kind, file) => {
    rows[kind].files++;
    rows[kind].sizes += report.files.sizes[file];
    rows[kind].sent += report.sent[file];
  });
  return sortedBy(rows, ({ sent }) => sent, true).filter(({ files }) => files);
};

const stripe = (rows, total) =>
  make(
    "div",
    { class: "stripe", "aria-hidden": "true" },
    ...rows.map(({ kind, sent }) => {
      const part = coloured(make("span"), `kind-${kind}`);
      part.style.setProperty("flex-grow", sent / (total || 1));
      return part;
    }),
  );

const kindsTable = (report) =>
  make(
    "table",
    {},
    make("caption", {}, "Kinds of files"),
    make(
      "thead",
      {},
      make(
        "tr",
        {},
        make("th", { scope: "col" }, "Kind"),
        make("th", { scope: "col", class: "number" }, "Files"),
        make("th", { scope: "col", class: "number wide" }, "Published"),
        make("th", { scope: "col", class: "number" }, "As sent"),
        make("th", { scope: "col", class: "number" }, "Of all"),
      ),
    ),
    make(
      "tbody",
      {},
      ...kindRows(report).map(({ kind, files, sizes, sent }) =>
        make(
          "tr",
          {},
          make("th", { scope: "row" }, kindMark(report, kind)),
          make("td", { class: "number" }, count(files)),
          make("td", { class: "number wide" }, size(sizes)),
          make("td", { class: "number" }, size(sent)),
          make("td", { class: "number" }, share(sent, report.total.sent)),
        ),
      ),
    ),
  );

const ranking = (title, entries) =>
  make(
    "section",
    { class: "card" },
    make("h3", {}, title),
    make(
      "ol",
      { class: "ranking" },
      ...entries.map(([link, words, part]) =>
        make("li", {}, link, make("span", { class: "measure" }, ...measured(words, part))),
      ),
    ),
  );

const heaviestFiles = (report) => {
  const files = heaviestFirst([...report.files.paths.keys()], (file) => report.sent[file]);
  const most = report.sent[files[0]] || 1;
  return ranking(
    "Heaviest files, as sent",
    files.map((file) => [fileLink(report, file), size(report.sent[file]), report.sent[file] / most]),
  );
};

const pageLink = (page) =>
  make("a", { href: addressOf({ part: "pages", page: page.name }) }, pathText(page.name));

const heaviestPages = (report) => {
  const pages = heaviestFirst(report.pages, (page) => page.first.bytes);
  const most = pages[0]?.first.bytes || 1;
  return ranking(
    "Heaviest pages, first visit",
    pages.map((page) => [pageLink(page), size(page.first.bytes), page.first.bytes / most]),
  );
};

const LEVELS = ["error", "warning", "info"];

// [level, how many, that in words], for each level.
const levelCounts = (findings) =>
  LEVELS.map((level) => {
    const number = findings.filter((finding) => finding.level === level).length;
    return [level, number, level === "info" ? `${count(number)} info` : counted(number, level)];
  });

const findingsSaid = ({ findings }) => {
  const counts = levelCounts(findings).filter(([, number]) => number);
  const links = counts.map(([level, , words]) =>
    make("a", { href: addressOf({ part: "findings", level }), class: `level ${level}` }, words),
  );
  return links.length ? links : ["none"];
};

const changesSaid = (report) => {
  const { changes, previous, sent } = report;
  if (!changes) return [whyNoChanges(report)];
  const words = [
    `${count(changes.added.length)} added`,
    `${count(changes.removed.length)} removed`,
    `${count(changes.changed.length)} changed`,
  ];
  return [
    make("a", { href: addressOf({ part: "changes" }) }, words.join(", ")),
    make("small", {}, `${change(difference(changes, sent))} as sent, since release ${shown(previous.id)}`),
  ];
};

const overviewPart = (report) => {
  const { files, total, release } = report;
  const element = make(
    "section",
    {},
    heading(2, "Overview"),
    make(
      "div",
      { class: "figures" },
      facts([
        ["Release", make("code", {}, shown(release.id)), make("small", {}, time(release.since))],
        [
          "Files",
          make("a", { href: addressOf({ part: "files" }) }, count(files.paths.length)),
          make("small", {}, `served at ${shown(report.static_url)}`),
        ],
        [
          "As sent",
          make("a", { href: addressOf({ part: "weight" }) }, size(total.sent)),
          make("small", {}, `${share(total.sent, total.sizes)} of ${size(total.sizes)} published`),
        ],
        ["Findings", make("span", { class: "levels" }, ...findingsSaid(report))],
        ["Since the previous release", ...changesSaid(report)],
      ]),
    ),
    stripe(kindRows(report), total.sent),
    make(
      "div",
      { class: "cards" },
      make("section", { class: "card" }, kindsTable(report)),
      make("section", { class: "card" }, codingsTable(report)),
      files.paths.length ? heaviestFiles(report) : null,
      report.pages.length ? heaviestPages(report) : null,
    ),
  );
  return { element, show() {} };
};
