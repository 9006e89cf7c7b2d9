// Tables that are sorted by their headings and shown a page of rows at a time.

const ROWS = 50;

// Buttons to turn pages: `show(page, all)` says which of how many things are seen, `turn(by)` is called with
// ±1.
const pager = (things, turn) => {
  const said = make("p", { role: "status" });
  const isOff = (button) => button.getAttribute("aria-disabled") === "true"; // `disabled` would lose the focus
  const press = (by) => (event) => isOff(event.currentTarget) || turn(by);
  const back = make("button", { type: "button", onclick: press(-1) }, "Previous");
  const on = make("button", { type: "button", onclick: press(1) }, "Next");
  const buttons = make("div", { class: "turn" }, back, on);
  return {
    element: make("div", { class: "pager" }, said, buttons),
    show({ start, rows }, all) {
      const end = start + rows.length;
      const part = rows.length < all ? `${count(start + 1)}–${count(end)} of ` : "";
      said.textContent = all ? part + counted(all, ...things) : `No ${things[1]}`;
      back.setAttribute("aria-disabled", start === 0);
      on.setAttribute("aria-disabled", end === all);
      buttons.hidden = rows.length === all;
    },
  };
};

// The rows of a page: its number, from 1, is brought into the range of those there are.
const pageOf = (rows, number) => {
  const last = Math.max(Math.ceil(rows.length / ROWS), 1);
  const page = Math.min(Math.max(Math.trunc(number) || 1, 1), last);
  const start = (page - 1) * ROWS;
  return { page, start, rows: rows.slice(start, start + ROWS) };
};

const sortedBy = (rows, value, falling) => {
  const keyed = rows.map((row) => ({ row, key: value(row) }));
  const sign = falling ? -1 : 1;
  keyed.sort(({ key: one }, { key: other }) => (one < other ? -sign : one > other ? sign : 0));
  return keyed.map(({ row }) => row);
};

// The order that a word such as "-size" means; that of the column `first` where it means none.
const orderOf = (columns, first, sort = "") => {
  const falling = sort.startsWith("-");
  const column = columns.find(({ id }) => id === sort.slice(falling ? 1 : 0));
  return column ? { column, falling } : inFirstOrder(columns.find(({ id }) => id === first));
};
const inFirstOrder = (column) => ({ column, falling: Boolean(column.number) });
const wordFor = ({ column, falling }) => `${falling ? "-" : ""}${column.id}`;

const classOf = ({ number, narrow }) =>
  [number && "number", !narrow && "wide"].filter(Boolean).join(" ") || null;

const rowOf = (columns, row) =>
  make(
    "tr",
    {},
    ...columns.map((column) =>
      column.head
        ? make("th", { scope: "row", class: classOf(column) }, column.cell(row))
        : make("td", { class: classOf(column) }, column.cell(row)),
    ),
  );

const markSorted = (heads, columns, { column, falling }) => {
  columns.forEach((one, number) => {
    if (one === column) heads[number].setAttribute("aria-sort", falling ? "descending" : "ascending");
    else heads[number].removeAttribute("aria-sort");
  });
};

// A table. Columns: {id, title, value(row) to sort by, cell(row), number: its figures stand to the right and
// fall first, narrow: it is seen on a phone too, head: it names the row}. `ask({sort, at})` is called when
// people ask for another order ("-size" is falling) or page; `show(rows, {sort, at})` shows that.
const sortedTable = ({ caption, things, columns, first, ask }) => {
  let order = orderOf(columns, first);
  let page = 1;
  const sortBy = (column) => {
    const next = column === order.column ? { column, falling: !order.falling } : inFirstOrder(column);
    ask({ sort: wordFor(next), at: undefined });
  };
  const heads = columns.map((column) =>
    make(
      "th",
      { scope: "col", class: classOf(column) },
      make("button", { type: "button", onclick: () => sortBy(column) }, column.title),
    ),
  );
  const body = make("tbody");
  const turning = pager(things, (by) => ask({ at: page + by }));
  return {
    element: make(
      "div",
      { class: "rows" },
      make("table", {}, make("caption", {}, caption), make("thead", {}, make("tr", {}, ...heads)), body),
      turning.element,
    ),
    show(rows, { sort, at }) {
      order = orderOf(columns, first, sort);
      const seen = pageOf(sortedBy(rows, order.column.value, order.falling), Number(at));
      page = seen.page;
      markSorted(heads, columns, order);
      body.replaceChildren(...seen.rows.map((row) => rowOf(columns, row)));
      turning.show(seen, rows.length);
    },
  };
};

// A table that keeps its order and page to itself, for lists inside of a part.
const ownTable = (rows, options) => {
  let state = {};
  const table = sortedTable({
    ...options,
    ask(patch) {
      state = { ...state, ...patch };
      table.show(rows, state);
    },
  });
  table.show(rows, state);
  return table.element;
};
