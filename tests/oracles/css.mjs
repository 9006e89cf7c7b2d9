// Reads lines of JSON, each a path or a list of one text (its bytes as Latin-1, so that offsets are bytes).
// Prints for each the tokens of css-tree as one line: [type, start, end, name]. White space is left out and
// runs of tokens that mean nothing to us are one "other".
import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { ident, tokenize, tokenTypes as T } from "css-tree";

const BRACKETS = new Set([
  T.LeftParenthesis, T.RightParenthesis, T.LeftSquareBracket, T.RightSquareBracket,
  T.LeftCurlyBracket, T.RightCurlyBracket, T.Semicolon,
]);

// "Preprocessing the input stream", as far as it keeps offsets.
function textOf(input) {
  const text = typeof input === "string" ? readFileSync(input, "latin1") : input[0];
  return text.replace(/\0/g, "\ufffd").replace(/^\u00ef\u00bb\u00bf/, "   ");
}

// An escape at `at`, or one character.
function step(text, at) {
  const escape = /\\(?:[0-9a-f]{1,6}(?:\r\n|[ \t\n\r\f])?|\r\n|[^])?/iy;
  escape.lastIndex = at;
  return escape.test(text) ? escape.lastIndex : at + 1;
}

function insideString(text, start, end) {
  let at = start + 1;
  while (at < end && text[at] !== text[start]) at = step(text, at);
  const endsInBackslash = at >= end && /(?<!\\)(?:\\\\)*\\$/.test(text.slice(start, end));
  return [start + 1, Math.min(at, end) - (endsInBackslash ? 1 : 0)];
}

function insideUrl(text, start, end) {
  let at = text.indexOf("(", start) + 1;
  while (/[ \t\n\r\f]/.test(text[at])) at += 1;
  start = at;
  while (at < end && !/[ \t\n\r\f)]/.test(text[at])) at = step(text, at);
  return [start, Math.min(at, end)];
}

function tokensOf(text) {
  const tokens = [];
  tokenize(text, (type, start, end) => {
    const own = () => text.slice(start, end);
    if (type === T.WhiteSpace) return;
    if (type === T.Comment) tokens.push(["comment", start, end]);
    else if (type === T.AtKeyword) tokens.push(["at", start, end, ident.decode(own().slice(1))]);
    else if (type === T.Function) tokens.push(["function", start, end, ident.decode(own().slice(0, -1))]);
    else if (type === T.String) tokens.push(["string", ...insideString(text, start, end)]);
    else if (type === T.Url) tokens.push(["url", ...insideUrl(text, start, end)]);
    else if (BRACKETS.has(type)) tokens.push([own(), start, end]);
    else if (tokens.at(-1)?.[0] !== "other") tokens.push(["other", start, end]);
  });
  return tokens;
}

for await (const line of createInterface({ input: process.stdin })) {
  process.stdout.write(JSON.stringify(tokensOf(textOf(JSON.parse(line)))) + "\n");
}
