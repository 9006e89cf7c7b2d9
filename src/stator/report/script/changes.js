// The part about what has changed since the previous release.

const WHAT = ["added", "changed", "removed", "only renamed"];

// A row for each file that is not as it was: {what, path, file, before, after}, in bytes as sent; `file` is
// null for one that is no more.
const changedRows = ({ changes, files, sent }) => [
  ...changes.added.map((file) => ({ what: 0, path: files.paths[file], file, before: 0, after: sent[file] })),
  ...changes.changed.map(([file, , was]) => ({
    what: 1,
    path: files.paths[file],
    file,
    before: was,
    after: sent[file],
  })),
  ...changes.removed.map(([path, , was]) => ({ what: 2, path, file: null, before: was, after: 0 })),
  ...(changes.renamed ?? []).map((file) => ({
    what: 3,
    path: files.paths[file],
    file,
    before: sent[file],
    after: sent[file],
  })),
];

const changeColumns = (report) => {
  const bytes = (id, title, value, words, narrow = false) => ({
    id,
    title,
    number: true,
    narrow,
    value,
    cell: (row) => words(value(row)),
  });
  const orDash = (value) => (value ? size(value) : "–");
  return [
    {
      id: "path",
      title: "File",
      head: true,
      narrow: true,
      value: ({ path }) => path,
      cell: ({ file, path }) => (file === null ? pathText(path) : fileLink(report, file)),
    },
    { id: "what", title: "What", narrow: true, value: ({ what }) => what, cell: ({ what }) => WHAT[what] },
    bytes("before", "Before", ({ before }) => before, orDash),
    bytes("after", "After", ({ after }) => after, orDash),
    bytes("change", "Difference", ({ before, after }) => after - before, change, true),
  ];
};

const whyNoChanges = ({ previous }) =>
  previous ? "What the previous release had is not known." : "There is no previous release to compare with.";

const withoutChanges = (report) => ({
  element: make("section", {}, heading(2, "Changes"), note(whyNoChanges(report))),
  show() {},
});

const changesPart = (report, go) => {
  if (!report.changes) return withoutChanges(report);
  const { changes, previous, sent } = report;
  const rows = changedRows(report);
  const happened = new Set(rows.map((row) => row.what));
  const options = [ALL, ...[...WHAT.entries()].filter(([number]) => happened.has(number))];
  const what = choice("What", options, (value) => go({ what: value, at: undefined }));
  const table = sortedTable({
    caption: "Files that are not as they were, in bytes as sent",
    things: ["file", "files"],
    columns: changeColumns(report),
    first: "change",
    ask: go,
  });
  return {
    element: make(
      "section",
      {},
      heading(2, "Changes"),
      facts([
        ["Previous release", make("code", {}, shown(previous.id)), make("small", {}, time(previous.since))],
        ["Added", count(changes.added.length)],
        ["Changed", count(changes.changed.length)],
        ["Removed", count(changes.removed.length)],
        ["As sent", change(difference(changes, sent))],
      ]),
      make("div", { class: "fields" }, what.element),
      table.element,
      changes.renamed
        ? note("Only renamed: its own bytes are as before, only names of other files in it have changed.")
        : null,
    ),
    show(state) {
      what.select.value = state.what ?? "";
      table.show(
        rows.filter((row) => !state.what || row.what === Number(state.what)),
        state,
      );
    },
  };
};
