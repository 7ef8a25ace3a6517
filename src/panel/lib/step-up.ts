/** Asks for a code and says whether one was given; the frame of the panel puts its dialog here. */
type Ask = () => Promise<boolean>;

let ask: Ask | null = null;

/** For the dialog in the panel's frame: it asks from now on, until what is returned is called. */
export function answerWith(dialog: Ask): () => void {
  ask = dialog;
  return () => {
    if (ask === dialog) ask = null;
  };
}

/** Asks for a code of the person's app. @returns whether it was given and was right */
export function askForCode(): Promise<boolean> {
  return ask === null ? Promise.resolve(false) : ask();
}
