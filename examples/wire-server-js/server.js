// A store of bytes in memory that speaks docs/wire.md: node's standard library, and nothing of ours.
//
//     node server.js 8080 &
//     store-conform http://127.0.0.1:8080/
"use strict";
const { createHash } = require("node:crypto");
const { createServer } = require("node:http");

const cells = new Map(); // path of the ref, spelled in the one way of the wire -> value

createServer((request, response) => {
  const parts = [];
  request.on("data", (part) => parts.push(part));
  request.on("end", () => { // only when all of the body came: half a value is never put
    const [status, headers = {}, body = ""] = answer(request, Buffer.concat(parts));
    if (status !== 204) headers["Content-Length"] = Buffer.byteLength(body);
    response.writeHead(status, headers).end(body);
  });
}).listen(Number(process.argv[2] ?? 8080), "127.0.0.1", function () {
  console.log(`http://127.0.0.1:${this.address().port}/`);
});

// Runs to its end before the next request is looked at, so each verb is one step.
function answer(request, body) {
  const [sent, query] = request.url.split(/\?(.*)/s);
  const path = spelled(sent);
  if (path === null) return [400, { "Content-Type": "text/plain" }, "this path is no ref"];
  if (query) return list(request.method, path, query);
  switch (request.method) {
    case "GET":
    case "HEAD": return read(path);
    case "PUT":
    case "PATCH": return [write(request, path, body)];
    case "DELETE": return [write(request, path, null)];
    default: return [400];
  }
}

function read(path) {
  const value = cells.get(path);
  if (value === undefined) return [404];
  return [200, { "Content-Type": "application/octet-stream", ETag: tag(value) }, value];
}

// Puts the value, or deletes where it is null, if the condition allows it; the status is the answer.
function write(request, path, value) {
  const now = cells.get(path);
  const { "if-match": match, "if-none-match": none } = request.headers;
  const conditions = [match, none].filter((each) => each !== undefined).length;
  if (conditions > 1 || (conditions && request.method === "PATCH") || (none !== undefined && none !== "*")) return 400;
  if (none === "*" && now !== undefined) return 412;
  if (match !== undefined && (now === undefined || match !== tag(now))) return 412;
  if (value === null) cells.delete(path);
  else cells.set(path, value);
  return 204;
}

// The refs below a base: all of them, or the names of the first level.
function list(method, base, query) {
  if (method !== "GET" || !["refs=1", "refs=all"].includes(query)) return [400];
  const below = base === "/" ? "/" : base + "/";
  const lines = new Set();
  for (const path of cells.keys()) {
    if (query === "refs=all" && path === base) lines.add(path);
    if (!path.startsWith(below) || path === base) continue;
    lines.add(query === "refs=all" ? path : below + path.slice(below.length).split("/")[0]);
  }
  return [200, { "Content-Type": "text/x-refs" }, [...lines].map((path) => path + "\n").join("")];
}

// The path of a ref as the wire spells it: names split first, decoded, and encoded in one way; null if it is none.
function spelled(path) {
  path = path.replace(/\/$/, "");
  if (path === "") return "/";
  let whole = "";
  for (const name of path.slice(1).split("/")) {
    let decoded;
    try {
      decoded = decodeURIComponent(name); // throws for a % without two digits, and for what is no UTF-8
    } catch {
      return null;
    }
    if (["", ".", ".."].includes(decoded) || /[\/\0]/.test(decoded)) return null;
    whole += "/" + encodeURIComponent(decoded).replace(/[!'()*]/g, (char) => "%" + char.charCodeAt(0).toString(16).toUpperCase());
  }
  return whole;
}

function tag(value) {
  return `"sha256-${createHash("sha256").update(value).digest("hex")}"`;
}
