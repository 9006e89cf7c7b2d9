import type { Book } from "./books";

const DAY = 24 * 60 * 60 * 1000;

/** A book with the days, counted from today, on which it is begun and finished. */
export interface Reading {
  book: Book;
  first: number;
  last: number;
}

/** One book after the other, so many pages a day. */
export function plan(books: Book[], pagesADay: number): Reading[] {
  let read = 0;
  return books.map((book) => {
    const first = Math.floor(read / pagesADay);
    read += book.pages;
    return { book, first, last: Math.ceil(read / pagesADay) - 1 };
  });
}

/** "12 April": the date so many days from now. */
export function dateOf(day: number): string {
  return new Date(Date.now() + day * DAY).toLocaleDateString("en-GB", { day: "numeric", month: "long" });
}
