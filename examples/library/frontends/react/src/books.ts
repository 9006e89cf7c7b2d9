export interface Book {
  id: number;
  title: string;
  author: string;
  pages: number;
  genre: string;
}

interface Page {
  next: string | null;
  results: Book[];
}

/** All books that the API has, page after page. */
export async function fetchBooks(url: string, signal: AbortSignal): Promise<Book[]> {
  const books: Book[] = [];
  for (let next: string | null = url; next; ) {
    const response: Response = await fetch(next, { signal, headers: { Accept: "application/json" } });
    if (!response.ok) throw new Error(`The catalogue answers ${response.status}.`);
    const page: Page = await response.json();
    books.push(...page.results);
    next = page.next;
  }
  return books;
}
