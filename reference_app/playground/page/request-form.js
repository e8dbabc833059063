// The form, made from the schema of the request, as fal's own Playground makes it.

const NAME_OF_INPUT = "GenerationInput";

/** The form's fields; `open` and `folded` are the elements that take them. */
export class RequestForm {
  #fields = new Map();

  constructor(document_, { open, folded }) {
    const schemas = document_.components.schemas;
    const { properties, required = [] } = schemas[NAME_OF_INPUT];
    for (const [name, property] of Object.entries(properties)) {
      const field = new Field(name, resolved(property, schemas), required.includes(name));
      this.#fields.set(name, field);
      (field.isImportant ? open : folded).append(field.element);
    }
  }

  /** What was filled in; fields left alone are left out. */
  payload() {
    const filled = [...this.#fields.values()].filter((field) => field.isFilled);
    return Object.fromEntries(filled.map((field) => [field.name, field.value]));
  }

  set(name, value) {
    this.#fields.get(name).fill(value);
  }

  /** Write what the server refused beside its fields; returns what belongs to none. */
  complain(details) {
    for (const field of this.#fields.values()) field.complain("");
    return details.filter(({ loc, msg }) => {
      const field = this.#fields.get(loc.at(-1));
      field?.complain(msg);
      return field === undefined;
    });
  }
}

class Field {
  #schema;
  #input;
  #fault;

  constructor(name, schema, isRequired) {
    this.name = name;
    this.isImportant = isRequired || schema.ui?.important === true;
    this.#schema = schema;
    this.#input = inputFor(name, schema);
    Object.assign(this.#input, { id: `field-${name}`, name, required: isRequired, defaultValue: schema.default ?? "" });
    if (schema.enum) this.#input.value = schema.default;
    this.#input.setAttribute("aria-describedby", `hint-${name} fault-${name}`);
    this.element = element("div", { className: "field" });
    this.element.dataset.name = name;
    this.#fault = element("p", { className: "fault", id: `fault-${name}` });
    this.element.append(
      element("label", { htmlFor: `field-${name}`, textContent: name.replaceAll("_", " ") }),
      this.#input,
      element("p", { className: "hint", id: `hint-${name}`, textContent: plain(schema.description) }),
      this.#fault,
    );
  }

  get isFilled() {
    return this.#input.value !== "" && this.#input.value !== String(this.#schema.default ?? "");
  }

  get value() {
    return isNumber(this.#schema) ? Number(this.#input.value) : this.#input.value;
  }

  fill(value) {
    this.#input.value = value;
  }

  complain(text) {
    this.#fault.textContent = text;
    this.#input.setAttribute("aria-invalid", String(text !== ""));
    if (text) this.element.closest("details")?.setAttribute("open", "");
  }
}

function inputFor(name, schema) {
  if (schema.enum) {
    const select = element("select");
    select.append(...schema.enum.map((choice) => element("option", { value: choice, textContent: choice })));
    return select;
  }
  if (isNumber(schema)) {
    const { minimum, maximum, multipleOf, type } = schema;
    const step = multipleOf ?? (type === "integer" ? 1 : "any");
    const placeholder = name.endsWith("seed") ? "random" : "automatic";
    return element("input", { type: "number", min: minimum, max: maximum, step, placeholder });
  }
  const { maxLength = -1, minLength = 0 } = schema;
  return element("textarea", { rows: name === "prompt" ? 3 : 1, maxLength, minLength });
}

/** A property with its reference followed and its "or null" left out. */
function resolved(property, schemas) {
  const choice = property.anyOf?.find(({ type }) => type !== "null") ?? {};
  const target = property.$ref ? schemas[property.$ref.split("/").at(-1)] : {};
  return { ...target, ...choice, ...property };
}

/** Descriptions are Markdown, and use no more of it than code spans. */
function plain(description = "") {
  return description.replaceAll("`", "");
}

function isNumber({ type }) {
  return type === "integer" || type === "number";
}

function element(tag, properties = {}) {
  return Object.assign(document.createElement(tag), properties);
}
