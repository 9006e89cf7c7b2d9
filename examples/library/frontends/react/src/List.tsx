import { Link } from "wouter";
import { dateOf, type Reading } from "./plan";

interface Props {
  readings: Reading[];
  pagesADay: number;
  onPace: (pages: number) => void;
  onRemove: (id: number) => void;
}

export function List({ readings, pagesADay, onPace, onRemove }: Props) {
  return (
    <section>
      <label className="pace">
        Pages a day
        <input
          type="range"
          min="5"
          max="120"
          step="5"
          value={pagesADay}
          onChange={(event) => onPace(Number(event.target.value))}
        />
        <output>{pagesADay}</output>
      </label>
      {readings.length === 0 ? (
        <p>
          Nothing to read yet. <Link href="/choose">Choose some books</Link>
        </p>
      ) : (
        <ol className="readings">
          {readings.map(({ book, last }) => (
            <li key={book.id}>
              <b>{book.title}</b> by {book.author}, until <time>{dateOf(last)}</time>
              <button className="plain" onClick={() => onRemove(book.id)} aria-label={`Take away ${book.title}`}>
                Take away
              </button>
            </li>
          ))}
        </ol>
      )}
    </section>
  );
}
