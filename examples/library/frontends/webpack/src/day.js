import "./day.css";
import mark from "./mark.svg";

/** What was lent on a day, as nodes for a page. */
export function inWords({ date, loans }) {
  const image = new Image(16, 16);
  image.src = mark;
  image.alt = "";
  image.className = "day-mark";
  const name = new Date(date).toLocaleDateString("en-GB", { day: "numeric", month: "long", timeZone: "UTC" });
  const genres = [...new Set(loans.map((loan) => loan.genre))].join(", ");
  return [image, `${name}: ${loans.length} lent${genres && ` (${genres})`}`];
}
