import type { FleetRequest, ReplyTo } from "./fake-fleet.ts";
import { FakeNode } from "./fake-node.ts";
import { answerMessages } from "./program.ts";

/** A process full of light nodes, told what to do by its parent. */
let nodes: FakeNode[] = [];

answerMessages(async (request: FleetRequest): Promise<ReplyTo<FleetRequest>> => {
  switch (request.kind) {
    case "start":
      nodes = request.loaded.map((_, index) => new FakeNode(index));
      return {
        ports: await Promise.all(nodes.map((node, index) => node.start(request.plan, request.loaded[index]))),
        startedAtMs: nodes.map((node) => node.startedAtMs),
      };
    case "counts":
      return { counts: nodes.map((node) => node.takeCounts()) };
    case "restart":
      return {
        answersAtMs: await Promise.all(
          request.downMs.map(async (ms, index) => {
            await nodes[index]?.stop();
            nodes[index]?.takeCounts();
            await new Promise((resolve) => setTimeout(resolve, ms));
            await nodes[index]?.start(request.plan);
            return Date.now();
          }),
        ),
      };
  }
});
