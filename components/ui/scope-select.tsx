import { Select } from "./input.tsx";

/** One select; it holds what the URL names even before its list has come, or when the list is too long to hold it. */
export function ScopeSelect({
  label,
  all,
  value,
  items,
  onChange,
}: {
  label: string;
  all: string;
  value: string;
  items: readonly { id: string; name: string }[];
  onChange: (id: string) => void;
}) {
  const isListed = value === "" || items.some(({ id }) => id === value);
  const options = items.map(({ id, name }) => ({ value: id, label: name }));
  return (
    <Select
      aria-label={label}
      value={value}
      placeholder={all}
      options={isListed ? options : [...options, { value, label: value }]}
      onChange={(event) => onChange(event.target.value)}
      className="min-w-28 max-sm:flex-1 sm:w-44"
    />
  );
}
