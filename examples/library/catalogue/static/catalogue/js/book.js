// The page of one book. Few readers cite, so that part is fetched when it is asked for.

import { nextOpening } from "opening";

const button = document.querySelector("#cite");

button.addEventListener("click", async () => {
  const { showCitation } = await import("./cite.js");
  showCitation(button.dataset);
});

const collected = nextOpening(new Date()).toLocaleDateString("en-GB", { weekday: "long", hour: "numeric", minute: "2-digit" });
document.querySelector("#collect").textContent = `Ordered today, it can be collected from ${collected}.`;
