// The part about one file: what it is, who refers to it, what it refers to, and the pages that load it.

const DEPTHS = [1, 2, 3, 4];
const LISTED = 40; // of one list, until people ask for all

const linksPart = (report, go) => {
  const title = heading(2, "Links");
  const about = make("div");
  const options = DEPTHS.map((number) => [String(number), counted(number, "link")]);
  const far = choice("As far as", options, (value) => go({ depth: value === "2" ? undefined : value }));
  const field = make("div", { class: "fields" }, far.element);
  const links = make("div");

  const showFile = (file, depth) => {
    const before = levelsFrom(file, report.referrers(), depth);
    const after = levelsFrom(file, report.targets(), depth);
    title.replaceChildren(pathText(report.files.paths[file]));
    about.replaceChildren(fileFacts(report, file));
    far.select.value = String(depth);
    links.replaceChildren(
      ...(report.links ? linksOf(report, file, before, after, go) : [unknownLinks()]),
      pagesWith(report, file),
    );
    centre(links.querySelector(".picture"));
  };

  return {
    element: make("section", {}, title, about, field, links),
    show({ file: path, depth }) {
      const file = report.indexOf().get(path);
      field.hidden = file === undefined || !report.links;
      if (file !== undefined) return showFile(file, DEPTHS.find((one) => one === Number(depth)) ?? 2);
      title.replaceChildren("Links");
      about.replaceChildren();
      links.replaceChildren(...beginning(report, path));
    },
  };
};

// Before a file is chosen: those that most others refer to.
const beginning = (report, wanted) => {
  const unknown = wanted ? [note("This release has no file ", make("bdi", {}, shown(wanted)), ".")] : [];
  const advice = note("Find a file by its name with the search above, or begin with one of these.");
  if (!report.links) return [...unknown, unknownLinks(), advice];
  const referred = sortedBy([...report.referrers()], ([, entries]) => entries.length, true).slice(
    0,
    HEAVIEST * 2,
  );
  const most = referred[0]?.[1].length ?? 1;
  const entries = referred.map(([file, its]) => [
    fileLink(report, file),
    counted(its.length, "file"),
    its.length / most,
  ]);
  return [...unknown, advice, ranking("Most referred to", entries)];
};

const unknownLinks = () =>
  note(
    "Links are not known: the last collect has left no record of them. Run collectstatic, then make the report anew.",
  );

const formsSaid = ({ files, codings }, file) => {
  const forms = codings.filter((coding) => files[coding][file]);
  return forms.length
    ? forms.map((coding) => `${coding} ${size(files[coding][file])}`).join(", ")
    : "none is smaller";
};

const fileFacts = (report, file) => {
  const { files } = report;
  const place = files.places[file];
  return facts([
    ["Kind", kindMark(report, files.kinds[file])],
    ["Published as", pathText(files.names[file])],
    ["Published", size(files.sizes[file])],
    ["Compressed", formsSaid(report, file)],
    ["Whose", ownerWords(report, file)],
    [
      "Source",
      place ? pathText(place) : "is gone",
      files.sources[file] ? `, ${size(files.sources[file])}` : "",
    ],
  ]);
};

const linksOf = (report, file, before, after, go) =>
  [
    before.length + after.length ? picture(report, file, before, after, go) : null,
    make(
      "div",
      { class: "cards" },
      levelLists(report, "Who refers to it", before, "No file refers to it."),
      levelLists(report, "What it refers to", after, "It refers to no file."),
    ),
  ].filter(Boolean);

const levelLists = (report, title, levels, none) =>
  make(
    "section",
    { class: "card" },
    make("h3", {}, title),
    ...(levels.length ? levels.flatMap((level, number) => levelList(report, level, number)) : [note(none)]),
  );

const levelList = (report, level, number) => {
  const words = number ? `${number + 1} links away` : "Directly";
  const entryFor = ({ file, kind, via }) =>
    make(
      "li",
      {},
      fileLink(report, file),
      make(
        "span",
        { class: "quiet" },
        " ",
        report.link_kinds[kind],
        ...(number ? [" by ", pathText(report.files.paths[via])] : []),
      ),
    );
  const list = make("ul", { class: "plain" }, ...level.slice(0, LISTED).map(entryFor));
  const more = make(
    "button",
    {
      type: "button",
      onclick: () => {
        const others = level.slice(LISTED).map(entryFor);
        for (const other of others) list.append(other); // a call has room for some thousands only
        more.remove();
        others[0].querySelector("a").focus();
      },
    },
    `Show ${count(level.length - LISTED)} more`,
  );
  return [make("h4", {}, `${words} (${count(level.length)})`), list, level.length > LISTED ? more : null];
};

const pagesWith = (report, file) => {
  const pages = (report.pagesOf().get(file) ?? []).map((number) => report.pages[number]);
  return make(
    "section",
    { class: "card" },
    make("h3", {}, `Pages that load it (${count(pages.length)})`),
    pages.length
      ? make("ul", { class: "plain columns" }, ...pages.map((page) => make("li", {}, pageLink(page))))
      : note("No page is known that does. Names that are known only at run time are in no list."),
  );
};
