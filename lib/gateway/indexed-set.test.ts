import fc from "fast-check";
import { expect, it } from "vitest";
import { IndexedSet } from "./indexed-set.ts";

it("has whom a set would have, whoever comes and goes in whatever order", () => {
  const moves = fc.array(fc.record({ who: fc.nat(7), comes: fc.boolean() }), { maxLength: 60 });
  fc.assert(
    fc.property(moves, (steps) => {
      const people = Array.from({ length: 8 }, () => ({ seat: -1 }));
      const members = new IndexedSet<{ seat: number }>();
      const set = new Set<object>();
      for (const { who, comes } of steps) {
        const person = people[who];
        if (person === undefined) continue;
        for (const one of [members, set]) comes ? one.add(person) : one.delete(person);
        expect([members.size, new Set(members.list())]).toEqual([set.size, set]);
      }
    }),
  );
});

it("may be changed while its list is gone through", () => {
  const [one, two, three] = [{ seat: -1 }, { seat: -1 }, { seat: -1 }];
  const members = new IndexedSet<{ seat: number }>();
  for (const member of [one, two, three]) members.add(member);
  for (const member of members.list()) members.delete(member);
  expect([members.size, one.seat, two.seat, three.seat]).toEqual([0, -1, -1, -1]);
});
