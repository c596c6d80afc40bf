import { Fragment, type ReactNode } from "react";

/**
 * Entries that have no name but their place: turns of a conversation, lines of a form that is being written. What is drawn for
 * one must keep no state of its own (fields are controlled), for when one is taken out the next moves into its place.
 */
export function ByPlace<Item>(props: { items: readonly Item[]; children: (item: Item, at: number) => ReactNode }) {
  return props.items.map((item, at) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: the place is the name, see above.
    <Fragment key={at}>{props.children(item, at)}</Fragment>
  ));
}
