import { element } from "../../js/element.js";

/** Opens a dialog with the citation in two styles. */
export function showCitation({ title, author, year, url }) {
  const close = element("button", {}, "Close");
  const dialog = element(
    "dialog",
    { class: "citation", "aria-label": `Cite ${title}` },
    element(
      "dl",
      {},
      element("dt", {}, "Plain"),
      element("dd", {}, `${author} (${year}): ${title}. The Lending Library, ${url}`),
      element("dt", {}, "BibTeX"),
      element("dd", {}, `@book{${key(author, year)}, author = {${author}}, title = {${title}}, year = {${year}}}`),
    ),
    close,
  );
  close.addEventListener("click", () => dialog.close());
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
}

function key(author, year) {
  return author.split(" ").at(-1).toLowerCase() + year;
}
