import "./calendar.css";
import { dateOf, type Reading } from "./plan";

export default function Calendar({ readings }: { readings: Reading[] }) {
  const days = readings.length === 0 ? 0 : readings[readings.length - 1].last + 1;
  if (days === 0) return <p>A plan without books needs no calendar.</p>;
  return (
    <section className="calendar">
      <h2>
        {days} {days === 1 ? "day" : "days"}, until {dateOf(days - 1)}
      </h2>
      {readings.map(({ book, first, last }) => (
        <div key={book.id} className="row">
          <span>{book.title}</span>
          <svg viewBox={`0 0 ${days} 1`} preserveAspectRatio="none" role="img" aria-label={`${dateOf(first)} to ${dateOf(last)}`}>
            <rect className={book.genre} x={first} width={last - first + 1} height="1" />
          </svg>
        </div>
      ))}
    </section>
  );
}
