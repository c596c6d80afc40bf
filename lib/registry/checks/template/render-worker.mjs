/**
 * Runs as a process of its own: reads `{templates, contexts}` from its input, renders each template on each context, and
 * writes what came of it. A template is a program of whoever wrote the folder, so the caller limits this process's memory
 * and time; a thread would not do, since one that runs out of memory ends all others. Plain JavaScript: no bundle needed.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { Template } from "@huggingface/jinja";

/** Templates print today's date: both must have the same day. */
const NOW = Date.UTC(2026, 10, 24);
globalThis.Date = class extends Date {
  constructor(...parts) {
    super(...(parts.length === 0 ? [NOW] : parts));
  }
};

const { templates, contexts } = JSON.parse(readFileSync(0, "utf8"));

const render = (template, context) => {
  try {
    return { text: template.render(context) };
  } catch (error) {
    return { error: error.message };
  }
};

const renderAll = (source) => {
  try {
    const template = new Template(source);
    return contexts.map((context) => render(template, context));
  } catch (error) {
    return contexts.map(() => ({ error: error.message }));
  }
};

writeFileSync(1, JSON.stringify(templates.map(renderAll)));
