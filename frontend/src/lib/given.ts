type Given<T> = { [K in keyof T]?: Exclude<T[K], undefined> };

/** The same object without its undefined members, for optional parameters. */
export function given<T extends object>(value: T): Given<T> {
  const out: Given<T> = { ...value };
  for (const [name, member] of Object.entries(value)) {
    if (member === undefined) Reflect.deleteProperty(out, name);
  }
  return out;
}
