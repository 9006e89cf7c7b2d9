// Whether two files mean the same, for tests/minify/test_corpus.py.
//
//   node same_meaning.mjs < pairs      ["css" | "javascript", path before, path after] in JSON, one per line
//
// Each answer is a line of JSON: null, or what differs. Style sheets: css-tree's trees, written out again.
// JavaScript, read by acorn: the goals under which a file can be read (those of the source must remain), and
// what others can see of it: a script's top-level names, a module's exports, "use strict".

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { createInterface } from "node:readline";
import { pathToFileURL } from "node:url";

const oracles = createRequire(new URL("../oracles/package.json", import.meta.url));
const load = (name) => import(pathToFileURL(oracles.resolve(name)));
const { parse: parseCSS, generate, tokenize, tokenTypes, walk } = await load("css-tree");
const { parse } = await load("acorn");

const OPTIONS = { ecmaVersion: "latest", allowReturnOutsideFunction: true, allowHashBang: true };

// What css-tree leaves raw, like rules in rules, is compared without any white space.
function packed(text) {
  let tokens = "";
  tokenize(text, (type, start, end) => {
    if (type !== tokenTypes.WhiteSpace && type !== tokenTypes.Comment) tokens += text.slice(start, end);
  });
  return tokens.replace(/;}/g, "}");
}

function styles(text) {
  const tree = parseCSS(text, { parseCustomProperty: true });
  walk(tree, (node, item, list) => {
    if (node.type === "Comment") list.remove(item);
    if (node.type === "Raw") node.value = packed(node.value);
  });
  return generate(tree);
}

function readAs(sourceType, text) {
  try {
    return parse(text, { ...OPTIONS, sourceType });
  } catch {
    return null;
  }
}

function patternNames(pattern) {
  switch (pattern?.type) {
    case "Identifier": return [pattern.name];
    case "ObjectPattern": return pattern.properties.flatMap((each) => patternNames(each.value ?? each.argument));
    case "ArrayPattern": return pattern.elements.flatMap(patternNames);
    case "AssignmentPattern": return patternNames(pattern.left);
    case "RestElement": return patternNames(pattern.argument);
    default: return [];
  }
}

const declared = (node) => node?.declarations?.flatMap((each) => patternNames(each.id)) ?? patternNames(node?.id);

// The names that `var` gives to everything around it, from within blocks and loops too; in sloppy mode so do
// functions in blocks (B.3.2).
function hoisted(node, strict) {
  if (Array.isArray(node)) return node.flatMap((each) => hoisted(each, strict));
  if (!node?.type || /^Class|^Arrow|^FunctionExpression$/.test(node.type)) return [];
  if (node.type === "FunctionDeclaration") return strict ? [] : declared(node);
  const names = node.kind === "var" ? declared(node) : [];
  return [...names, ...Object.values(node).flatMap((each) => hoisted(each, strict))];
}

const exported = (name) => name?.name ?? name?.value;

function visible(tree, goal) {
  if (goal === "script") {
    const strict = tree.body.some((node) => node.directive === "use strict");
    const own = tree.body.filter((node) => /^(let|const)$/.test(node.kind) || /^(Class|Function)/.test(node.type));
    return named([strict ? "'use strict'" : "", ...own.flatMap(declared), ...hoisted(tree.body, strict)]);
  }
  return named(tree.body.flatMap((node) => {
    if (node.type === "ExportDefaultDeclaration") return ["default"];
    if (node.type === "ExportAllDeclaration") return [`* ${exported(node.exported)} ${node.source.value}`];
    if (node.type !== "ExportNamedDeclaration") return [];
    return [...declared(node.declaration), ...node.specifiers.map((each) => exported(each.exported))];
  }));
}

const named = (names) => [...new Set(names)].sort().join();

function scriptsDiffer(before, after) {
  for (const goal of ["script", "module"]) {
    const [source, minified] = [readAs(goal, before), readAs(goal, after)];
    if (source && !minified) return `can no longer be read as a ${goal}`;
    if (source && visible(source, goal) !== visible(minified, goal))
      return `${goal}: ${visible(source, goal)} became ${visible(minified, goal)}`.slice(0, 500);
  }
  return null;
}

function stylesDiffer(before, after) {
  const [source, minified] = [styles(before), styles(after)];
  let at = 0;
  while (at < source.length && source[at] === minified[at]) at += 1;
  return source === minified ? null : `${source.slice(at - 40, at + 80)} became ${minified.slice(at - 40, at + 80)}`;
}

const DIFFER = { css: stylesDiffer, javascript: scriptsDiffer };

for await (const line of createInterface({ input: process.stdin, crlfDelay: Infinity })) {
  const [language, ...paths] = JSON.parse(line);
  const [before, after] = paths.map((path) => readFileSync(path, "utf8").replace(/^\ufeff/, ""));
  process.stdout.write(`${JSON.stringify(DIFFER[language](before, after))}\n`);
}
