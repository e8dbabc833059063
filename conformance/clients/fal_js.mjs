// Hands recorded answers to the real @fal-ai/client, which is looked for where this is run, and tells what it delivers.
// Standard input, a JSON object a line: {status, headers, chunks (base64), breaks_off}. Standard output: first
// {version}, then a line each in the same order: {events, outcome, value | error}. Nothing is sent or downloaded.
import { createRequire } from "node:module";
import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { setTimeout as later } from "node:timers/promises";
import { fileURLToPath } from "node:url";

const PACKAGE = "@fal-ai/client";
const NOT_INSTALLED = 4;
const PATIENCE_MS = 8_000;
const PENDING = Symbol("pending");
const WITHOUT_BODY = new Set([204, 205, 304]);

/** The client that is installed in the current folder, and its version. */
export function installedClient() {
  const require = createRequire(`${process.cwd()}/`);
  const { createFalClient } = require(PACKAGE);
  const entry = require.resolve(PACKAGE);
  const folder = entry.slice(0, entry.lastIndexOf(PACKAGE) + PACKAGE.length);
  return { createFalClient, version: JSON.parse(readFileSync(`${folder}/package.json`, "utf8")).version };
}

/** A response to hand on: some statuses cannot have a body. */
export function response(body, status, headers) {
  return new Response(WITHOUT_BODY.has(status) ? null : body, { status, headers });
}

/** What listeners get of one stream, up to the end or the patience, and what done() does. */
export async function deliver(createFalClient, fetch, url = "http://127.0.0.1/stream", input = {}) {
  const client = createFalClient({ credentials: "a:b", fetch, suppressLocalCredentialsWarning: true });
  const stream = await client.stream("owner/app", { url, input });
  const events = [];
  stream.on("data", (event) => events.push(shown(event)));
  try {
    const value = await Promise.race([stream.done(), later(PATIENCE_MS, PENDING)]);
    stream.abort();
    return value === PENDING ? { events, outcome: "pending" } : { events, outcome: "resolved", value: shown(value) };
  } catch (error) {
    return { events, outcome: "rejected", error: `${error.name} ${error.status ?? ""} ${error.message}` };
  }
}

function shown(value) {
  return value instanceof Uint8Array ? `${value.length} bytes` : value;
}

function recorded({ status, headers, chunks, breaks_off: breaksOff }) {
  const left = chunks.map((chunk) => Buffer.from(chunk, "base64"));
  const body = new ReadableStream({
    pull(controller) {
      if (left.length > 0) {
        controller.enqueue(new Uint8Array(left.shift()));
      } else if (breaksOff) {
        controller.error(new TypeError("terminated"));
      } else {
        controller.close();
      }
    },
  });
  return async () => response(body, status, headers);
}

async function main() {
  let client;
  try {
    client = installedClient();
  } catch {
    process.exit(NOT_INSTALLED);
  }
  // What breaks off while it is read as bytes is an error that the client leaves to nobody: without this, Node ends.
  process.on("unhandledRejection", () => {});
  const answers = [];
  for await (const line of createInterface({ input: process.stdin })) {
    answers.push(JSON.parse(line));
  }
  const results = await Promise.all(answers.map((answer) => deliver(client.createFalClient, recorded(answer))));
  const lines = [{ version: client.version }, ...results].map((result) => `${JSON.stringify(result)}\n`);
  process.stdout.write(lines.join(""), () => process.exit(0));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await main();
}
