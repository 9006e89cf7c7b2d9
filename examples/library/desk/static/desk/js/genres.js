import { element, svg } from "../../js/element.js";

const SIZE = 176;
const RADIUS = 70;
const ROUND = 2 * Math.PI * RADIUS;

let labels = null;

/** A ring with one slice for each genre, and a legend beside it. */
export async function drawGenres(place, genres) {
  labels ??= await fetch(new URL("./genres.json", import.meta.url)).then((response) => response.json());
  const total = genres.reduce((sum, { count }) => sum + count, 0);
  const ring = svg("svg", { viewBox: `0 0 ${SIZE} ${SIZE}`, "aria-hidden": "true" });
  let start = 0;
  for (const { genre, count } of genres) {
    const length = (count / total) * ROUND;
    ring.append(
      svg("circle", {
        class: `slice ${genre}`,
        cx: SIZE / 2,
        cy: SIZE / 2,
        r: RADIUS,
        "stroke-dasharray": `${Math.max(0, length - 2)} ${ROUND}`,
        "stroke-dashoffset": -start,
        transform: `rotate(-90 ${SIZE / 2} ${SIZE / 2})`,
      }),
    );
    start += length;
  }
  ring.append(svg("text", { class: "total", x: SIZE / 2, y: SIZE / 2 + 12 }, total));
  const legend = genres.map(({ genre, count }) =>
    element("li", { class: genre }, labels[genre], element("span", {}, count)),
  );
  place.replaceChildren(ring, element("ul", { class: "legend" }, ...legend));
}
