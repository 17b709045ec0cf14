import { isOpenProspectError } from "./errors.js";
import { answer, pause } from "./wait.js";

/** What `apply` gives, once no `ConflictError` comes from it. `Client` says how long to wait between two rounds. */
export async function untilNoConflict(Client, refresh, apply, most, signal) {
  for (let round = 1; ; round += 1) {
    const state = await answer(refresh, signal);
    try {
      return await answer(() => apply(state), signal);
    } catch (error) {
      if (round >= most || !isOpenProspectError(error, "conflict")) throw error;
    }
    await pause(Client.conflictWait(round, Math.random()), signal);
  }
}
