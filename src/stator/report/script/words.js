// Numbers, sizes, times and names as words. Pure functions of their arguments.
//
// The files of this folder are joined to one module, in the order that page.py has. Each declares what it
// makes at the top level; only page.js, the last, does anything by itself.

const NUMBER = new Intl.NumberFormat("en");
const TIME = new Intl.DateTimeFormat("en-GB", { dateStyle: "medium", timeStyle: "short" });
const UNITS = ["bytes", "kB", "MB", "GB", "TB"];

const count = (number) => NUMBER.format(number);

// 1 file, 2 files.
const counted = (number, one, more = `${one}s`) => `${count(number)} ${number === 1 ? one : more}`;

// Bytes, to three digits: thousands, not 1024s, as networks count.
const size = (bytes) => {
  if (bytes < 1000) return counted(bytes, "byte");
  let [value, unit] = [bytes, 0];
  while (value >= 999.5 && unit < UNITS.length - 1) [value, unit] = [value / 1000, unit + 1];
  return `${value.toFixed(value < 9.995 ? 2 : value < 99.95 ? 1 : 0)} ${UNITS[unit]}`;
};

const MINUS = "\u2212";
const change = (bytes) => `${bytes < 0 ? MINUS : bytes > 0 ? "+" : ""}${size(Math.abs(bytes))}`;

const share = (part, whole) =>
  whole ? `${((100 * part) / whole).toFixed(part / whole < 0.0995 ? 1 : 0)} %` : "0 %";

const time = (seconds) => (seconds === null ? "time not known" : TIME.format(seconds * 1000));

// Controls and marks that turn the direction of text around are shown by their number, so that what is read
// is what is there.
const UNSEEN = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu;
const shown = (text) =>
  text.replace(UNSEEN, (one) => `\\u${one.codePointAt(0).toString(16).padStart(4, "0")}`);

// The folder of a path, with its slash, and the name in it.
const folderOf = (path) => path.slice(0, path.lastIndexOf("/") + 1);
const nameOf = (path) => path.slice(path.lastIndexOf("/") + 1);
