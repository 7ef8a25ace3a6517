/** What was typed after the text that was saved. */
export function withoutSaved(text: string, saved: string): string {
  return text.startsWith(saved) ? text.slice(saved.length).trimStart() : text;
}
