// The part that shows weight as area: a treemap of buttons, folder by folder.

const COLOURS = { kind: "kind", whose: "whose it is" };
const LOWEST = 420; // pixels of the map's height, whatever the window has
const BELOW = 80; // pixels that the window shows below it

const weightPart = (report, go) => {
  const { root, known } = report.tree();
  const totals = lazily((by) => folderWeights(root, report.weights[by]));
  let state = {};
  let [cells, buttons] = [[], []]; // a button for each cell
  let drawnWidth = 0;
  let wantsFocus = false;

  const byOptions = Object.entries(WEIGHTS).filter(([name]) => name in report.weights);
  const by = choice("Weigh files", byOptions, (value) => go({ by: value === "sent" ? undefined : value }));
  const colour = choice("Colour by", Object.entries(COLOURS), (value) =>
    go({ colour: value === "kind" ? undefined : value }),
  );
  const crumbs = make("ol");
  const map = make("div", { class: "map", role: "group", onkeydown: (event) => moveBy(event) });
  const told = make("p", { class: "told" });
  const legend = make("ul", { class: "legend" });
  const rest = make("div");

  const folderNow = () => known.get(state.folder ?? "") ?? root;
  const byNow = () => (Object.hasOwn(report.weights, state.by) ? state.by : "sent");
  const colourNow = () => (Object.hasOwn(COLOURS, state.colour) ? state.colour : "kind");

  const enter = (folder) => {
    wantsFocus = true;
    go({ folder: folder.path });
  };

  const leave = () => {
    const { path } = folderNow();
    if (path) enter(known.get(folderOf(path.slice(0, -1))));
  };

  const press = (cell) => {
    if (cell.folder) enter(cell.folder);
    else if (!cell.rest) go({ part: "links", file: report.files.paths[cell.file] });
    else {
      rest.replaceChildren(...restList(report, cell, state));
      rest.querySelector("h3").focus();
    }
  };

  // One cell takes part in the order of Tab; the arrows lead to the others.
  const hold = (held) => {
    for (const button of buttons) button.tabIndex = button === held ? 0 : -1;
  };

  const moveBy = (event) => {
    const direction = DIRECTIONS[event.key];
    if (!direction && event.key !== "Escape") return;
    event.preventDefault();
    if (!direction) return leave();
    const next = neighbour(cells, cells[buttons.indexOf(document.activeElement)], direction);
    if (next) buttons[cells.indexOf(next)].focus();
  };

  const buttonFor = (cell) => {
    const words = wordsOf(report, cell, byNow());
    const tell = () => (told.textContent = words.whole);
    const button = cellButton(cell, words, {
      onclick: () => press(cell),
      onpointerenter: tell,
      onfocus: () => {
        hold(button);
        tell();
      },
    });
    return paint(button, cell, report.weights[byNow()], palette(report, colourNow()));
  };

  const layOut = () => {
    const width = map.clientWidth;
    if (!width) return; // another part is shown
    drawnWidth = width;
    const top = map.getBoundingClientRect().top + scrollY;
    const height = Math.max(innerHeight - top - BELOW, LOWEST);
    map.style.setProperty("height", `${height}px`);
    cells = cellsOf(folderNow(), report.weights[byNow()], totals(byNow()), { x: 0, y: 0, width, height });
    buttons = cells.map(buttonFor);
    map.replaceChildren(...cells.filter((cell) => cell.open).map(frameOf), ...buttons);
    hold(buttons[0]);
    if (!cells.length) told.textContent = "No file here weighs anything.";
    if (wantsFocus) buttons[0]?.focus();
    wantsFocus = false;
  };

  new ResizeObserver(() => {
    if (map.clientWidth !== drawnWidth) requestAnimationFrame(layOut);
  }).observe(map);

  return {
    element: make(
      "section",
      {},
      heading(2, "Weight"),
      make("div", { class: "fields" }, by.element, colour.element),
      make("nav", { class: "crumbs", "aria-label": "Folder" }, crumbs),
      map,
      told,
      legend,
      note(
        "Each cell is as large as its file is heavy. Enter or a click opens a folder or a file, the arrow keys go from ",
        "cell to cell, Escape leads out of the folder. What is too small to be hit is put together in one cell.",
      ),
      rest,
    ),
    show(next) {
      state = next;
      wantsFocus ||= [crumbs, rest].some((one) => one.contains(document.activeElement));
      by.select.value = byNow();
      colour.select.value = colourNow();
      map.setAttribute("aria-label", `Files in ${placeWords(folderNow())}, by weight`);
      crumbs.replaceChildren(...crumbsTo(folderNow(), state, totals(byNow())));
      legend.replaceChildren(...legendOf(palette(report, colourNow())));
      told.textContent = "";
      rest.replaceChildren();
      layOut();
    },
  };
};

// A cell with as many words as it has room for.
const WORDS = { width: 44, height: 30 };
const hasRoomForWords = ({ open, width, height }) => width >= WORDS.width && (open || height >= WORDS.height);
const hasRoomForSize = ({ open, width, height }) => (open ? width > 110 : height > 44);

const cellButton = (cell, words, listeners) => {
  const kind = ["open", "folder", "rest"].find((name) => cell[name]);
  const texts = [words.short, ...(hasRoomForSize(cell) ? [size(cell.weight)] : [])];
  const spans = texts.flatMap((text) => [make("span", {}, text), " "]);
  return make(
    "button",
    { type: "button", class: kind ? `cell ${kind}` : "cell", "aria-label": words.name, ...listeners },
    ...(hasRoomForWords(cell) ? spans : []),
  );
};

const paint = (button, cell, weights, colours) => {
  placeAt(button, cell);
  if (cell.file !== undefined) return coloured(button, `${colours.prefix}-${colours.numbers[cell.file]}`);
  if (!cell.open) button.style.setProperty("--mix", mixOf(filesIn(cell), weights, colours));
  return button;
};

// A heading and a table of what one cell stands for.
const restList = (report, { rest, of }, state) => {
  const columns = [
    {
      id: "path",
      title: "File or folder",
      head: true,
      narrow: true,
      value: ({ folder, file }) => (folder ? folder.path : report.files.paths[file]),
      cell: ({ folder, file }) => (folder ? folderLink(folder, state) : fileLink(report, file)),
    },
    {
      id: "size",
      title: "Weight",
      number: true,
      narrow: true,
      value: ({ weight }) => weight,
      cell: ({ weight }) => size(weight),
    },
  ];
  const caption = "What is put together in one cell";
  return [
    heading(3, `Small in ${placeWords(of)}`),
    ownTable(rest, { caption, things: ["row", "rows"], columns, first: "size" }),
  ];
};

const placeAt = (element, { x, y, width, height }) => {
  for (const [name, value] of Object.entries({ left: x, top: y, width, height })) {
    element.style.setProperty(name, `${value}px`);
  }
};

const frameOf = ({ frame }) => {
  const element = make("div", { class: "frame" });
  placeAt(element, frame);
  return element;
};

const folderLink = (folder, { by, colour }) =>
  make("a", { href: addressOf({ part: "weight", folder: folder.path, by, colour }) }, pathText(folder.path));

// The way from the whole release to a folder.
const crumbsTo = ({ path }, { by, colour }, totals) => {
  const names = path.split("/").slice(0, -1);
  const ways = ["", ...names.map((_, depth) => `${names.slice(0, depth + 1).join("/")}/`)];
  return ways.map((way, depth) => {
    const name = depth ? shown(`${names[depth - 1]}/`) : "All files";
    const isHere = way === path;
    const attributes = { href: addressOf({ part: "weight", folder: way, by, colour }) };
    return make(
      "li",
      {},
      make("a", { ...attributes, "aria-current": isHere ? "location" : null }, make("bdi", {}, name)),
      isHere ? make("span", { class: "quiet" }, ` ${size(totals.get(way))}`) : null,
    );
  });
};
