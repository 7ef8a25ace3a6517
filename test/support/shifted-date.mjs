/** Loaded before a program: its wall clock is ahead by CLOCK_AHEAD_MS, and later by what its parent sends. */
const RealDate = Date;
let aheadMs = Number(process.env.CLOCK_AHEAD_MS);
const now = () => RealDate.now() + aheadMs;

globalThis.Date = new Proxy(RealDate, {
  apply: () => new RealDate(now()).toString(),
  construct: (target, given, created) => Reflect.construct(target, given.length === 0 ? [now()] : given, created),
  get: (target, name) => (name === 'now' ? now : Reflect.get(target, name)),
});
process.on('message', (message) => (aheadMs = message.aheadMs));
