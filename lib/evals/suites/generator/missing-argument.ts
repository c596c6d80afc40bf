import { everydayTools } from "./catalogue.ts";
import { type Category, system, turn, user } from "./draft.ts";
import { idOf, pickState, withArticle } from "./world.ts";

/** A required value is not in the conversation: the right move is to ask. */
export const missingArgument: Category = {
  id: "missing_argument",
  title: "A required argument is missing",
  draft({ world, random, index }) {
    const { item, agent, place } = world;
    const id = idOf(item, random);
    const person = random.pick(world.people);
    const { says } = pickState(world, random);
    const { ask, missing } = turn(
      [
        { ask: `Hello, this is ${person}. Please cancel my ${item.one}.`, missing: `the ${item.one}'s id` },
        { ask: `Assign ${withArticle(agent.one)} to ${id} for me.`, missing: `which ${agent.one}` },
        { ask: `${id} has to go to another ${place.one}. Can you move it?`, missing: `which ${place.one}` },
        { ask: `Please add a note to ${id}.`, missing: "the text of the note" },
        {
          ask: `${person} here: one of my ${item.many} ${says}. Put that into the system.`,
          missing: `the ${item.one}'s id`,
        },
        { ask: `Set a new status for ${id}, please.`, missing: "the new status" },
      ],
      index,
    );
    const expected = { calls: [], reason: `${missing} is missing: ask, do not guess` };
    return {
      messages: [system(world), user(ask)],
      tools: random.shuffle(Object.values(everydayTools(world))),
      expected,
    };
  },
};
