// Text of others that VS Code shows as it is.

/**
 * Returns a text without what VS Code makes of text in a status item or a notification: links
 * from `[text](command:…)`, icons from `$(name)`; and without what cannot be seen.
 */
export function asText(text: string): string {
  return text
    .replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, "\ufffd")
    .replaceAll("](", "] (")
    .replaceAll("$(", "$ (");
}
