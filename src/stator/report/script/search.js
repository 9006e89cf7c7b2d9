// The search for a file: a combobox with a list, by the pattern of the ARIA Authoring Practices Guide.

const MOST = 12;

// `choose(file)` is called with what was chosen.
const fileSearch = (report, choose) => {
  const listId = newId("files");
  let [options, active] = [[], -1];

  const list = make("ul", { id: listId, role: "listbox", "aria-label": "Files", hidden: true });
  const said = make("p", { class: "unseen", role: "status" });
  const input = make("input", {
    type: "text",
    id: newId("search"),
    role: "combobox",
    autocomplete: "off",
    autocapitalize: "off",
    spellcheck: "false",
    placeholder: "css/app.css",
    "aria-autocomplete": "list",
    "aria-expanded": "false",
    "aria-controls": listId,
  });

  const close = () => {
    list.hidden = true;
    input.setAttribute("aria-expanded", "false");
    activate(-1);
  };

  const activate = (number) => {
    options[active]?.element.setAttribute("aria-selected", "false");
    active = number;
    options[active]?.element.setAttribute("aria-selected", "true");
    if (active < 0) input.removeAttribute("aria-activedescendant");
    else input.setAttribute("aria-activedescendant", options[active].element.id);
  };

  const take = (file) => {
    input.value = "";
    close();
    choose(file);
  };

  const optionFor = (file, number) => ({
    file,
    element: make(
      "li",
      {
        id: `${listId}-${number}`,
        role: "option",
        "aria-selected": "false",
        onpointerdown: (event) => event.preventDefault(), // the focus stays in the field
        onclick: () => take(file),
      },
      pathText(report.files.paths[file]),
      " ",
      make("span", { class: "quiet" }, size(report.sent[file])),
    ),
  });

  const open = () => {
    const files = input.value.trim() ? found(report.files.paths, report.lowered, input.value, MOST) : [];
    active = -1;
    options = files.map(optionFor);
    list.replaceChildren(...options.map(({ element }) => element));
    if (!files.length) close();
    else {
      list.hidden = false;
      input.setAttribute("aria-expanded", "true");
      activate(-1);
    }
    const words = files.length === MOST ? `The first ${MOST} files` : counted(files.length, "file");
    said.textContent = input.value.trim() ? `${words} found` : "";
  };

  const step = (by) => {
    if (list.hidden) open();
    if (options.length)
      activate(active < 0 && by < 0 ? options.length - 1 : (active + by + options.length) % options.length);
  };

  const KEYS = {
    ArrowDown: () => step(1),
    ArrowUp: () => step(-1),
    Enter: () => options.length && !list.hidden && take(options[Math.max(active, 0)].file),
    Escape: () => {
      if (list.hidden) input.value = "";
      close();
    },
  };

  input.addEventListener("input", open);
  input.addEventListener("blur", close);
  input.addEventListener("keydown", (event) => {
    if (!(event.key in KEYS) || event.isComposing) return;
    event.preventDefault();
    KEYS[event.key]();
  });

  return make(
    "div",
    { class: "search", role: "search" },
    make("label", { for: input.id }, "Find a file"),
    make("div", { class: "combobox" }, input, list),
    said,
  );
};
