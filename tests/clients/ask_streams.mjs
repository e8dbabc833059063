// Lets the real @fal-ai/client ask an endpoint over the network, and tells what it delivers.
// The only argument is the packaged program that knows how to listen to the client. Standard input, a JSON object a
// line: {url, input}. Standard output, a line each in the same order: {events, outcome, value | error, chunks}, where
// chunks are the pieces (base64) in which the body came.
import { createInterface } from "node:readline";

const { deliver, installedClient, response } = await import(process.argv[2]);
const { createFalClient } = installedClient();
const AT_ONCE = 8;

function noting(pieces) {
  return async (url, init) => {
    // No connection of an earlier answer is tried again.
    const answer = await fetch(url, { ...init, headers: { ...init.headers, connection: "close" } });
    const body = answer.body?.pipeThrough(
      new TransformStream({
        transform(piece, controller) {
          pieces.push(Buffer.from(piece).toString("base64"));
          controller.enqueue(piece);
        },
      }),
    );
    return response(body, answer.status, answer.headers);
  };
}

// What breaks off while it is read as bytes is an error that the client leaves to nobody: without this, Node ends.
process.on("unhandledRejection", () => {});

const questions = [];
for await (const line of createInterface({ input: process.stdin })) {
  questions.push(JSON.parse(line));
}
const results = new Array(questions.length);
let next = 0;
async function worker() {
  while (next < questions.length) {
    const place = next;
    next += 1;
    const chunks = [];
    const { url, input } = questions[place];
    results[place] = { ...(await deliver(createFalClient, noting(chunks), url, input)), chunks };
  }
}
await Promise.all(Array.from({ length: AT_ONCE }, worker));
process.stdout.write(results.map((result) => `${JSON.stringify(result)}\n`).join(""), () => process.exit(0));
