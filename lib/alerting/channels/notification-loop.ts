import type { Deps } from "#lib/identity/ctx.ts";
import { requireTerm } from "#lib/platform/lease.ts";
import { runLeasedLoop } from "#lib/platform/leased-loop.ts";
import type { Turn } from "#lib/platform/loop.ts";
import { platformScope } from "#lib/platform/scope.ts";
import { type Attempt, type DueNotification, dueNotifications, saveAttempt } from "./notification-store.ts";
import { nextTry } from "./retry-delay.ts";
import { type Delivery, sendMessage } from "./send-message.ts";

export const NOTIFICATION_LOOP = "notifications";
const INTERVAL_MS = 5_000;
const LEASE_MS = 30_000;
/** Messages that one channel gets in a turn, and how long it may take over them: all wait for the slowest. */
const PER_CHANNEL = 50;
const TURN_MS = 10_000;

/** Sends what is queued, until `signal` aborts. */
export function runNotificationLoop(deps: Deps, signal: AbortSignal): Promise<void> {
  return runLeasedLoop(deps, signal, {
    name: NOTIFICATION_LOOP,
    intervalMs: INTERVAL_MS,
    leaseMs: LEASE_MS,
    wakesOn: ["Notification"],
    tick: (turn) => sendDue(deps, turn),
  });
}

/** Channels side by side, so that a slow one holds up only itself; the messages of one in their order. */
export async function sendDue(deps: Deps, turn: Turn): Promise<void> {
  const due = await deps.db.read(platformScope, (tx) => dueNotifications(tx, deps.clock.now(), PER_CHANNEL));
  const byChannel = new Map<string, DueNotification[]>();
  for (const one of due) byChannel.set(one.channelId, [...(byChannel.get(one.channelId) ?? []), one]);
  await Promise.all([...byChannel.values()].map((messages) => sendInOrder(deps, turn, messages)));
}

/** A worker that dies after a message was taken leaves it queued: its successor sends it again under the same id. */
async function sendInOrder(deps: Deps, { signal, term }: Turn, messages: readonly DueNotification[]): Promise<void> {
  const until = deps.clock.now().getTime() + TURN_MS;
  for (const message of messages) {
    if (signal.aborted || deps.clock.now().getTime() > until) return;
    const result = await sendMessage(deps, message.channel, message);
    const attempt = outcomeOf(message, result, deps.clock.now());
    await deps.db.write(platformScope, async (tx) => {
      await requireTerm(tx, { name: NOTIFICATION_LOOP, term });
      await saveAttempt(tx, message.id, attempt);
    });
    // a receiver that takes nothing now is left alone with the rest
    if (!result.isTaken) return;
  }
}

function outcomeOf(message: DueNotification, { isTaken, problem }: Delivery, now: Date): Attempt {
  const attempts = message.attempts + 1;
  // why an earlier attempt failed is no matter any more
  if (isTaken) return { attempts, sentAt: now, lastError: problem };
  const at = nextTry({ createdAt: message.createdAt, attempts }, now);
  return at === null
    ? { attempts, lastError: problem, gaveUpAt: now }
    : { attempts, lastError: problem, nextTryAt: at };
}
