import { add } from "./cart.js";

document.addEventListener("click", (event) => {
  const article = event.target.closest("article[data-key]");
  if (article && event.target.matches("button.add")) {
    add(article.dataset.key);
    document.querySelector("#count").textContent = `${add.count} in your cart`;
  }
});
