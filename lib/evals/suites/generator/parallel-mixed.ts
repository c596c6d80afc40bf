import { everydayTools, idParams, nameOf } from "./catalogue.ts";
import { type Category, call, system, user } from "./draft.ts";
import { idOf, idsOf, pickState } from "./world.ts";

/** Different tools in one breath; which of them, the seed decides. */
export const parallelMixed: Category = {
  id: "parallel_mixed",
  title: "Several calls of different tools",
  draft({ world, random, index }) {
    const { agent, place, item } = world;
    const ids = idParams(world);
    const tools = everydayTools(world);
    const [a = "", b = "", c = "", d = "", e = ""] = idsOf(item, 5, random);
    const [agentId, placeId, noteText] = [idOf(agent, random), idOf(place, random), random.pick(world.notes)];
    const { state, says } = pickState(world, random);
    const parts = [
      { ask: `cancel ${a}`, made: call(nameOf(tools.cancel), { [ids.item]: a }) },
      { ask: `tell me how ${b} stands`, made: call(nameOf(tools.status), { [ids.item]: b }) },
      {
        ask: `give ${c} to ${agent.one} ${agentId}`,
        made: call(nameOf(tools.assign), { [ids.item]: c, [ids.agent]: agentId }),
      },
      {
        ask: `move ${d} to ${place.one} ${placeId}`,
        made: call(nameOf(tools.move), { [ids.item]: d, [ids.place]: placeId }),
      },
      { ask: `record that ${e} ${says}`, made: call(nameOf(tools.setStatus), { [ids.item]: e, status: state.value }) },
      { ask: `add the note "${noteText}" to ${b}`, made: call(nameOf(tools.note), { [ids.item]: b, text: noteText }) },
    ];
    const chosen = random.sample(parts, 2 + (index % 3));
    const ask = `Please do all of this: ${chosen.map((part) => part.ask).join("; ")}.`;
    const expected = {
      calls: chosen.map((part) => part.made),
      reason: `${chosen.length} independent wishes, one call each`,
    };
    return { messages: [system(world), user(ask)], tools: random.shuffle(Object.values(tools)), expected };
  },
};
