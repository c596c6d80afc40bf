import type { FleetReply, FleetRequest } from "./fake-fleet.ts";
import { FakeNode } from "./fake-node.ts";

/** A process full of simulated nodes, told what to do by its parent. */
let nodes: FakeNode[] = [];

function nodeAt(index: number): FakeNode {
  const node = nodes[index];
  if (!node) throw new Error(`there is no node ${index}`);
  return node;
}

async function carryOut(request: FleetRequest): Promise<FleetReply> {
  switch (request.kind) {
    case "start": {
      nodes = request.loaded.map((_, index) => new FakeNode(index, request.plan));
      const ports = await Promise.all(nodes.map((node, index) => node.start(request.loaded[index])));
      return { kind: "started", ports, startedAtMs: nodes.map((node) => node.startedAtMs) };
    }
    case "counts":
      return {
        kind: "counts",
        counts: (request.index === undefined ? nodes : [nodeAt(request.index)]).map((node) => node.takeCounts()),
      };
    case "restart": {
      const node = nodeAt(request.index);
      await node.stop();
      node.takeCounts();
      await new Promise((resolve) => setTimeout(resolve, request.downMs));
      await node.start([], request.plan);
      return { kind: "restarted", answersAtMs: Date.now() };
    }
  }
}

process.on("message", ({ id, request }: { id: number; request: FleetRequest }) => {
  carryOut(request).then(
    (reply) => process.send?.({ id, reply }),
    (error) => process.send?.({ id, error: String(error) }),
  );
});
process.once("disconnect", () => process.exit(0));
