// Arguments: a port, a file with [[pause in ms, text], ...], and "gzip" or "plain".
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { setTimeout as pause } from "node:timers/promises";
import { constants, createGzip } from "node:zlib";

const [port, file, coding] = process.argv.slice(2);
const story = JSON.parse(readFileSync(file, "utf8"));

async function read(request) {
  let body = "";
  for await (const piece of request) body += piece;
  return body;
}

function objection(body) {
  try {
    return typeof JSON.parse(body).prompt === "string" ? null : "prompt must be a string";
  } catch (error) {
    return error.message;
  }
}

async function stream(response) {
  const headers = { "Content-Type": "text/event-stream", "Cache-Control": "no-cache", Connection: "keep-alive" };
  if (coding === "gzip") headers["Content-Encoding"] = "gzip";
  response.writeHead(200, headers);
  response.flushHeaders();
  const gzip = coding === "gzip" ? createGzip() : null;
  gzip?.pipe(response);
  for (const [milliseconds, text] of story) {
    await pause(milliseconds);
    (gzip ?? response).write(text);
    gzip?.flush(constants.Z_SYNC_FLUSH);
  }
  (gzip ?? response).end();
}

createServer(async (request, response) => {
  if (request.method !== "POST") {
    response.writeHead(405, { Allow: "POST" }).end();
    return;
  }
  const detail = objection(await read(request));
  if (detail === null) await stream(response);
  else response.writeHead(422, { "Content-Type": "application/json" }).end(JSON.stringify({ detail }));
}).listen(Number(port), "127.0.0.1");
