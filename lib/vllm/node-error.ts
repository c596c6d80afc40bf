import { AppError } from "#lib/platform/errors.ts";

/** Why a node gave no usable answer. */
export const NODE_FAULTS = ["unreachable", "timeout", "unauthorized", "not_vllm", "refused"] as const;
export type NodeFault = (typeof NODE_FAULTS)[number];

/** A read or a request that failed. `status` is 0 when there was no reply. */
export class NodeError extends AppError {
  readonly fault: NodeFault;
  readonly status: number;

  constructor(fault: NodeFault, status: number, message: string, options: { fix?: string; cause?: unknown } = {}) {
    super("node_unreachable", message, { reason: `node_${fault}`, ...options });
    this.name = "NodeError";
    this.fault = fault;
    this.status = status;
  }
}
