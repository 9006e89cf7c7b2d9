import { lazy, Suspense, useEffect, useState } from "react";
import { Link, Route, Switch } from "wouter";
import bookmark from "./bookmark.svg";
import { type Book, fetchBooks } from "./books";
import { Choice } from "./Choice";
import { List } from "./List";
import { plan } from "./plan";
import { useRemembered } from "./remembered";

// Few look at the calendar, so it is fetched, with its style sheet, when somebody does.
const Calendar = lazy(() => import("./Calendar"));

export function Planner({ books: url }: { books: string }) {
  const [books, setBooks] = useState<Book[]>([]);
  const [problem, setProblem] = useState("");
  const [chosen, setChosen] = useRemembered<number[]>("planner.chosen", []);
  const [pagesADay, setPagesADay] = useRemembered("planner.pages", 30);

  useEffect(() => {
    const leaving = new AbortController();
    fetchBooks(url, leaving.signal).then(setBooks, (error) => {
      if (!leaving.signal.aborted) setProblem(error.message);
    });
    return () => leaving.abort();
  }, [url]);

  const byId = new Map(books.map((book) => [book.id, book]));
  const readings = plan(chosen.flatMap((id) => byId.get(id) ?? []), pagesADay);

  return (
    <div className="planner">
      <header>
        <img src={bookmark} alt="" width="28" height="42" />
        <h1>Reading planner</h1>
        <nav aria-label="Planner">
          <Link href="/" className={(active) => (active ? "here" : "")}>Plan</Link>
          <Link href="/choose" className={(active) => (active ? "here" : "")}>Choose</Link>
          <Link href="/calendar" className={(active) => (active ? "here" : "")}>Calendar</Link>
        </nav>
      </header>
      {problem && <p role="alert">{problem}</p>}
      <Suspense fallback={<p>One moment …</p>}>
        <Switch>
          <Route path="/">
            <List
              readings={readings}
              pagesADay={pagesADay}
              onPace={setPagesADay}
              onRemove={(id) => setChosen(chosen.filter((one) => one !== id))}
            />
          </Route>
          <Route path="/choose">
            <Choice books={books} chosen={chosen} onChange={setChosen} />
          </Route>
          <Route path="/calendar">
            <Calendar readings={readings} />
          </Route>
          <Route>
            <p>
              There is no such page. <Link href="/">To the plan</Link>
            </p>
          </Route>
        </Switch>
      </Suspense>
    </div>
  );
}
