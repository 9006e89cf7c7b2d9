// The part about files that lose to another of the same name.

const shadowedColumns = (report) => [
  {
    id: "path",
    title: "File",
    head: true,
    narrow: true,
    value: ({ path }) => path,
    cell: ({ path }) =>
      report.indexOf().has(path) ? fileLink(report, report.indexOf().get(path)) : pathText(path),
  },
  {
    id: "winner",
    title: "Published",
    narrow: true,
    value: ({ winner }) => winner,
    cell: ({ winner }) => pathText(winner),
  },
  {
    id: "losers",
    title: "Not published",
    value: ({ losers }) => losers.join("\n"),
    cell: ({ losers }) =>
      make("ul", { class: "plain" }, ...losers.map((place) => make("li", {}, pathText(place)))),
  },
  {
    id: "declared",
    title: "Meant",
    value: ({ declared }) => Number(declared),
    cell: ({ declared }) => (declared ? "yes, by the option OVERRIDES" : "not declared"),
  },
];

const shadowedPart = (report, go) => {
  const table = sortedTable({
    caption: "Files of the same name in more than one place",
    things: ["file", "files"],
    columns: shadowedColumns(report),
    first: "path",
    ask: go,
  });
  return {
    element: make(
      "section",
      {},
      heading(2, "Shadowed"),
      table.element,
      note(
        "Of files with one logical path the first that is found is published. The order is that of the finders.",
      ),
    ),
    show: (state) => table.show(report.shadowed, state),
  };
};
