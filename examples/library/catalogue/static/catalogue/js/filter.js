/** Calls `show` with the set of books that fit the form, now and whenever the form changes. */
export function setUpFilter(form, books, show) {
  const update = () => {
    const wanted = new FormData(form);
    show(new Set(books.filter((book) => fits(book.dataset, wanted.get("q"), wanted.get("genre")))));
  };
  form.addEventListener("input", update);
  form.addEventListener("submit", (event) => event.preventDefault());
  update();
}

function fits({ title, author, genre }, words, wantedGenre) {
  const text = plain(`${title} ${author}`);
  return (!wantedGenre || genre === wantedGenre) && plain(words).split(/\s+/).every((word) => text.includes(word));
}

/** Lower case and without accents, so that "bronte" finds Brontë. */
function plain(text) {
  return text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase().trim();
}
