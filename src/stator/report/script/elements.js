// Elements. What the report says becomes text and attributes, never markup.

// An element with attributes (`on…` is a listener, `false` and `null` are left out) and children.
const make = (tag, attributes = {}, ...children) => {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (value !== false && value !== null) element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.flat(2).filter((child) => child !== null && child !== false));
  return element;
};

const SVG = "http://www.w3.org/2000/svg";
const draw = (tag, attributes, ...children) => {
  const element = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
};

// A name that may be long and of any script: it breaks after slashes, and turns no text around it.
const pathText = (path) => {
  const folders = shown(folderOf(path)).split(/(?<=\/)/);
  const parts = folders.filter(Boolean).flatMap((folder) => [folder, make("wbr")]);
  return make("bdi", { class: "path" }, make("span", { class: "folder" }, ...parts), shown(nameOf(path)));
};

// Addresses in this page. The part is left out where another word says it.
const PART_OF = { file: "links", page: "pages" };
const encoded = (text) => encodeURIComponent(String(text).toWellFormed()).replaceAll("%2F", "/");
const addressOf = (state) => {
  const implied = Object.keys(PART_OF).find((key) => state[key] && PART_OF[key] === state.part);
  const words = Object.entries(state).filter(([key, value]) => value && !(key === "part" && implied));
  return `#${words.map(([key, value]) => `${key}=${encoded(value)}`).join("&")}`;
};

const decoded = (text) => {
  try {
    return decodeURIComponent(text);
  } catch {
    return text; // typed by hand
  }
};
const stateOf = (address) => {
  const words = address.replace(/^#/, "").split("&").filter(Boolean);
  const state = Object.fromEntries(
    words.map((word) => [word.split("=", 1)[0], decoded(word.slice(word.indexOf("=") + 1))]),
  );
  const implied = Object.keys(PART_OF).find((key) => state[key]);
  return { ...state, part: state.part ?? PART_OF[implied] ?? "overview" };
};

const fileLink = (report, file) => {
  const path = report.files.paths[file];
  return make("a", { href: addressOf({ part: "links", file: path }) }, pathText(path));
};

// An element in one of the colours of page.css, "kind-0" or "whose-2".
const coloured = (element, colour) => {
  element.style.setProperty("--colour", `var(--${colour})`);
  return element;
};

// The mark of a kind or an owner, beside words that say the same.
const swatch = (colour) => coloured(make("span", { class: "swatch", "aria-hidden": "true" }), colour);
const kindMark = (report, kind) =>
  make("span", { class: "kind" }, swatch(`kind-${kind}`), report.kinds[kind]);

// A number, with a bar below it that says how much it is of the most.
const measured = (text, part) => {
  const bar = make("span", { class: "bar", "aria-hidden": "true" });
  bar.style.setProperty("--part", part);
  return [text, bar];
};

const facts = (rows) =>
  make(
    "dl",
    { class: "facts" },
    ...rows.map(([term, ...said]) => make("div", {}, make("dt", {}, term), make("dd", {}, ...said))),
  );

// A labelled list to choose from: [[value, words], …].
const choice = (label, options, choose) => {
  const select = make(
    "select",
    { onchange: () => choose(select.value) },
    ...options.map(([value, words]) => make("option", { value }, words)),
  );
  return { element: make("label", { class: "field" }, make("span", {}, label), select), select };
};

// The heading of a part or of what it shows. It takes the focus when people are led there.
const heading = (level, ...words) => make(`h${level}`, { tabindex: "-1" }, ...words);

const note = (...words) => make("p", { class: "note" }, ...words);

let made = 0;
const newId = (word) => `${word}-${++made}`;
