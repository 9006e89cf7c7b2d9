// The part that lists all files: searched, filtered, sorted.

const ALL = ["", "all"];

const fileColumns = (report) => {
  const { files, sent, weights } = report;
  const most = greatest(sent) || 1;
  const column = (id, title, values) => ({
    id,
    title,
    number: true,
    value: (file) => values[file],
    cell: (file) => (values[file] ? size(values[file]) : "–"),
  });
  return [
    {
      id: "path",
      title: "File",
      head: true,
      narrow: true,
      value: (file) => file, // they came in order
      cell: (file) => fileLink(report, file),
    },
    {
      id: "kind",
      title: "Kind",
      value: (file) => files.kinds[file],
      cell: (file) => kindMark(report, files.kinds[file]),
    },
    {
      id: "owner",
      title: "Whose",
      value: (file) => ownerWords(report, file),
      cell: (file) => ownerWords(report, file),
    },
    column("source", "Source", files.sources),
    column("published", "Published", files.sizes),
    ...report.codings.map((coding) => column(coding, coding, files[coding])),
    {
      ...column("sent", "As sent", weights.sent),
      narrow: true,
      cell: (file) => measured(size(sent[file]), sent[file] / most),
    },
  ];
};

// The files that a state of the page asks for.
const matching = (report, { q, kind, whose: its }) => {
  const files = found(report.files.paths, report.lowered, q ?? "", Infinity);
  return files.filter(
    (file) =>
      (!kind || report.files.kinds[file] === Number(kind)) && (!its || report.whose[file] === Number(its)),
  );
};

const filesPart = (report, go) => {
  const input = make("input", {
    type: "search",
    autocomplete: "off",
    spellcheck: "false",
    oninput: () => go({ q: input.value, at: undefined }, { typing: true }),
  });
  const numbered = (words) => [ALL, ...words.map((word, number) => [String(number), word])];
  const kind = choice("Kind", numbered(report.kinds), (value) => go({ kind: value, at: undefined }));
  const its = choice("Whose", numbered(WHOSE), (value) => go({ whose: value, at: undefined }));
  const total = make("p", { class: "total", role: "status" });
  const table = sortedTable({
    caption: "Files of the release",
    things: ["file", "files"],
    columns: fileColumns(report),
    first: "sent",
    ask: go,
  });
  return {
    element: make(
      "section",
      {},
      heading(2, "Files"),
      make(
        "div",
        { class: "fields" },
        make("label", { class: "field long" }, make("span", {}, "Part of the path"), input),
        kind.element,
        its.element,
      ),
      total,
      table.element,
    ),
    show(state) {
      if (document.activeElement !== input) input.value = state.q ?? "";
      kind.select.value = state.kind ?? "";
      its.select.value = state.whose ?? "";
      const files = matching(report, state);
      const [sent, published] = [report.sent, report.files.sizes].map((sizes) => size(sumOf(sizes, files)));
      total.textContent = `${counted(files.length, "file")}, ${sent} as sent, ${published} published`;
      table.show(files, state);
    },
  };
};
