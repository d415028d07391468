// Settings with dotted names as one object.

/** The value of a severity that the user has not chosen; precompass.toml or the rule decides. */
const UNSET = "default";

/**
 * Returns settings as the server reads them: "severity.toml-syntax" is "toml-syntax" in "severity".
 *
 * A severity of "default" is left out.
 */
export function nested(settings: readonly (readonly [string, unknown])[]): Record<string, unknown> {
  const result: Record<string, unknown> = {};
  for (const [name, value] of settings) {
    const dot = name.indexOf(".");
    if (dot < 0) {
      result[name] = value;
    } else if (value !== UNSET) {
      const outer = name.slice(0, dot);
      const group = (result[outer] ?? {}) as Record<string, unknown>;
      result[outer] = { ...group, [name.slice(dot + 1)]: value };
    }
  }
  return result;
}
