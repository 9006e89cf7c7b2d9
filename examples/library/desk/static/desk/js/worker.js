import { byGenre, byMonth } from "./tally.js";

addEventListener("message", ({ data: { today, loans } }) => {
  postMessage({ months: byMonth(loans, today), genres: byGenre(loans) });
});
