// A shelf of spines. It makes its spines with spine.js, and a spine that is clicked asks the shelf to pull it out:
// two modules that import each other.

import { spine } from "./spine.js";

export const HEIGHT = 168;

const spines = new Map();
let pulled = null;

export function drawShelf(shelf, books) {
  for (const book of books) spines.set(book, spine(book));
  shelf.replaceChildren(...spines.values());
  shelf.hidden = books.length === 0;
}

export function pullOut(link) {
  pulled?.removeAttribute("aria-current");
  link.setAttribute("aria-current", "true");
  pulled = link;
}

/** Only the spines of these books stay in full colour. */
export function thinOut(found) {
  for (const [book, link] of spines) link.classList.toggle("out", !found.has(book));
}
