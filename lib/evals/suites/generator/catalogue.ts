import type { ToolDefinition } from "../../eval-case.ts";
import type { Random } from "../../random.ts";
import { choice, text, tool } from "./draft.ts";
import { capitalised, type World, withArticle } from "./world.ts";

/** The names of the parameters that hold ids, such as `shipment_id`. */
export function idParams(world: World): { item: string; place: string; agent: string } {
  return { item: `${world.item.one}_id`, place: `${world.place.one}_id`, agent: `${world.agent.one}_id` };
}

/** The everyday tools of a tenant. Categories take from here and add their own traps. */
export function everydayTools(world: World) {
  const { item, place, agent, verbs } = world;
  const ids = idParams(world);
  const itemId = text(`Id of the ${item.one}, such as ${item.prefix}-1234`);
  return {
    status: tool(`${verbs.read}_${item.one}_status`, `Current status of one ${item.one}.`, { [ids.item]: itemId }),
    cancel: tool(`${verbs.cancel}_${item.one}`, `Cancel one ${item.one} for good.`, { [ids.item]: itemId }),
    assign: tool(`${verbs.assign}_${agent.one}`, `Give one ${item.one} to ${withArticle(agent.one)}.`, {
      [ids.item]: itemId,
      [ids.agent]: text(`Id of the ${agent.one}, such as ${agent.prefix}-1234`),
    }),
    move: tool(`${verbs.move}_${item.one}`, `Move one ${item.one} to another ${place.one}.`, {
      [ids.item]: itemId,
      [ids.place]: text(`Id of the ${place.one}, such as ${place.prefix}-1234`),
    }),
    note: tool(
      `add_${item.one}_note`,
      `Add a note to one ${item.one}. The text is stored word for word, never translated.`,
      {
        [ids.item]: itemId,
        text: text("Text of the note, exactly as given"),
      },
    ),
    setStatus: tool(`${verbs.write}_${item.one}_status`, `Record a new status of one ${item.one}.`, {
      [ids.item]: itemId,
      status: choice(
        "The new status",
        world.states.map((state) => state.value),
      ),
    }),
  } satisfies Record<string, ToolDefinition>;
}

/** The name of a tool in a catalogue: expected calls never spell it a second time. */
export const nameOf = (definition: ToolDefinition): string => definition.function.name;

const otherVerbs = [
  "archive",
  "approve",
  "audit",
  "bill",
  "close",
  "duplicate",
  "export",
  "flag",
  "print",
  "renew",
  "review",
  "share",
];
const otherNouns = [
  "invoice",
  "contract",
  "newsletter",
  "supplier",
  "voucher",
  "report",
  "template",
  "survey",
  "calendar",
];

/** Harmless tools about other things, all with different names. */
export function distractors(count: number, random: Random): ToolDefinition[] {
  const pairs = otherVerbs.flatMap((verb) => otherNouns.map((noun) => ({ verb, noun })));
  return random.sample(pairs, count).map(({ verb, noun }) =>
    tool(`${verb}_${noun}`, `${capitalised(verb)} one ${noun}.`, {
      [`${noun}_id`]: text(`Id of the ${noun}`),
    }),
  );
}
