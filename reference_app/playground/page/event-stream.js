// Server-sent events out of a fetch: the browser's own EventSource can only GET.

/** Cuts text into events and comments, wherever the network has cut it (WHATWG HTML, 9.2.6). */
export class EventStreamParser {
  #pieces = [];
  #data = [];
  #endedInReturn = false;

  /** What this piece of text completes: `{ data }` for an event, `{ comment }` for a comment. */
  *push(text) {
    if (text === "") return;
    // CR LF is one line break, also when its halves come apart.
    if (this.#endedInReturn && text.startsWith("\n")) text = text.slice(1);
    this.#endedInReturn = text.endsWith("\r");
    const [first, ...rest] = text.split(/\r\n|\r|\n/);
    this.#pieces.push(first);
    for (const next of rest) {
      const line = this.#pieces.join("");
      this.#pieces = [next];
      yield* this.#take(line);
    }
  }

  *#take(line) {
    if (line === "") {
      if (this.#data.length > 0) yield { data: this.#data.join("\n") };
      this.#data = [];
    } else if (line.startsWith(":")) {
      yield { comment: line.slice(1).trim() };
    } else {
      const [, name, value] = /^([^:]*):? ?(.*)$/s.exec(line);
      if (name === "data") this.#data.push(value);
    }
  }
}

/** The events and comments of a response body, as they arrive. */
export async function* eventsOf(body) {
  const parser = new EventStreamParser();
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  try {
    for (;;) {
      const { value, done } = await reader.read();
      if (done) return;
      yield* parser.push(value);
    }
  } finally {
    // Whoever reads no further lets the connection go; one that broke off is gone already.
    reader.cancel().catch(() => {});
  }
}
