// The last year at the desk, a square for each day, darker the more was lent. A day that is clicked tells more.

import { dayOf, daysOf } from "./days.js";
import "./year.css";

const year = document.querySelector("#year");
const told = document.createElement("p");
told.setAttribute("role", "status");

async function draw() {
  const response = await fetch(year.dataset.loans);
  const { today, loans } = await response.json();
  const days = daysOf(loans, today);
  const most = Math.max(1, ...days.map((day) => day.loans.length));
  year.style.setProperty("--skipped", String((dayOf(days[0].date) % 7) + 1));
  year.replaceChildren(...days.map((day) => square(day, most)));
  year.after(told);
}

function square(day, most) {
  const button = document.createElement("button");
  button.title = `${day.date}: ${day.loans.length}`;
  button.setAttribute("aria-label", button.title);
  button.style.setProperty("--share", String(day.loans.length / most));
  button.addEventListener("click", async () => {
    const { inWords } = await import(/* webpackChunkName: "day" */ "./day.js");
    told.replaceChildren(...inWords(day));
  });
  return button;
}

draw();
