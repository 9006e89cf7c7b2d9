// The charts of the dashboard. A worker counts the loans, this page draws them, again after each return.

import { drawGenres } from "./genres.js";
import { drawMonths } from "./months.js";

const charts = document.querySelector("#charts");
const months = document.querySelector("#months");
const genres = document.querySelector("#genres");
const clerk = new Worker(new URL("./worker.js", import.meta.url), { type: "module" });

let counted = null;

async function refresh() {
  const response = await fetch(charts.dataset.loans);
  clerk.postMessage(await response.json());
}

clerk.addEventListener("message", async ({ data }) => {
  counted = data;
  drawMonths(months, counted.months);
  await drawGenres(genres, counted.genres);
  charts.dataset.drawn = "true";
});

new ResizeObserver(() => counted && drawMonths(months, counted.months)).observe(months);
document.body.addEventListener("loans-changed", refresh);
refresh();
