import { svg } from "../../js/element.js";

const HEIGHT = 224;
const FOOT = 24;
const HEAD = 28;
const RIBBON = new URL("../img/ribbon.svg", import.meta.url);

/** One bar for each month, as wide as there is room; the busiest one gets a ribbon. */
export function drawMonths(place, months) {
  const width = place.clientWidth;
  const step = width / months.length;
  const most = Math.max(1, ...months.map(({ count }) => count));
  const busiest = months.findIndex(({ count }) => count === most);
  const drawing = svg("svg", { viewBox: `0 0 ${width} ${HEIGHT}`, height: HEIGHT, role: "img", "aria-label": inWords(months) });
  months.forEach(({ month, count }, n) => {
    const height = ((HEIGHT - FOOT - HEAD) * count) / most;
    const top = HEIGHT - FOOT - height;
    const middle = (n + 0.5) * step;
    drawing.append(
      svg("rect", { class: n === busiest ? "bar most" : "bar", x: n * step + step * 0.14, y: top, width: step * 0.72, height, rx: 2 }),
      svg("text", { x: middle, y: top - 7 }, count),
      svg("text", { x: middle, y: HEIGHT - 6 }, name(month, step < 34 ? "narrow" : "short")),
    );
    if (n === busiest) drawing.append(svg("image", { href: RIBBON, x: middle - 6, y: top, width: 12, height: 30 }));
  });
  drawing.append(svg("line", { class: "axis", x1: 0, x2: width, y1: HEIGHT - FOOT, y2: HEIGHT - FOOT }));
  place.replaceChildren(drawing);
}

function name(month, style) {
  return new Date(`${month}-01`).toLocaleDateString("en-GB", { month: style, timeZone: "UTC" });
}

function inWords(months) {
  return months.map(({ month, count }) => `${name(month, "long")}: ${count}`).join(", ");
}
