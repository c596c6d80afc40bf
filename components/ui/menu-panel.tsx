"use client";

import Check from "lucide-react/icons/check";
import Link from "next/link";
import { DropdownMenu } from "radix-ui";
import type { ReactElement } from "react";
import { cn } from "./cn.ts";
import type { MenuItem } from "./menu.tsx";

const ROW =
  "flex min-h-8 cursor-default select-none items-center gap-2 rounded-control px-2 py-1 text-sm outline-none data-highlighted:bg-off-tint pointer-coarse:min-h-10 [&_svg]:size-4 [&_svg]:shrink-0 [&_svg]:text-fg-3";

const keyOf = (item: MenuItem, index: number): string =>
  item.kind === "separator" ? `separator-${index}` : `${item.kind}-${item.label}`;

function ActionRow({ item }: { item: Extract<MenuItem, { kind: "action" }> }) {
  const isBlocked = Boolean(item.disabledReason);
  return (
    <DropdownMenu.Item
      aria-disabled={isBlocked || undefined}
      onSelect={(event) => (isBlocked ? event.preventDefault() : item.onSelect())}
      className={cn(ROW, item.tone === "danger" && !isBlocked && "text-bad [&_svg]:text-bad", isBlocked && "text-fg-3")}
    >
      {item.icon}
      <span className="min-w-0 grow">
        <span className="block truncate" title={item.label}>
          {item.label}
        </span>
        {item.disabledReason && <span className="block text-xs text-fg-3">{item.disabledReason}</span>}
      </span>
      {item.shortcut && <kbd className="ms-4 font-mono text-xs text-fg-3">{item.shortcut}</kbd>}
    </DropdownMenu.Item>
  );
}

function ChoiceRows({ item }: { item: Extract<MenuItem, { kind: "choice" }> }) {
  return (
    <DropdownMenu.Group>
      <DropdownMenu.Label className="px-2 pt-1.5 pb-0.5 text-xs text-fg-3">{item.label}</DropdownMenu.Label>
      <DropdownMenu.RadioGroup value={item.value} onValueChange={item.onChange}>
        {item.options.map((option) => (
          <DropdownMenu.RadioItem
            key={option.value}
            value={option.value}
            onSelect={(event) => event.preventDefault()}
            className={ROW}
          >
            <span className="flex size-4 items-center justify-center">
              <DropdownMenu.ItemIndicator>
                <Check aria-hidden="true" />
              </DropdownMenu.ItemIndicator>
            </span>
            {option.label}
          </DropdownMenu.RadioItem>
        ))}
      </DropdownMenu.RadioGroup>
    </DropdownMenu.Group>
  );
}

function Row({ item }: { item: MenuItem }) {
  switch (item.kind) {
    case "action":
      return <ActionRow item={item} />;
    case "link":
      return (
        <DropdownMenu.Item asChild className={ROW}>
          <Link href={item.href}>
            {item.icon}
            {item.label}
          </Link>
        </DropdownMenu.Item>
      );
    case "choice":
      return <ChoiceRows item={item} />;
    case "heading":
      return (
        <DropdownMenu.Label className="px-2 py-1.5 text-sm font-medium">
          <span className="block truncate">{item.label}</span>
          {item.detail && <span className="block truncate text-xs font-normal text-fg-3">{item.detail}</span>}
        </DropdownMenu.Label>
      );
    case "separator":
      return <DropdownMenu.Separator className="-mx-1 my-1 h-px bg-line" />;
  }
}

/** The heavy half of `Menu`: opens as it mounts, because a click brought it here. */
export default function MenuPanel({
  label,
  trigger,
  items,
  align = "end",
}: {
  label: string;
  trigger: ReactElement;
  items: readonly MenuItem[];
  align?: "start" | "end";
}) {
  return (
    <DropdownMenu.Root defaultOpen modal={false}>
      <DropdownMenu.Trigger asChild>{trigger}</DropdownMenu.Trigger>
      <DropdownMenu.Portal>
        <DropdownMenu.Content
          aria-label={label}
          align={align}
          sideOffset={6}
          collisionPadding={8}
          loop
          className="z-50 max-h-[var(--radix-dropdown-menu-content-available-height)] min-w-48 max-w-80 animate-fade overflow-auto rounded-card border bg-raised p-1 text-fg shadow-float focus:outline-none"
        >
          {items.map((item, index) => (
            <Row key={keyOf(item, index)} item={item} />
          ))}
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  );
}
