/**
 * Runs a call once for each input at a time: the same input again, while the first is under way, gets the first one's promise.
 * A double click or a second Enter therefore submits once.
 */
export function singleFlight<Input, Output>(call: (input: Input) => Promise<Output>): typeof call {
  const flying = new Map<string, Promise<Output>>();
  return (input) => {
    const key = JSON.stringify(input);
    const first = flying.get(key);
    if (first) return first;
    const flight = call(input).finally(() => flying.delete(key));
    flying.set(key, flight);
    return flight;
  };
}
