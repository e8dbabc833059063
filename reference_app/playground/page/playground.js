// Joins the form, one generation at a time, and what shows it.

import { EventLog } from "./event-log.js";
import { FailedError, generate, RefusedError } from "./generation.js";
import { RequestForm } from "./request-form.js";
import { Filmstrip, Stage } from "./stage.js";

const byId = (id) => document.getElementById(id);
const seconds = (value) => `${value.toFixed(2)} s`;
const FACTS = ["first-preview", "finished", "previews", "queue", "inference", "seed"];

const stage = new Stage(byId("stage"));
const filmstrip = new Filmstrip(byId("filmstrip"), stage);
const log = new EventLog(byId("events"), byId("event-count"));
let form;
let stopping = null;

/** Shows one generation, from its start to whichever end. */
class Showing {
  #startedAt = performance.now();
  #previews = 0;
  #last = null;

  constructor() {
    stage.clear();
    filmstrip.clear();
    log.clear();
    for (const id of FACTS) byId(id).textContent = "–";
    byId("keep").hidden = byId("problem").hidden = true;
    byId("steps").removeAttribute("value");
    byId("step-count").textContent = "";
    say("Waiting for the first preview …");
    byId("stage").scrollIntoView({ block: "nearest" });
  }

  get elapsedMilliseconds() {
    return performance.now() - this.#startedAt;
  }

  get reached() {
    return this.#last ? `after step ${this.#last.step} of ${this.#last.total_steps}` : "before its first preview";
  }

  position(place) {
    say(`Waiting in the queue, position ${place}.`);
  }

  preview(event) {
    this.#last = event;
    this.#previews += 1;
    if (this.#previews === 1) {
      byId("first-preview").textContent = seconds(this.elapsedMilliseconds / 1000);
      say("Denoising …");
    }
    byId("previews").textContent = this.#previews;
    Object.assign(byId("steps"), { max: event.total_steps, value: event.step });
    byId("step-count").textContent = `step ${event.step} of ${event.total_steps}`;
    filmstrip.add(event.image, {
      kind: "preview",
      title: `step ${event.step}`,
      milliseconds: this.elapsedMilliseconds,
    });
    void stage.show(event.image, `The picture after step ${event.step} of ${event.total_steps}`);
  }

  final({ images, seed, prompt, timings }) {
    const milliseconds = this.elapsedMilliseconds;
    byId("steps").value = byId("steps").max;
    byId("step-count").textContent = this.#last ? `${this.#last.total_steps} steps` : "";
    byId("finished").textContent = seconds(milliseconds / 1000);
    byId("queue").textContent = seconds(timings.queue_seconds);
    byId("inference").textContent = seconds(timings.inference_seconds);
    byId("seed").textContent = seed;
    for (const [index, image] of images.entries()) {
      const title = images.length > 1 ? `seed ${seed + index}` : "final";
      filmstrip.add(image, { kind: "final", title, milliseconds });
    }
    void stage.show(images[0], prompt);
    const extension = images[0].content_type.replace("image/", "");
    Object.assign(byId("download"), { href: images[0].url, download: `seed-${seed}.${extension}` });
    byId("reuse-seed").onclick = () => form.set("seed", seed);
    byId("keep").hidden = false;
    say(`Done in ${seconds(milliseconds / 1000)}.`);
  }

  end(error) {
    if (!byId("steps").hasAttribute("value")) byId("steps").value = 0;
    if (error.name === "AbortError") {
      say(`Stopped ${this.reached}.`);
      return;
    }
    say(`Failed ${this.reached}.`);
    tell(error instanceof RefusedError ? refusal(error) : failure(error));
  }
}

function refusal(error) {
  const rest = form.complain(error.details);
  if (error.details.length === 0) return [error.message];
  return rest.length > 0 ? rest.map(({ msg }) => msg) : ["The request was refused: see the marked fields."];
}

function failure(error) {
  if (!(error instanceof FailedError)) return [`The stream broke off: ${error.message}.`];
  return [error.message, error.requestId && `${error.type}, request ${error.requestId}`];
}

function tell(lines) {
  const paragraphs = lines.filter(Boolean).map((text) => {
    return Object.assign(document.createElement("p"), { textContent: text });
  });
  byId("problem").replaceChildren(...paragraphs);
  byId("problem").hidden = false;
}

function say(text) {
  byId("status").textContent = text;
}

async function start() {
  if (stopping) return;
  stopping = new AbortController();
  setBusy(true);
  form.complain([]);
  const showing = new Showing();
  const onEvent = (item) => log.add(item, showing.elapsedMilliseconds);
  try {
    for await (const step of generate(form.payload(), { signal: stopping.signal, onEvent })) {
      const [[kind, value]] = Object.entries(step);
      showing[kind](value);
    }
  } catch (error) {
    showing.end(error);
  } finally {
    stopping = null;
    setBusy(false);
  }
}

function setBusy(isBusy) {
  byId("start").disabled = isBusy;
  byId("stop").disabled = !isBusy;
  byId("result").setAttribute("aria-busy", String(isBusy));
}

async function open() {
  const response = await fetch("../openapi.json");
  if (!response.ok) throw new Error(`the server answered ${response.status}`);
  form = new RequestForm(await response.json(), { open: byId("main-fields"), folded: byId("more-fields") });
  const examples = [...byId("examples").children];
  form.set("prompt", examples[0].textContent);
  byId("main-fields").firstElementChild.after(byId("examples"));
  for (const example of examples) {
    example.addEventListener("click", () => form.set("prompt", example.textContent));
  }
  byId("request").addEventListener("submit", (event) => {
    event.preventDefault();
    void start();
  });
  // A folded field cannot be focused, and the browser would refuse to submit without a word.
  byId("advanced").addEventListener("invalid", () => (byId("advanced").open = true), true);
  byId("stop").addEventListener("click", () => stopping?.abort());
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") stopping?.abort();
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) byId("request").requestSubmit();
  });
  document.body.dataset.ready = "true";
}

open().catch((error) => tell([`The fields of the request, openapi.json, cannot be read: ${error.message}.`]));
