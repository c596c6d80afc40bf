import { idParams, nameOf } from "./catalogue.ts";
import { type Category, call, choice, system, text, tool, turn, user } from "./draft.ts";
import { idOf, type World } from "./world.ts";

function optionalTools(world: World) {
  const { item, place, agent } = world;
  const ids = idParams(world);
  const list = tool(
    `list_${item.many}`,
    `List the ${item.many} of one ${place.one}.`,
    {
      [ids.place]: text(`Id of the ${place.one}`),
      limit: { type: "integer", default: 20, description: "How many at most" },
      sort: { ...choice("Order", ["newest", "oldest"]), default: "newest" },
    },
    { required: [ids.place] },
  );
  const update = tool(
    `update_${item.one}`,
    `Change one ${item.one}. Null removes the ${agent.one}; leaving it out sends the ${item.one} to the pool.`,
    {
      [ids.item]: text(`Id of the ${item.one}`),
      [ids.agent]: { type: ["string", "null"], default: "pool", description: `Id of the ${agent.one}` },
      comment: { type: ["string", "null"], description: "Comment; null and nothing are the same" },
    },
    { required: [ids.item] },
  );
  return { list, update };
}

/** Left out, spelled out, or explicitly empty: three different things unless the schema makes them one. */
export const defaultOrNull: Category = {
  id: "default_or_null",
  title: "Defaults and explicit null",
  draft({ world, random, index }) {
    const { item, place, agent } = world;
    const ids = idParams(world);
    const [id, placeId, agentId] = [idOf(item, random), idOf(place, random), idOf(agent, random)];
    const { list, update } = optionalTools(world);
    const limit = random.int(21, 90);
    const listed = (more: Record<string, number | string> = {}) =>
      call(nameOf(list), { [ids.place]: placeId, ...more });
    const { ask, made, reason } = turn(
      [
        {
          ask: `List the ${item.many} of ${placeId}.`,
          made: listed(),
          reason: "the defaults may be left out or spelled out",
        },
        {
          ask: `List the ${item.many} of ${placeId}, at most 20, newest first.`,
          made: listed({ limit: 20, sort: "newest" }),
          reason: "the values are the defaults, so leaving them out is the same",
        },
        {
          ask: `List ${limit} ${item.many} of ${placeId}, oldest first.`,
          made: listed({ limit, sort: "oldest" }),
          reason: "both values differ from the defaults",
        },
        {
          ask: `Remove the ${agent.one} from ${id}, so that it has none.`,
          made: call(nameOf(update), { [ids.item]: id, [ids.agent]: null }),
          reason: "null means none; left out would mean the pool",
        },
        {
          ask: `Give ${id} back to the pool, without a comment.`,
          made: call(nameOf(update), { [ids.item]: id, comment: null }),
          reason: "leaving the id out, or naming the pool, is right; a null comment is no comment",
        },
        {
          ask: `Give ${id} to ${agentId}.`,
          made: call(nameOf(update), { [ids.item]: id, [ids.agent]: agentId }),
          reason: "one value given, nothing else",
        },
      ],
      index,
    );
    return {
      messages: [system(world), user(ask)],
      tools: random.shuffle([list, update]),
      expected: { calls: [made], reason },
    };
  },
};
