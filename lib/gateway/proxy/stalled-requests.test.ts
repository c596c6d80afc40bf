import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { StalledRequests } from "./stalled-requests.ts";

const request = (left: string[], name: string) => ({ seat: -1, onSilence: () => void left.push(name) });

describe("a node", () => {
  it("is silent when requests waited from one tick to the next and nobody heard a byte", () => {
    const stalledRequests = new StalledRequests();
    const line = stalledRequests.queueOf("node_1");
    stalledRequests.tick();
    line.waiting.add(request([], "one"));
    stalledRequests.tick();
    expect(stalledRequests.isSilent("node_1")).toBe(false);
    stalledRequests.tick();
    expect(stalledRequests.isSilent("node_1")).toBe(true);
    line.heard += 1;
    stalledRequests.tick();
    expect(stalledRequests.isSilent("node_1")).toBe(false);
    expect(stalledRequests.isSilent("node_2")).toBe(false);
  });

  it("is never silent while it says something each second, or while nobody waits, however long an answer takes", () => {
    const second = fc.record({ isHeard: fc.boolean(), isWaiting: fc.boolean() });
    fc.assert(
      fc.property(fc.array(second), (seconds) => {
        const stalledRequests = new StalledRequests();
        const line = stalledRequests.queueOf("node_1");
        const one = request([], "one");
        for (const { isHeard, isWaiting } of seconds) {
          if (isWaiting) line.waiting.add(one);
          else line.waiting.delete(one);
          if (isHeard) line.heard += 1;
          stalledRequests.tick();
          if (isHeard || !isWaiting) expect(stalledRequests.isSilent("node_1")).toBe(false);
        }
      }),
    );
  });

  it("that counts as down is left by whoever waits there after seconds of silence, by each once, and not sooner", () => {
    const stalledRequests = new StalledRequests();
    const line = stalledRequests.queueOf("node_1");
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
    stalledRequests.tick();
    for (let silent = 1; silent < 3; silent += 1) {
      stalledRequests.tick();
      stalledRequests.letLeave("node_1");
    }
    expect(left).toEqual([]);
    stalledRequests.tick();
    stalledRequests.letLeave("node_1");
    stalledRequests.letLeave("node_1");
    expect(left).toEqual(["one", "two"]);
  });

  it("is forgotten with the catalog's, but not while somebody waits there", () => {
    const stalledRequests = new StalledRequests();
    const line = stalledRequests.queueOf("node_1");
    const one = request([], "one");
    line.waiting.add(one);
    stalledRequests.keepOnly(new Map());
    expect(stalledRequests.queueOf("node_1")).toBe(line);
    line.waiting.delete(one);
    stalledRequests.keepOnly(new Map());
    expect(stalledRequests.queueOf("node_1")).not.toBe(line);
  });
});
