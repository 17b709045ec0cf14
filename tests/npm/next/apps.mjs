// The apps of the Next.js tests: what their pages do with the client.

/** A server whose jobs are done at the third look, whose search changes with each read, and which tells what it was asked. */
export const PAGES = {
  "app/layout.js":
    'export default function Layout({ children }) { return <html lang="en"><body>{children}</body></html>; }\n',
  "client.js": `
import { OpenProspect } from "openprospect";
export const connect = (options) => new OpenProspect({ apiKey: "lnc_test_next", baseUrl: process.env.ADDRESS, backoff: { baseMs: 60, maxMs: 60 }, ...options });
export const shown = (value) => <pre>{"shown:" + JSON.stringify(value)}</pre>;
`,
  // Made by the build.
  "app/wait-static/page.js": `
import { connect, shown } from "../../client.js";
export default async function Page() { return shown(await connect().orders.wait("static", { pollMs: 20, deadlineMs: 5000 })); }
`,
  "app/edit-static/page.js": `
import { connect, shown } from "../../client.js";
export default async function Page() { return shown(await connect().prospectSearches.edit("static", ({ version }) => ({ name: "from " + version }))); }
`,
  // Made on demand.
  "app/wait/[id]/page.js": `
import { connect, shown } from "../../../client.js";
export default async function Page({ params }) { return shown(await connect().orders.wait((await params).id, { pollMs: 20, deadlineMs: 5000 })); }
`,
  "app/edit/[id]/page.js": `
import { connect, shown } from "../../../client.js";
export default async function Page({ params }) { return shown(await connect().prospectSearches.edit((await params).id, ({ version }) => ({ name: "from " + version }))); }
`,
  "app/wait-route/[id]/route.js": `
import { connect } from "../../../client.js";
export const GET = async (_, { params }) => Response.json(await connect().orders.wait((await params).id, { pollMs: 20, deadlineMs: 5000 }));
`,
  // A wrapper by which the page becomes one that is made on demand, which Next.js says with an error.
  "app/dynamic/page.js": `
import { connect, shown } from "../../client.js";
const fetchFresh = (url, init) => fetch(url, { ...init, cache: "no-store" });
export default async function Page() { return shown(await connect({ fetch: fetchFresh }).auth.validate()); }
`,
  "app/redirect/page.js": `
import { redirect } from "next/navigation";
import { connect, shown } from "../../client.js";
const orLogin = async (url, init) => {
  const response = await fetch(url, init);
  return response.status === 401 ? redirect("/dynamic") : response;
};
export const dynamic = "force-dynamic";
export default async function Page() { return shown(await connect({ fetch: orLogin }).get("/api/v1/refused")); }
`,
};

/** With cacheComponents, which forbids to read the clock or chance before a page waits for something. */
export const COMPONENTS = {
  "next.config.mjs": "export default { cacheComponents: true };\n",
  "app/layout.js": PAGES["app/layout.js"],
  "client.js": PAGES["client.js"],
  "app/page.js": `
import { Suspense } from "react";
import { connect, shown } from "../client.js";
async function Key() { return shown(await connect().auth.validate()); }
export default function Page() { return <Suspense fallback="…"><Key /></Suspense>; }
`,
  "app/wait/page.js": `
import { Suspense } from "react";
import { connect, shown } from "../../client.js";
async function Job() { return shown(await connect().orders.wait("component", { pollMs: 20, deadlineMs: 5000 })); }
export default function Page() { return <Suspense fallback="…"><Job /></Suspense>; }
`,
  "app/keyed/page.js": `
import { Suspense } from "react";
import { connect, shown } from "../../client.js";
async function Key() { return shown(await connect({ apiKey: async () => "lnc_test_next" }).auth.validate()); }
export default function Page() { return <Suspense fallback="…"><Key /></Suspense>; }
`,
  "app/cached/page.js": `
import { connect, shown } from "../../client.js";
async function valid() {
  "use cache";
  return (await connect().auth.validate()).valid;
}
export default async function Page() { return shown({ valid: await valid() }); }
`,
};
