import type { Random } from "../../random.ts";
import { type Domain, domains, type Noun, type State } from "./domains.ts";

/** The tenant's little world: one trade, one company, and the names that occur in its prompts. */
/** How this tenant names what its tools do; descriptions stay plain. */
export type Verbs = { read: string; write: string; cancel: string; assign: string; move: string };

export type World = Omit<Domain, "companies"> & {
  company: string;
  verbs: Verbs;
  people: readonly string[];
  cities: readonly string[];
};

export function createWorld(random: Random): World {
  const { companies, ...domain } = random.pick(domains);
  return {
    ...domain,
    company: random.pick(companies),
    verbs: {
      read: random.pick(["get", "fetch", "look_up", "query"]),
      write: random.pick(["set", "record", "write"]),
      cancel: random.pick(["cancel", "void", "revoke"]),
      assign: random.pick(["assign", "dispatch", "allocate"]),
      move: random.pick(["move", "relocate", "shift"]),
    },
    people: random.shuffle(people),
    cities: random.shuffle(cities),
  };
}

/** `SHP-4821`: four digits without a leading zero, so that no one reads it as a number with another spelling. */
export function idOf(noun: Noun, random: Random): string {
  return `${noun.prefix}-${random.int(1000, 9999)}`;
}

/** "a driver", "an adjuster". */
export function withArticle(word: string): string {
  return `${/^[aeiou]/.test(word) ? "an" : "a"} ${word}`;
}

/** For the first word of a sentence. */
export function capitalised(word: string): string {
  return word.slice(0, 1).toUpperCase() + word.slice(1);
}

/** Different ids. */
export function idsOf(noun: Noun, count: number, random: Random): string[] {
  const ids = new Set<string>();
  while (ids.size < count) ids.add(idOf(noun, random));
  return [...ids];
}

/** A state and a way to speak of it that does not use its name. */
export function pickState(world: World, random: Random): { state: State; says: string } {
  const state = random.pick(world.states);
  return { state, says: random.pick(state.says) };
}

const people = [
  "Amara Okafor",
  "Bjorn Lindqvist",
  "Carmen Delgado",
  "Dmitri Volkov",
  "Elena Rossi",
  "Farid Haddad",
  "Grace Mensah",
  "Hiroshi Tanaka",
  "Ingrid Solheim",
  "Jonas Weber",
  "Kavya Nair",
  "Liam Murphy",
  "Mina Park",
  "Noor Rahman",
  "Oscar Silva",
  "Priya Sharma",
  "Quentin Moreau",
  "Rosa Jimenez",
  "Samuel Adeyemi",
  "Tereza Novak",
];

const cities = [
  "Aarhus",
  "Bilbao",
  "Cork",
  "Dresden",
  "Eindhoven",
  "Florence",
  "Ghent",
  "Helsinki",
  "Izmir",
  "Jena",
  "Kaunas",
  "Leeds",
  "Malmo",
  "Nantes",
  "Oulu",
  "Porto",
];
