// A key that a function of the caller's knows.

/** What the function says. Calls that ask at the same time share one answer. */
export function ask(asker) {
  if (asker.answer === undefined) {
    const answer = new Promise((resolve) => resolve(asker.ask()));
    const done = () => {
      if (asker.answer === answer) asker.answer = undefined;
    };
    asker.answer = answer;
    answer.then((key) => {
      asker.known = key;
      done();
    }, done);
  }
  return asker.answer;
}
