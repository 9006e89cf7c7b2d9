import { element } from "../../js/element.js";
import { HEIGHT, pullOut } from "./shelf.js";

/** The back of a book as a link to its place in the list; thick books have wide ones. */
export function spine(book) {
  const { title, author, genre, pages } = book.dataset;
  const link = element("a", { class: `spine ${genre}`, href: `#${book.id}`, title: `${title}, ${author}` }, title);
  link.style.setProperty("--width", `${Math.round(20 + Math.sqrt(pages))}px`);
  link.style.setProperty("--height", `${HEIGHT - ((title.length * 7) % 36)}px`);
  link.addEventListener("click", () => pullOut(link));
  return link;
}
