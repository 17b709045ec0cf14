// An edge runtime in a process of its own, which trusts what its environment says: `node host.mjs KIND FOLDER ADDRESS`.

import { startEdge } from "../runtimes/edge.mjs";
import { startWorkerd, WRANGLER } from "../runtimes/workerd.mjs";

const [, , kind, folder, address] = process.argv;
const KINDS = {
  async edge() {
    const { asked } = await startEdge(folder, ["edge-light", "worker", "browser"]);
    const { status, text } = await asked(`?address=${encodeURIComponent(address)}`);
    if (status !== 200) throw new Error(text);
  },
  async workerd() {
    const { asked, dispose } = await startWorkerd(folder, WRANGLER, { ADDRESS: address });
    await asked("/").finally(dispose);
  },
};
await KINDS[kind]();
process.exit();
