import { distractors, everydayTools, idParams, nameOf } from "./catalogue.ts";
import { type Category, call, system, turn, user } from "./draft.ts";
import { idOf } from "./world.ts";

const toolCounts = [5, 10, 15, 20, 30, 40, 50];

/** One useful tool among up to 50. */
export const distractorTools: Category = {
  id: "distractor_tools",
  title: "Many tools, one that fits",
  draft({ world, random, index }) {
    const { item, agent, place } = world;
    const ids = idParams(world);
    const [itemId, agentId, placeId] = [idOf(item, random), idOf(agent, random), idOf(place, random)];
    const { assign, move, note, status } = everydayTools(world);
    const noteText = random.pick(world.notes);
    const { ask, target, args } = turn(
      [
        {
          ask: `Give ${itemId} to ${agent.one} ${agentId}.`,
          target: assign,
          args: { [ids.item]: itemId, [ids.agent]: agentId },
        },
        {
          ask: `Move ${itemId} over to ${place.one} ${placeId}.`,
          target: move,
          args: { [ids.item]: itemId, [ids.place]: placeId },
        },
        {
          ask: `Add this note to ${itemId}: "${noteText}"`,
          target: note,
          args: { [ids.item]: itemId, text: noteText },
        },
        { ask: `How does ${itemId} stand at the moment?`, target: status, args: { [ids.item]: itemId } },
      ],
      index,
    );
    const count = turn(toolCounts, index);
    const tools = random.shuffle([target, ...distractors(count - 1, random)]);
    const expected = {
      calls: [call(nameOf(target), args)],
      reason: `the one tool of ${count} that does what is asked`,
    };
    return { messages: [system(world), user(ask)], tools, expected };
  },
};
