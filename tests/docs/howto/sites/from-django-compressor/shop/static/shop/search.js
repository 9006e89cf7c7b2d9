// The search field takes the focus when a slash is typed.
document.addEventListener("keydown", function (event) {
  if (event.key === "/") {
    document.querySelector("input[type=search]").focus();
  }
});
