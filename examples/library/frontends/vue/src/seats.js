// The reading room from above: a letter for each seat and a blank for none, rows from the window to the door.
const ROOM = ["WW  WW  WW", "LS  LL  SL", "LL  SS  LL", "QQ      QQ"];

const COMFORTS = {
  W: ["window", "lamp"],
  L: ["lamp"],
  S: ["socket", "lamp"],
  Q: ["quiet"],
};

/** What somebody may wish of a seat: key and label. */
export const WISHES = { window: "By the window", lamp: "A lamp", socket: "A socket", quiet: "Far from the door bell" };

/** [{ name: "A1", row: 1, column: 1, comforts: ["window", "lamp"] }, …] */
export const SEATS = ROOM.flatMap((letters, row) =>
  [...letters].flatMap((letter, column) =>
    letter === " "
      ? []
      : { name: `${"ABCD"[row]}${column + 1}`, row: row + 1, column: column + 1, comforts: COMFORTS[letter] },
  ),
);
