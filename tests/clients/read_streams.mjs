// Hands recorded answers to the real @fal-ai/client, chunk by chunk, and tells what it delivers.
// Standard input: a JSON object a line: {status, headers, chunks (base64), breaks_off}. Standard output: one a line,
// in the same order: {events, outcome, value | error}.
import { createInterface } from "node:readline";
import { createFalClient } from "@fal-ai/client";

const WITHOUT_BODY = new Set([204, 304]);

function body({ chunks, breaks_off: breaksOff }) {
  const left = chunks.map((chunk) => Buffer.from(chunk, "base64"));
  return new ReadableStream({
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
}

async function read(answer) {
  const stops = WITHOUT_BODY.has(answer.status);
  const fetch = async () =>
    new Response(stops ? null : body(answer), { status: answer.status, headers: answer.headers });
  const client = createFalClient({ credentials: "a:b", fetch, suppressLocalCredentialsWarning: true });
  const stream = await client.stream("owner/app", { url: "http://127.0.0.1/stream", input: {} });
  const events = [];
  stream.on("data", (event) => events.push(event instanceof Uint8Array ? { bytes: event.length } : event));
  try {
    const value = await stream.done();
    return { events, outcome: "resolved", value: value instanceof Uint8Array ? { bytes: value.length } : value };
  } catch (error) {
    return { events, outcome: "rejected", error: { name: error.name, status: error.status, message: error.message } };
  }
}

const lines = createInterface({ input: process.stdin });
const answers = [];
for await (const line of lines) {
  answers.push(JSON.parse(line));
}
for (const result of await Promise.all(answers.map(read))) {
  process.stdout.write(`${JSON.stringify(result)}\n`);
}
