// The events as they came over the wire, with their instants.

const DATA_URI = /(data:[\w/+.-]+;base64,[^"]{24})([^"]+)/g;

export class EventLog {
  #list;
  #count;

  constructor(list, count) {
    this.#list = list;
    this.#count = count;
  }

  clear() {
    this.#list.replaceChildren();
    this.#count.textContent = "0";
  }

  add({ data, comment }, milliseconds) {
    const time = document.createElement("span");
    time.textContent = `${Math.round(milliseconds)} ms`;
    const text = document.createElement("code");
    text.textContent = data === undefined ? `: ${comment}` : `data: ${shortened(data)}`;
    const line = document.createElement("li");
    line.append(time, text);
    this.#list.append(line);
    this.#count.textContent = String(this.#list.children.length);
  }
}

function shortened(data) {
  return data.replaceAll(DATA_URI, (_, head, rest) => `${head}… ${rest.length} more`);
}
