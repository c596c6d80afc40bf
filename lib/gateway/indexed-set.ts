/** Where a member sits in its set; -1 = nowhere. Only the set writes it. */
export type Indexed = { seat: number };

/**
 * Who is here at this moment, where thousands come and go a second; each may be in one set at a time. A `Set` would read
 * better, but V8 links a table that a set has outgrown to the next one. Once one of them lies in the old generation, all that
 * follow are moved there too, with every request that lay in them, until a full collection: that was a sixth of what a
 * request costs.
 */
export class IndexedSet<Member extends Indexed> {
  readonly #members: Member[] = [];

  get size(): number {
    return this.#members.length;
  }

  /** Who is here already stays. */
  add(member: Member): void {
    if (this.#members[member.seat] === member) return;
    member.seat = this.#members.push(member) - 1;
  }

  /** Who is not here may leave as well. */
  delete(member: Member): void {
    const { seat } = member;
    if (this.#members[seat] !== member) return;
    member.seat = -1;
    const last = this.#members.pop();
    if (last === undefined || last === member) return;
    this.#members[seat] = last;
    last.seat = seat;
  }

  /** In no order. Whoever comes or goes meanwhile changes nothing in it. */
  list(): readonly Member[] {
    return [...this.#members];
  }
}
