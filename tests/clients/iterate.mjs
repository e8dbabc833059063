// Iterates over one stream of the real @fal-ai/client as its documentation shows, and prints each event as it comes.
import { createFalClient } from "@fal-ai/client";

const [url, input] = process.argv.slice(2);
const client = createFalClient({ credentials: "a:b", suppressLocalCredentialsWarning: true });
const stream = await client.stream("owner/app", { url, input: JSON.parse(input) });
for await (const event of stream) {
  console.log(JSON.stringify(event));
}
