import type { Random } from "../../random.ts";
import { everydayTools, idParams, nameOf } from "./catalogue.ts";
import { type Category, call, system, text, tool, turn, user } from "./draft.ts";
import { capitalised, idOf, idsOf, type World } from "./world.ts";

/** About 8,000 characters, some 2,500 tokens: far from the tools, and still inside a context of 8,192 with them. */
const fillerLength = 8_000;

/** A day's log with one fact hidden in it. */
function logWith(fact: string, world: World, random: Random): string {
  const lines: string[] = [];
  let length = 0;
  while (length < fillerLength) {
    const at = `${String(8 + (lines.length % 10)).padStart(2, "0")}:${random.int(10, 59)}`;
    const line = `${at} ${random.pick(world.people)} (${random.pick(world.cities)}) checked ${idOf(world.item, random)}: ${random.pick(world.notes)}. Nothing to do.`;
    lines.push(line);
    length += line.length + 1;
  }
  lines.splice(random.int(Math.floor(lines.length / 4), Math.floor((3 * lines.length) / 4)), 0, fact);
  return lines.join("\n");
}

/** The tools come first, the question last, and the fact that it needs lies somewhere between. */
export const longContext: Category = {
  id: "long_context",
  title: "A fact in a long text",
  draft({ world, random, index }) {
    const { item, place, agent } = world;
    const ids = idParams(world);
    const [id = "", other = ""] = idsOf(item, 2, random);
    const { move, assign, status } = everydayTools(world);
    const release = tool(`release_${item.one}`, `Release one ${item.one} with its code.`, {
      [ids.item]: text(`Id of the ${item.one}`),
      code: text("Release code"),
    });
    const code = `${random.pick(["KILO", "LIMA", "ROMEO", "TANGO"])}${random.int(100, 999)}`;
    const [placeId, agentId] = [idOf(place, random), idOf(agent, random)];
    const { fact, ask, made } = turn(
      [
        {
          fact: `12:07 The release code of ${id} was agreed: ${code}.`,
          ask: `Release ${id} with the code from the log.`,
          made: call(nameOf(release), { [ids.item]: id, code }),
        },
        {
          fact: `12:07 ${id} turned out to belong to ${place.one} ${placeId}.`,
          ask: `Move ${id} to the ${place.one} that the log names.`,
          made: call(nameOf(move), { [ids.item]: id, [ids.place]: placeId }),
        },
        {
          fact: `12:07 ${capitalised(agent.one)} ${agentId} offered to take ${id} and ${other}.`,
          ask: `Give ${other} to whoever offered to take it in the log.`,
          made: call(nameOf(assign), { [ids.item]: other, [ids.agent]: agentId }),
        },
      ],
      index,
    );
    const content = `Today's log:\n${logWith(fact, world, random)}\n\n${ask}`;
    const expected = { calls: [made], reason: `needs one line of the log: "${fact}"` };
    return {
      messages: [system(world), user(content)],
      tools: random.shuffle([release, move, assign, status]),
      expected,
    };
  },
};
