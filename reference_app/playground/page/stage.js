// The picture as it sharpens, and the filmstrip of how it came about.

/** Shows one picture, and fades each new one in over the last. */
export class Stage {
  #element;
  #shown = 0;
  #asked = 0;

  constructor(element) {
    this.#element = element;
  }

  clear() {
    this.#shown = this.#asked;
    this.#element.replaceChildren();
  }

  async show({ url, width, height }, description) {
    const turn = ++this.#asked;
    const image = Object.assign(new Image(), { src: url, alt: description });
    await image.decode();
    // A picture that took longer to decode than its successor comes too late.
    if (turn < this.#shown) return;
    this.#shown = turn;
    this.#element.style.aspectRatio = `${width} / ${height}`;
    this.#element.append(image);
    while (this.#element.children.length > 2) this.#element.firstElementChild.remove();
    this.#element.firstElementChild.toggleAttribute("aria-hidden", this.#element.children.length > 1);
  }
}

/** One frame for each preview, then one for each picture; a click puts it on the stage. */
export class Filmstrip {
  #element;
  #stage;

  constructor(element, stage) {
    this.#element = element;
    this.#stage = stage;
  }

  clear() {
    this.#element.replaceChildren();
  }

  add(picture, { kind, title, milliseconds }) {
    const description = kind === "final" ? title : `Preview at ${title}`;
    const image = Object.assign(new Image(), { src: picture.url, alt: description });
    const caption = document.createElement("span");
    caption.textContent = title;
    const time = document.createElement("small");
    time.textContent = `${Math.round(milliseconds)} ms`;
    const button = Object.assign(document.createElement("button"), { type: "button" });
    button.append(image, caption, time);
    button.addEventListener("click", () => {
      this.#mark(button);
      void this.#stage.show(picture, description);
    });
    const frame = document.createElement("li");
    frame.dataset.kind = kind;
    frame.append(button);
    this.#element.append(frame);
    this.#element.scrollLeft = this.#element.scrollWidth;
    return button;
  }

  #mark(chosen) {
    for (const button of this.#element.querySelectorAll("button")) {
      button.setAttribute("aria-pressed", String(button === chosen));
    }
  }
}
