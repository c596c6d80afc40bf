import type { JsonSchema } from "../../eval-case.ts";
import { everydayTools, nameOf } from "./catalogue.ts";
import { type Category, call, choice, system, text, tool, turn, user } from "./draft.ts";
import { idOf, withArticle } from "./world.ts";

const tags = ["fragile", "express", "insured", "weekend", "fixed_time"];
const object = (properties: Record<string, JsonSchema>, required: string[]): JsonSchema => ({
  type: "object",
  properties,
  required,
  additionalProperties: false,
});

/** Objects in lists in objects, a list whose order counts and a set whose order does not. */
export const nestedArguments: Category = {
  id: "nested_arguments",
  title: "Nested objects and lists",
  draft({ world, random, index }) {
    const { item, place } = world;
    const create = tool(
      `create_${item.one}`,
      `Create one ${item.one}. Leave out what the user does not mention.`,
      {
        contact: object({ name: text("Full name"), email: text("E-mail address") }, ["name"]),
        lines: {
          type: "array",
          description: "What it contains, in the user's order",
          items: object({ product: text("Product, singular"), quantity: { type: "integer", minimum: 1 } }, [
            "product",
            "quantity",
          ]),
        },
        tags: { type: "array", uniqueItems: true, items: choice("Handling", tags), description: "A set" },
        destination: object({ [`${place.one}_id`]: text(`Id of the ${place.one}`), city: text("City") }, [
          `${place.one}_id`,
        ]),
      },
      { required: ["contact", "lines"] },
    );
    const name = turn(world.people, index + random.int(0, 9));
    const email = `${name.toLowerCase().replace(" ", ".")}@example.com`;
    const lines = random
      .sample(world.goods, random.int(2, 4))
      .map((product) => ({ product, quantity: random.int(2, 60) }));
    const listed = lines.map((line) => `${line.quantity} x ${line.product}`).join(", then ");
    const chosenTags = random.sample(tags, 2);
    const placeId = idOf(place, random);
    const destination = { [`${place.one}_id`]: placeId };
    const city = random.pick(world.cities);
    const opening = `Create ${withArticle(item.one)} for ${name}`;
    const withArguments = (args: Parameters<typeof call>[1]) => call(nameOf(create), args);
    const { ask, made } = turn(
      [
        { ask: `${opening} with ${listed}.`, made: withArguments({ contact: { name }, lines }) },
        {
          ask: `${opening} (${email}): ${listed}. It is ${chosenTags.join(" and ")}.`,
          made: withArguments({ contact: { name, email }, lines, tags: chosenTags }),
        },
        {
          ask: `${opening}, ${listed}, to go to ${place.one} ${placeId} in ${city}.`,
          made: withArguments({ contact: { name }, lines, destination: { ...destination, city } }),
        },
        {
          ask: `${opening} <${email}>. Contents: ${listed}. Handling: ${chosenTags.join(", ")}. Destination: ${place.one} ${placeId}.`,
          made: withArguments({ contact: { name, email }, lines, tags: chosenTags, destination }),
        },
      ],
      index,
    );
    const { status, cancel } = everydayTools(world);
    const expected = {
      calls: [made],
      reason: "one call; the lines keep their order, the tags are a set",
    };
    return { messages: [system(world), user(ask)], tools: random.shuffle([create, status, cancel]), expected };
  },
};
