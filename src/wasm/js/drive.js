// The loop around a call. Each call has its own: a queue for all of them would let one go on in the midst of another's request,
// which runtimes that keep requests apart do not allow.

/** A call goes on, and waits for this; it has this number now. */
class Wait {
  constructor(promise, call) {
    this.promise = promise;
    this.call = call;
  }
}

export function createWait(promise, call) {
  return new Wait(promise, call);
}

/**
 * Hands what a call waited for to `land`, with the call's number and whether it was rejected, as long as the call waits again:
 * what `land` gives in the end is the call's, be it a value or a rejected promise.
 */
export function driven(promise, land, call) {
  const onward = (next) => (next instanceof Wait ? driven(next.promise, land, next.call) : next);
  return promise.then((came) => onward(land(call, came, false)), (reason) => onward(land(call, reason, true)));
}
