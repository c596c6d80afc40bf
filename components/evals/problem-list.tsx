type Listed = { field: string; message: string; fix: string };

const SHOWN = 20;

/** Every broken rule with its place and its fix. */
export function ProblemList({ problems, placeOf }: { problems: readonly Listed[]; placeOf?: (at: number) => string }) {
  const more = problems.length - SHOWN;
  return (
    <div role="alert" className="rounded-card bg-bad-tint px-4 py-2.5 text-sm text-bad">
      <ul className="flex flex-col gap-1">
        {problems.slice(0, SHOWN).map(({ field, message, fix }, at) => (
          <li key={`${placeOf?.(at) ?? ""}${field}${message}`} className="break-words">
            <code className="font-mono text-xs">
              {placeOf ? `${placeOf(at)} ` : ""}
              {field}
            </code>{" "}
            {message} {fix}
          </li>
        ))}
      </ul>
      {more > 0 && <p className="mt-1">And {more} more.</p>}
    </div>
  );
}
