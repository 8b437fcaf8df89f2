type Pressed = Pick<KeyboardEvent, 'key' | 'code' | 'ctrlKey' | 'metaKey' | 'shiftKey' | 'altKey'>;

/**
 * The digit that a key alone means: the one that it writes, else the one that is printed on it in the row above the letters; `null`: none.
 *
 * A French keyboard writes `&` to `à` there, and digits with Shift only. With Shift nothing but what is written counts, and of the keypad
 * nothing else ever: without its lock it moves.
 */
export function digitOf({ key, code, ctrlKey, metaKey, shiftKey, altKey }: Pressed): number | null {
  if (ctrlKey || metaKey || altKey) return null;
  if (/^\d$/.test(key)) return Number(key);
  const printed = shiftKey ? null : /^Digit(\d)$/.exec(code);
  return printed === null ? null : Number(printed[1]);
}
