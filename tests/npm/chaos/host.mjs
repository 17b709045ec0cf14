// An edge runtime in a separate process, which trusts the authority of NODE_EXTRA_CA_CERTS:
// `node host.mjs KIND FOLDER ADDRESS`.

import { startEdge } from "../runtimes/edge.mjs";
import { startWorkerd, WRANGLER } from "../runtimes/workerd.mjs";

const [, , kind, folder, address] = process.argv;
const KINDS = {
  async edge() {
    const { request } = await startEdge(folder, ["edge-light", "worker", "browser"]);
    const { status, text } = await request(`?address=${encodeURIComponent(address)}`);
    if (status !== 200) throw new Error(text);
  },
  async workerd() {
    const { request, dispose } = await startWorkerd(folder, WRANGLER, { ADDRESS: address });
    await request("/").finally(dispose);
  },
};
await KINDS[kind]();
process.exit();
