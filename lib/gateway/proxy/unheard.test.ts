import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Unheard } from "./unheard.ts";

const request = (left: string[], name: string) => ({ seat: -1, onSilence: () => void left.push(name) });

describe("a node", () => {
  it("is silent when requests waited from one tick to the next and nobody heard a byte", () => {
    const unheard = new Unheard();
    const line = unheard.lineOf("node_1");
    unheard.tick();
    line.waiting.add(request([], "one"));
    unheard.tick();
    expect(unheard.isSilent("node_1")).toBe(false);
    unheard.tick();
    expect(unheard.isSilent("node_1")).toBe(true);
    line.heard += 1;
    unheard.tick();
    expect(unheard.isSilent("node_1")).toBe(false);
    expect(unheard.isSilent("node_2")).toBe(false);
  });

  it("is never silent while it says something each second, or while nobody waits, however long an answer takes", () => {
    const second = fc.record({ isHeard: fc.boolean(), isWaiting: fc.boolean() });
    fc.assert(
      fc.property(fc.array(second), (seconds) => {
        const unheard = new Unheard();
        const line = unheard.lineOf("node_1");
        const one = request([], "one");
        for (const { isHeard, isWaiting } of seconds) {
          if (isWaiting) line.waiting.add(one);
          else line.waiting.delete(one);
          if (isHeard) line.heard += 1;
          unheard.tick();
          if (isHeard || !isWaiting) expect(unheard.isSilent("node_1")).toBe(false);
        }
      }),
    );
  });

  it("that counts as down is left by whoever waits there after seconds of silence, by each once, and not sooner", () => {
    const unheard = new Unheard();
    const line = unheard.lineOf("node_1");
    const left: string[] = [];
    for (const name of ["one", "two"]) {
      const leaving = {
        seat: -1,
        onSilence: () => {
          left.push(name);
          line.waiting.delete(leaving);
        },
      };
      line.waiting.add(leaving);
    }
    unheard.tick();
    for (let silent = 1; silent < 3; silent += 1) {
      unheard.tick();
      unheard.letLeave("node_1");
    }
    expect(left).toEqual([]);
    unheard.tick();
    unheard.letLeave("node_1");
    unheard.letLeave("node_1");
    expect(left).toEqual(["one", "two"]);
  });

  it("is forgotten with the catalog's, but not while somebody waits there", () => {
    const unheard = new Unheard();
    const line = unheard.lineOf("node_1");
    const one = request([], "one");
    line.waiting.add(one);
    unheard.keepOnly(new Map());
    expect(unheard.lineOf("node_1")).toBe(line);
    line.waiting.delete(one);
    unheard.keepOnly(new Map());
    expect(unheard.lineOf("node_1")).not.toBe(line);
  });
});
