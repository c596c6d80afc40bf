import fc from "fast-check";
import { expect, it } from "vitest";
import { createPromptQueue } from "./prompt-queue.ts";

type Key = { prompt: number; adapter: string };
const names = { adapterOf: ({ adapter }: Key) => adapter, promptOf: ({ prompt }: Key) => prompt };
const key = (adapter: string, prompt: number): Key => ({ adapter, prompt });

it("asks in order what it knows nothing of, and of what it knows the longest first", () => {
  const keys = [1, 2, 3, 1, 2, 3].map((prompt) => key("a", prompt));
  const queue = createPromptQueue(keys, names);
  expect([queue.next(), queue.next(), queue.next()]).toEqual(keys.slice(0, 3));
  queue.learn(key("a", 1), 100);
  queue.learn(key("a", 3), 900);
  expect([queue.next()?.prompt, queue.next()?.prompt, queue.next()?.prompt]).toEqual([2, 3, 1]);
  expect([queue.adapter(), queue.next()]).toEqual([null, null]);
});

it("asks everything once, each planned stretch of one adapter to its end before the next", () => {
  const keyOf = fc.record({ adapter: fc.constantFrom("a", "b", "c"), prompt: fc.integer({ min: 1, max: 9 }) });
  fc.assert(
    fc.property(fc.array(keyOf), fc.array(fc.integer({ min: 1, max: 5_000 })), (keys, latencies) => {
      const queue = createPromptQueue(keys, names);
      const asked: Key[] = [];
      for (let next = queue.next(); next !== null; next = queue.next()) {
        asked.push(next);
        const latency = latencies[asked.length];
        if (latency !== undefined) queue.learn(next, latency);
      }
      expect(asked.map(names.adapterOf)).toEqual(keys.map(names.adapterOf));
      expect(new Set(asked)).toEqual(new Set(keys));
    }),
  );
});
