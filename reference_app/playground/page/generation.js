// One generation: what is asked, what arrives, and how it may end.

import { eventsOf } from "./event-stream.js";

/** The server refused before the stream began. */
export class RefusedError extends Error {
  /** `details` is fal's list of `loc`, `msg` and `type`. */
  constructor(status, details) {
    super(details.map((detail) => detail.msg).join(" ") || `The server answered ${status}.`);
    this.status = status;
    this.details = details;
  }
}

/** The stream ended with an error event, or without telling how. */
export class FailedError extends Error {
  constructor({ message, type = "", request_id = "" }) {
    super(message);
    this.type = type;
    this.requestId = request_id;
  }
}

/**
 * Ask for a generation and hand on what arrives: `{ position }` while it waits, then `{ preview }`s, then `{ final }`.
 *
 * Aborting the signal closes the connection, which is how the server learns that nobody wants the picture any more.
 * Throws RefusedError, FailedError, and what fetch throws. `onEvent` gets each event's text, and comments.
 */
export async function* generate(payload, { signal, onEvent }) {
  const response = await fetch("../stream", {
    method: "POST",
    headers: { Accept: "text/event-stream", "Content-Type": "application/json" },
    body: JSON.stringify(payload),
    signal,
  });
  if (!response.ok) throw new RefusedError(response.status, await detailsOf(response));
  for await (const item of eventsOf(response.body)) {
    onEvent(item);
    if (item.comment !== undefined) {
      const position = /position (\d+)/.exec(item.comment);
      if (position) yield { position: Number(position[1]) };
      continue;
    }
    const event = JSON.parse(item.data);
    if (event.error) throw new FailedError(event.error);
    if (event.final) {
      yield { final: event };
      return;
    }
    yield { preview: event };
  }
  throw new FailedError({ message: "The stream ended without a final event, so the generation did not succeed." });
}

async function detailsOf(response) {
  const text = await response.text();
  try {
    const { detail } = JSON.parse(text);
    return Array.isArray(detail) ? detail : [{ loc: [], msg: String(detail) }];
  } catch {
    return [];
  }
}
