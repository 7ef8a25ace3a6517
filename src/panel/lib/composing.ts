/** `keyCode` of a key that an input method (Chinese, Japanese, Korean, dead keys) takes; Safari sends it with the last Enter. */
const INPUT_METHOD_KEY_CODE = 229;

/** Whether an input method composes text with this key: it is none of ours then. */
export function isComposing(event: KeyboardEvent): boolean {
  return event.isComposing || event.keyCode === INPUT_METHOD_KEY_CODE;
}
