// The page: its parts, and the address that says which is shown and how. Everything begins here.

// In the order of the navigation: name, words, how many things it has (null for none to count), and what
// makes it. A part is made when it is first opened: `make(report, go)` returns {element, show(state)}.
const partsOf = (report) => [
  ["overview", "Overview", null, overviewPart],
  ["weight", "Weight", null, weightPart],
  ["files", "Files", report.files.paths.length, filesPart],
  ["links", "Links", report.links?.from.length ?? null, linksPart],
  ["pages", "Pages", report.pages.length, pagesPart],
  ["changes", "Changes", report.changes && changedRows(report).length, changesPart],
  ["shadowed", "Shadowed", report.shadowed.length, shadowedPart],
  ["findings", "Findings", report.findings.length, findingsPart],
];

const WAIT = 300; // milliseconds without a key until what was typed is in the address

// The navigation: its links, and `show(name)`, which marks the part that is shown.
const navigation = (parts) => {
  const linkFor = ([name, words, number]) => {
    const counter = number === null ? null : make("span", { class: "count" }, ` ${count(number)}`);
    return [name, make("a", { href: addressOf({ part: name }) }, words, counter)];
  };
  const links = new Map(parts.map(linkFor));
  return {
    elements: [...links.values()].map((link) => make("li", {}, link)),
    show(shownName) {
      for (const [name, link] of links) {
        if (name === shownName) link.setAttribute("aria-current", "page");
        else link.removeAttribute("aria-current");
      }
    },
  };
};

const start = (report) => {
  const parts = partsOf(report);
  const makers = new Map(parts.map(([name, , , maker]) => [name, maker]));
  const partOf = lazily((name) => makers.get(name)(report, go));
  const { elements, show: mark } = navigation(parts);
  const main = document.getElementById("main");
  let state = {};
  let typed = 0;

  const known = (next) => (makers.has(next.part) ? next : { part: "overview" });

  // Who was `led` elsewhere, by a link or by what they chose, begins to read at the heading.
  const show = (next, led) => {
    clearTimeout(typed);
    const part = partOf(next.part);
    const isOther = part.element.parentNode !== main;
    const isElsewhere = isOther || next.file !== state.file || next.page !== state.page;
    state = next;
    if (isOther) main.replaceChildren(part.element);
    mark(state.part);
    part.show(state);
    if (!isElsewhere || !led) return;
    part.element.querySelector("h2").focus({ preventScroll: true });
    scrollTo({ top: 0 });
  };

  // Show the part that is open in another way, or another part; while people type, the address waits.
  const go = (patch, { typing = false } = {}) => {
    show(known(patch.part ? patch : { ...state, ...patch }), Boolean(patch.part));
    const address = addressOf(state);
    if (typing) typed = setTimeout(() => location.replace(address), WAIT);
    else location.hash = address;
  };

  addEventListener("hashchange", () => {
    if (location.hash !== addressOf(state)) show(known(stateOf(location.hash)), true);
  });

  document.getElementById("parts").append(...elements);
  document
    .getElementById("search")
    .append(fileSearch(report, (file) => go({ part: "links", file: report.files.paths[file] })));
  show(known(stateOf(location.hash)), false);
};

// What the page says of itself, whichever part is shown.
const introduce = ({ site, release, maker, made: at }) => {
  document.title = `${shown(site)}: static files of release ${shown(release.id)}`;
  document.getElementById("site").append(make("bdi", {}, shown(site)));
  document.getElementById("release").textContent = `Release ${shown(release.id)}, ${time(release.since)}`;
  document.getElementById("maker").textContent = `Made by ${shown(maker)}, ${time(at)}.`;
};

const read = JSON.parse(document.getElementById("report").textContent);
if (read.format === FORMAT) {
  introduce(read);
  start(understood(read));
} else {
  const words = `This page reads reports of format ${FORMAT}, not ${read.format}.`;
  document.getElementById("main").append(note(words));
}
