import type { Place } from "../admission/ask.ts";
import type { LiveCounts } from "../live-counts.ts";
import type { Option } from "../routing/plan-route.ts";
import type { Running } from "../upstream/upstream.ts";
import type { ReplyPipe } from "./reply-pipe.ts";

/** One sending of a request to one node or endpoint. */
export class Attempt {
  readonly option: Option;
  /** Of the node or the endpoint. */
  readonly placeId: string;
  readonly name: string;
  /** null = an endpoint, which has no places of ours. */
  readonly #place: Place | null;
  readonly #live: LiveCounts;
  running: Running | null = null;
  /** null until the head of a reply is passed on. */
  pipe: ReplyPipe | null = null;
  #isOver = false;

  constructor(option: Option, to: { id: string; name: string }, place: Place | null, live: LiveCounts) {
    this.option = option;
    this.placeId = to.id;
    this.name = to.name;
    this.#place = place;
    this.#live = live;
    if (option.on === "node") live.onNode(to.id, option.model, 1);
  }

  /** Gives its place back; only the first call counts. @param tokens what it took; null = unknown */
  end(tokens: number | null): void {
    if (this.#isOver) return;
    this.#isOver = true;
    if (this.option.on === "node") this.#live.onNode(this.placeId, this.option.model, -1);
    this.#place?.release(tokens ?? undefined);
  }

  /** Breaks it off: nobody hears of it any more. */
  abort(): void {
    this.running?.abort();
    this.end(null);
  }
}
