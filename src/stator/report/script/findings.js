// The part about what is wrong or could be better: what the doctor says of the release.

const HOW_TO_MEND = { replace: "Write instead", paste: "Paste", run: "Run" };

// Where it is; that leads to what is known of the published file, if there is one.
const placeOf = (report, { file, line, column, path }) => {
  const place = [pathText(file), line ? `:${line}:${column}` : ""];
  const isPublished = report.indexOf().has(path);
  return isPublished ? make("a", { href: addressOf({ part: "links", file: path }) }, ...place) : place;
};

const aboutFinding = (report, finding) => {
  const { id, level, message, source, hint, mend } = finding;
  return make(
    "li",
    { class: "finding" },
    make("h3", {}, make("span", { class: `level ${level}` }, level), " ", make("bdi", {}, shown(message))),
    make("p", { class: "quiet" }, placeOf(report, finding), " ", make("code", {}, shown(id))),
    source.trim() ? make("pre", { tabindex: "0" }, make("code", {}, shown(source))) : null,
    hint ? make("p", {}, make("bdi", {}, shown(hint))) : null,
    mend
      ? make("p", { class: "mend" }, make("span", {}, HOW_TO_MEND[mend.how] ?? mend.how), ...lines(mend.text))
      : null,
  );
};

const lines = (text) => text.split("\n").map((line) => make("code", { class: "line" }, shown(line)));

const findingsPart = (report, go) => {
  let current = 1;
  const counts = levelCounts(report.findings);
  const levels = choice("Level", [ALL, ...counts.map(([level, , words]) => [level, words])], (value) =>
    go({ level: value, at: undefined }),
  );
  const list = make("ol", { class: "findings" });
  const turning = pager(["finding", "findings"], (by) => go({ at: current + by }));
  return {
    element: make(
      "section",
      {},
      heading(2, "Findings"),
      make("div", { class: "fields" }, levels.element),
      list,
      turning.element,
      report.suppressed
        ? note(`${counted(report.suppressed, "finding is", "findings are")} silenced by the project.`)
        : null,
    ),
    show(state) {
      levels.select.value = counts.some(([level]) => level === state.level) ? state.level : "";
      const findings = report.findings.filter(
        ({ level }) => !levels.select.value || level === levels.select.value,
      );
      const seen = pageOf(findings, Number(state.at));
      current = seen.page;
      list.replaceChildren(...seen.rows.map((finding) => aboutFinding(report, finding)));
      turning.show(seen, findings.length);
    },
  };
};
