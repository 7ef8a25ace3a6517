/** Step-up authentication: before keys, money and roles the service asks for a code of the second factor. */
type AskForCode = () => Promise<boolean>;

let askForCode: AskForCode | null = null;

/** Registers the dialog that asks for the code. @returns the function that removes it */
export function registerCodeDialog(ask: AskForCode): () => void {
  askForCode = ask;
  return () => {
    if (askForCode === ask) askForCode = null;
  };
}

/** @returns whether a code was entered and was right */
export function confirmWithCode(): Promise<boolean> {
  return askForCode === null ? Promise.resolve(false) : askForCode();
}
