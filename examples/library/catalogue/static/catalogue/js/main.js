// The page of all books: a shelf to look along and a filter that answers while one types.

import { setUpFilter } from "./filter.js";
import { drawShelf, thinOut } from "./shelf.js";

const books = [...document.querySelectorAll("#books > .book")];
const count = document.querySelector("#count");

drawShelf(document.querySelector("#shelf"), books);

setUpFilter(document.querySelector("#filter"), books, (found) => {
  for (const book of books) book.hidden = !found.has(book);
  thinOut(found);
  count.textContent = found.size === 1 ? "1 book" : `${found.size} books`;
});
