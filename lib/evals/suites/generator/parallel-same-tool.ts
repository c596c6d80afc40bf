import { everydayTools, idParams, nameOf } from "./catalogue.ts";
import { type Category, call, system, text, tool, turn, user } from "./draft.ts";
import { capitalised, idOf, idsOf } from "./world.ts";

const joined = (items: readonly string[]): string => `${items.slice(0, -1).join(", ")} and ${items.at(-1) ?? ""}`;

/** Several calls of one tool; in the last variant two of them are equal, so counts matter. */
export const parallelSameTool: Category = {
  id: "parallel_same_tool",
  title: "Several calls of one tool",
  draft({ world, random, index }) {
    const ids = idParams(world);
    const { status, note, assign } = everydayTools(world);
    const label = tool(
      `print_${world.item.one}_label`,
      `Print one label for one ${world.item.one}. One call prints one label.`,
      {
        [ids.item]: text(`Id of the ${world.item.one}`),
      },
    );
    const items = idsOf(world.item, random.int(2, 5), random);
    const agentId = idOf(world.agent, random);
    const noteText = random.pick(world.notes);
    const twice = items.slice(0, 2);
    const { ask, calls } = turn(
      [
        {
          ask: `Tell me how ${joined(items)} stand.`,
          calls: items.map((id) => call(nameOf(status), { [ids.item]: id })),
        },
        {
          ask: `Add the note "${noteText}" to each of ${joined(items)}.`,
          calls: items.map((id) => call(nameOf(note), { [ids.item]: id, text: noteText })),
        },
        {
          ask: `${capitalised(world.agent.one)} ${agentId} takes over ${joined(items)}.`,
          calls: items.map((id) => call(nameOf(assign), { [ids.item]: id, [ids.agent]: agentId })),
        },
        {
          ask: `Print two labels for ${twice[0]} and one for ${twice[1]}.`,
          calls: [twice[0], twice[0], twice[1]].map((id = "") => call(nameOf(label), { [ids.item]: id })),
        },
      ],
      index,
    );
    const expected = { calls, reason: `${calls.length} calls of one tool, in any order` };
    return { messages: [system(world), user(ask)], tools: random.shuffle([status, note, assign, label]), expected };
  },
};
