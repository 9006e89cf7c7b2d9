// The page of one book. Few readers cite, so that part is fetched when it is asked for.

const button = document.querySelector("#cite");

button.addEventListener("click", async () => {
  const { showCitation } = await import("./cite.js");
  showCitation(button.dataset);
});
