// The menu opens and closes.
document.addEventListener("click", function (event) {
  if (event.target.matches("button.menu")) {
    document.body.classList.toggle("menu-open");
  }
});
