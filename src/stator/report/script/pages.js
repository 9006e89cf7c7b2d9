// The part about pages: what a browser asks for on a first visit, and when it comes again after this release.

const visitSaid = (visit) =>
  visit ? `${counted(visit.requests, "request")}, ${size(visit.bytes)}` : "not known";

// Figures of a page: id, title, the figure (-1 where it is not known), its words, and whether it is in bytes,
// which have a bar and are seen on a phone.
const PAGE_FIGURES = [
  ["requests", "First visit: requests", (page) => page.first.requests, count, false],
  ["bytes", "First visit: bytes", (page) => page.first.bytes, size, true],
  ["return", "Return visit: requests", (page) => page.return?.requests ?? -1, count, false],
  ["again", "Return visit: bytes", (page) => page.return?.bytes ?? -1, size, true],
  ["unknown", "Names not known", (page) => page.unknown, count, false],
];

const pageColumns = (pages) => [
  {
    id: "name",
    title: "Page",
    head: true,
    narrow: true,
    value: (page) => page.name,
    cell: (page) => [pageLink(page), " ", missingMark(page)],
  },
  ...PAGE_FIGURES.map(([id, title, value, words, isBytes]) => {
    const most = greatest(pages.map(value)) || 1;
    const said = (figure) => (isBytes ? measured(words(figure), figure / most) : words(figure));
    const cell = (page) => (value(page) < 0 ? "–" : said(value(page)));
    return { id, title, number: true, narrow: isBytes, value, cell };
  }),
];

const missingMark = ({ missing }) =>
  missing.length ? make("span", { class: "level error" }, `${count(missing.length)} missing`) : null;

const pagesPart = (report, go) => {
  const title = heading(2, "Pages");
  const hides = make("input", {
    type: "checkbox",
    onchange: () => go({ own: hides.checked ? "1" : undefined, at: undefined }),
  });
  const table = sortedTable({
    caption: "Pages, and what a browser asks for",
    things: ["page", "pages"],
    columns: pageColumns(report.pages),
    first: "bytes",
    ask: go,
  });
  const all = make(
    "div",
    {},
    make(
      "div",
      { class: "fields" },
      make("label", { class: "check" }, hides, " Only pages of the project, not of packages"),
    ),
    table.element,
    note(
      "A page is a template with those that it extends and includes. First visit: a browser that has nothing. ",
      "Return visit: one that has all of the previous release and comes after this one; without a release between ",
      "it asks for nothing that has a digest in its name. Images and fonts that style sheets name are counted ",
      "whether or not a rule applies, so these figures are a ceiling. Dynamic imports are in no sum.",
    ),
  );
  const one = make("div", {});
  return {
    element: make("section", {}, title, all, one),
    show(state) {
      const page = report.pages.find(({ name }) => name === state.page);
      [all.hidden, one.hidden] = [Boolean(page), !page];
      if (page) {
        title.replaceChildren(pathText(page.name));
        one.replaceChildren(...aboutPage(report, page));
      } else {
        title.replaceChildren("Pages");
        hides.checked = Boolean(state.own);
        table.show(state.own ? report.pages.filter((its) => !its.package) : report.pages, state);
      }
    },
  };
};

const HOW = ["named by the page", "loaded by another file", "later, on demand"];

const aboutPage = (report, page) => {
  const rows = [page.asks, page.loads, page.later].flatMap((files, how) =>
    files.map((file) => ({ file, how })),
  );
  const columns = [
    {
      id: "path",
      title: "File",
      head: true,
      narrow: true,
      value: ({ file }) => file,
      cell: ({ file }) => fileLink(report, file),
    },
    {
      id: "kind",
      title: "Kind",
      value: ({ file }) => report.files.kinds[file],
      cell: ({ file }) => kindMark(report, report.files.kinds[file]),
    },
    { id: "how", title: "How", value: ({ how }) => how, cell: ({ how }) => HOW[how] },
    {
      id: "sent",
      title: "As sent",
      number: true,
      narrow: true,
      value: ({ file }) => report.sent[file],
      cell: ({ file }) => size(report.sent[file]),
    },
  ];
  return [
    make("p", {}, make("a", { href: addressOf({ part: "pages" }) }, "All pages")),
    facts([
      ["Template", pathText(page.place)],
      ["First visit", visitSaid(page.first)],
      ["Return visit", visitSaid(page.return)],
      ["Names known at run time only", count(page.unknown)],
    ]),
    page.missing.length
      ? make(
          "section",
          { class: "card" },
          make("h3", {}, "Names that lead nowhere"),
          make("ul", { class: "plain" }, ...page.missing.map((name) => make("li", {}, pathText(name)))),
        )
      : null,
    ownTable(rows, { caption: "Files of the page", things: ["file", "files"], columns, first: "sent" }),
  ].filter(Boolean);
};
