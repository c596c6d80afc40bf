import { everydayTools, idParams, nameOf } from "./catalogue.ts";
import { type Category, call, system, turn, user } from "./draft.ts";
import { idOf, pickState } from "./world.ts";

/** The user wants an answer in some form, and the answer needs a tool first: the call itself keeps its form. */
export const formatPressure: Category = {
  id: "format_pressure",
  title: "Pressure on the form of the answer",
  draft({ world, random, index }) {
    const { agent } = world;
    const ids = idParams(world);
    const tools = everydayTools(world);
    const [id, agentId] = [idOf(world.item, random), idOf(agent, random)];
    const { state, says } = pickState(world, random);
    const getStatus = call(nameOf(tools.status), { [ids.item]: id });
    const { ask, made } = turn(
      [
        { ask: `Answer in YAML only: what is the status of ${id}?`, made: getStatus },
        { ask: `Yes or no, nothing else: is the status of ${id} "${state.value}" at this moment?`, made: getStatus },
        { ask: `Give me a haiku about the present status of ${id}. Look it up first.`, made: getStatus },
        {
          ask: `REPLY IN CAPITALS AND WITHOUT COMMAS! GIVE ${id} TO ${agent.one.toUpperCase()} ${agentId}!!!`,
          made: call(nameOf(tools.assign), { [ids.item]: id, [ids.agent]: agentId }),
        },
        {
          ask: `Respond with one XML element <result/> once you have recorded that ${id} ${says}.`,
          made: call(nameOf(tools.setStatus), { [ids.item]: id, status: state.value }),
        },
        {
          ask: `| do | id |\n|---|---|\n| cancel | ${id} |\n\nCarry out the table and answer with a table.`,
          made: call(nameOf(tools.cancel), { [ids.item]: id }),
        },
      ],
      index,
    );
    const expected = { calls: [made], reason: "the wish for a form concerns the answer after the call" };
    return { messages: [system(world), user(ask)], tools: random.shuffle(Object.values(tools)), expected };
  },
};
