// The references that acorn sees, for tests/references/test_javascript_oracle.py.
//
//   node javascript.mjs < paths               one path per line, a line of JSON for each
//   node javascript.mjs --snippets < texts    one JSON string per line, a character for each byte
//
// Each answer: { goal: "module" | "script" | null, error, references: [[start, end, kind, specifier]…],
// computed: [[start, kind]…], regexes: [start…], isUtf8, v8 }, offsets in bytes. The goal Module is tried first,
// then Script: a file that reads as both has the same references in both. What acorn cannot read has a reason
// in `error`, and of a snippet `v8` says whether V8 can, as a script.

import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { Script } from "node:vm";
import { parse } from "acorn";
import { full } from "acorn-walk";

const SNIPPETS = process.argv.includes("--snippets");
const MAP = /^[#@]\s*sourceMappingURL=([^\s"'`]*)\s*$/;

// A file that is not UTF-8 is read as Latin-1, where every offset is one of bytes.
function decode(bytes) {
  try {
    return [new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes), true];
  } catch {
    return [bytes.toString("latin1"), false];
  }
}

function parseAny(text, comments, regexes) {
  let error;
  for (const sourceType of ["module", "script"]) {
    comments.length = regexes.length = 0;
    try {
      const tree = parse(text, {
        sourceType,
        ecmaVersion: "latest",
        allowReturnOutsideFunction: true,
        allowHashBang: true,
        preserveParens: true,
        onComment: comments,
        onToken: text.length > 1e6 ? undefined : (token) => token.type.label === "regexp" && regexes.push(token.start),
      });
      return { goal: sourceType, tree };
    } catch (problem) {
      error = `${error ? `${error}; ` : ""}${sourceType}: ${problem.message}`;
    }
  }
  return { goal: null, error };
}

const literal = (node) =>
  node?.type === "Literal" && typeof node.value === "string"
    ? node.value
    : node?.type === "TemplateLiteral" && !node.expressions.length
      ? node.quasis[0].value.cooked
      : null;

const isMeta = (node) =>
  node?.type === "MemberExpression" &&
  !node.computed &&
  node.property.name === "url" &&
  node.object.type === "MetaProperty" &&
  node.object.meta.name === "import";

function isReadByV8(text) {
  try {
    return Boolean(new Script(text));
  } catch {
    return false;
  }
}

function look(text) {
  const comments = [];
  const regexes = [];
  const { goal, error, tree } = parseAny(text, comments, regexes);
  const references = [];
  const computed = [];
  if (!tree) return { goal, error, references, computed, regexes };
  const note = (node, kind) => {
    const value = literal(node);
    if (value === null) computed.push([node.start, kind]);
    else references.push([node.start + 1, node.end - 1, kind, value]);
  };
  full(tree, (node) => {
    switch (node.type) {
      case "ImportDeclaration":
        return note(node.source, "import");
      case "ExportNamedDeclaration":
      case "ExportAllDeclaration":
        return node.source && note(node.source, "export … from");
      case "ImportExpression":
        return note(node.source, "import()");
      case "NewExpression":
        if (node.callee.type === "Identifier" && text.slice(node.callee.start, node.callee.end) === "URL"
            && node.arguments.length === 2 && isMeta(node.arguments[1]))
          note(node.arguments[0], "new URL()");
    }
  });
  const map = comments.map((comment) => ({ ...comment, url: comment.value.match(MAP)?.[1] }))
    .filter((comment) => comment.url !== undefined && /^\/[/*]/.test(text.slice(comment.start, comment.end))).at(-1);
  if (map?.url && !/^data:/i.test(map.url)) {
    const start = map.start + 2 + map.value.indexOf("=") + 1;
    references.push([start, start + map.url.length, "sourceMappingURL", map.url]);
  }
  return { goal, references, computed, regexes };
}

// acorn counts UTF-16 units; one walk over the text turns the few places of interest into bytes.
function inBytes(found, text, isUtf8) {
  if (isUtf8) {
    const places = [...found.references.flatMap(([start, end]) => [start, end]), ...found.computed.map(([start]) => start),
      ...found.regexes].sort((a, b) => a - b);
    const bytes = new Map();
    let unit = 0;
    let byte = 0;
    for (const place of places) {
      byte += Buffer.byteLength(text.slice(unit, place));
      unit = place;
      bytes.set(place, byte);
    }
    for (const each of found.references) [each[0], each[1]] = [bytes.get(each[0]), bytes.get(each[1])];
    for (const each of found.computed) each[0] = bytes.get(each[0]);
    found.regexes = found.regexes.map((place) => bytes.get(place));
  }
  found.references.sort((a, b) => a[0] - b[0]);
  found.computed.sort((a, b) => a[0] - b[0]);
  return found;
}

for await (const line of createInterface({ input: process.stdin, crlfDelay: Infinity })) {
  const bytes = SNIPPETS ? Buffer.from(JSON.parse(line), "latin1") : readFileSync(line);
  const [decoded, isUtf8] = decode(bytes);
  // A decoder drops the byte order mark; for acorn it is white space, which may not precede a hashbang.
  const text = decoded.replace(/^\ufeff#!/, "\ufeff//");
  const found = inBytes(look(text), text, isUtf8);
  if (SNIPPETS && !found.goal) found.v8 = isReadByV8(text);
  process.stdout.write(`${JSON.stringify({ ...found, isUtf8 })}\n`);
}
