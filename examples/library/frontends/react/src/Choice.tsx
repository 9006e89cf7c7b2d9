import { useState } from "react";
import type { Book } from "./books";

interface Props {
  books: Book[];
  chosen: number[];
  onChange: (chosen: number[]) => void;
}

export function Choice({ books, chosen, onChange }: Props) {
  const [words, setWords] = useState("");
  const found = books.filter(({ title, author }) =>
    `${title} ${author}`.toLowerCase().includes(words.toLowerCase()),
  );
  const toggle = (id: number) =>
    onChange(chosen.includes(id) ? chosen.filter((one) => one !== id) : [...chosen, id]);

  return (
    <section>
      <h2>What would you like to read?</h2>
      <input
        type="search"
        aria-label="Title or author"
        placeholder="Title or author"
        value={words}
        onChange={(event) => setWords(event.target.value)}
      />
      <ul className="choice">
        {found.map((book) => (
          <li key={book.id} className={book.genre}>
            <label>
              <input type="checkbox" checked={chosen.includes(book.id)} onChange={() => toggle(book.id)} />
              <span>
                {book.title} <small>{book.author}, {book.pages} pages</small>
              </span>
            </label>
          </li>
        ))}
      </ul>
    </section>
  );
}
