import { idParams, nameOf } from "./catalogue.ts";
import { type Category, call, choice, system, text, tool, turn, user } from "./draft.ts";
import { idOf } from "./world.ts";

/** The prompt and the schema disagree: what the schema forbids is not called, what only sounds odd is. */
export const schemaConflict: Category = {
  id: "schema_conflict",
  title: "Prompt against schema",
  draft({ world, random, index }) {
    const { item } = world;
    const ids = idParams(world);
    const id = idOf(item, random);
    const itemId = text(`Id of the ${item.one}`);
    const quantity = tool(`set_${item.one}_quantity`, `Set the quantity of one ${item.one}.`, {
      [ids.item]: itemId,
      quantity: { type: "integer", minimum: 1, maximum: 20 },
    });
    const size = tool(`set_${item.one}_size`, `Set the size class of one ${item.one}.`, {
      [ids.item]: itemId,
      size: choice("Size class; there are no others", ["small", "medium", "large"]),
    });
    const code = tool(`set_${item.one}_code`, `Set the access code of one ${item.one}.`, {
      [ids.item]: itemId,
      code: text("Access code, always text"),
    });
    const digits = String(random.int(10_000, 99_999)).padStart(6, "0");
    const small = random.int(2, 12);
    const tooMany = random.int(21, 500);
    const forbidden = random.pick(["gigantic", "extra-tiny", "tall", "oversized"]);
    const { ask, calls, reason } = turn(
      [
        { ask: `Set the quantity of ${id} to ${tooMany}.`, calls: [], reason: "above the schema's maximum of 20" },
        {
          ask: `Set the size of ${id} to "${forbidden}", exactly that word.`,
          calls: [],
          reason: "not one of the schema's values",
        },
        {
          ask: `The access code of ${id} is ${digits}. It is a number.`,
          calls: [call(nameOf(code), { [ids.item]: id, code: digits })],
          reason: "the schema wants text, and the leading zero stays",
        },
        {
          ask: `Set the quantity of ${id} to "${small}" (I always write numbers in quotes).`,
          calls: [call(nameOf(quantity), { [ids.item]: id, quantity: small })],
          reason: "the schema wants a number",
        },
        {
          ask: `Set the quantity of ${id} to ${small - 1}.5, please.`,
          calls: [],
          reason: "the schema wants a whole number",
        },
        {
          ask: `Set the size of ${id} to the biggest class there is.`,
          calls: [call(nameOf(size), { [ids.item]: id, size: "large" })],
          reason: "the schema's biggest class is large",
        },
      ],
      index,
    );
    return {
      messages: [system(world), user(ask)],
      tools: random.shuffle([quantity, size, code]),
      expected: { calls, reason },
    };
  },
};
