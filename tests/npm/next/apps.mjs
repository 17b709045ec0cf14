// The apps of the Next.js tests: the use of the client in their pages.

const LAYOUT =
  'export default function Layout({ children }) { return <html lang="en"><body>{children}</body></html>; }\n';

/** Renders in the build and on demand, with the caches of Next.js. */
export const PAGES = {
  "app/layout.js": LAYOUT,
  "client.js": `
import { OpenProspect } from "openprospect";
const DEFAULTS = { apiKey: "lnc_test_next", baseUrl: process.env.ADDRESS, backoff: { baseMs: 60, maxMs: 60 } };
export const WAIT = { pollMs: 20, deadlineMs: 5000 };
export const connect = (options) => new OpenProspect({ ...DEFAULTS, ...options });
export const rename = ({ version }) => ({ name: "from " + version });
export const shown = (value) => <pre>{"shown:" + JSON.stringify(value)}</pre>;
`,
  // Rendered by the build.
  "app/wait-static/page.js": `
import { connect, shown, WAIT } from "../../client.js";
export default async function Page() { return shown(await connect().orders.wait("static", WAIT)); }
`,
  "app/edit-static/page.js": `
import { connect, rename, shown } from "../../client.js";
export default async function Page() { return shown(await connect().prospectSearches.edit("static", rename)); }
`,
  // Rendered on demand.
  "app/wait/[id]/page.js": `
import { connect, shown, WAIT } from "../../../client.js";
export default async function Page({ params }) { return shown(await connect().orders.wait((await params).id, WAIT)); }
`,
  "app/edit/[id]/page.js": `
import { connect, rename, shown } from "../../../client.js";
export default async function Page({ params }) {
  return shown(await connect().prospectSearches.edit((await params).id, rename));
}
`,
  "app/wait-route/[id]/route.js": `
import { connect, WAIT } from "../../../client.js";
export const GET = async (_, { params }) => Response.json(await connect().orders.wait((await params).id, WAIT));
`,
  // A wrapper of fetch that makes the page dynamic: Next.js throws an error in fetch for that.
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

/** With cacheComponents, which forbids reading the clock or random numbers before a page awaits dynamic data. */
export const COMPONENTS = {
  "next.config.mjs": "export default { cacheComponents: true };\n",
  "app/layout.js": LAYOUT,
  "client.js": PAGES["client.js"],
  "app/page.js": `
import { Suspense } from "react";
import { connect, shown } from "../client.js";
async function Key() { return shown(await connect().auth.validate()); }
export default function Page() { return <Suspense fallback="…"><Key /></Suspense>; }
`,
  "app/wait/page.js": `
import { Suspense } from "react";
import { connect, shown, WAIT } from "../../client.js";
async function Job() { return shown(await connect().orders.wait("component", WAIT)); }
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
