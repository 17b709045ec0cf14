// The operations, in a program with strict types.

import { NotFoundError, type OpenProspect, TerminalStatusError } from "openprospect";
import type {
  Blacklist,
  Company,
  DeliveredCompany,
  Order,
  Page,
  ProspectSearchUpdate,
  SearchProfileCreation,
  Sent,
} from "openprospect";
import { holds, type Same } from "./assert.mjs";

export async function operations(client: OpenProspect, signal: AbortSignal): Promise<void> {
  const order = await client.orders.create({ profile_id: "p", briefing_quantity: 5 }, { signal });
  holds<Same<typeof order, Order>>();
  await client.orders.create({ profile_id: "p", companies: [{ company_name: "a", external_id: "1" }] });
  // @ts-expect-error the two exclude each other
  await client.orders.create({ profile_id: "p", briefing_quantity: 5, companies: [{ company_name: "a" }] });
  // @ts-expect-error one of the two is required
  await client.orders.create({ profile_id: "p" });

  const profile = await client.searchProfiles.create(
    { profile_name: "n", target_countries: ["DE"] },
    { idempotencyKey: "k" },
  );
  holds<Same<typeof profile, SearchProfileCreation>>();
  if (profile.status === "SUCCEEDED" || profile.status === "A_NEW_ONE") console.log(profile.profile_id);

  for await (const company of client.deliveries.allCompanies("s", { delivered_since: new Date() }, { signal })) {
    holds<Same<typeof company, DeliveredCompany>>();
  }
  const companies = await client.companies.list({
    prospect_search_id: "s",
    review_status_list: ["accepted"],
    min_match_score: 7,
  });
  holds<Same<typeof companies, Page<Company>>>();
  // @ts-expect-error must be a number
  await client.companies.list({ min_match_score: "7" });

  const updated = await client.prospectSearches.update("s", { version: 1, name: "n" });
  holds<Same<typeof updated, ProspectSearchUpdate>>();
  // @ts-expect-error the version is required
  await client.prospectSearches.update("s", { name: "n" });

  const blacklist = await client.blacklists.create({ name: "b" });
  holds<Same<typeof blacklist, Blacklist>>();
  const added = await client.blacklists.addEntries(blacklist.id, [{ website_url: "https://a.example" }]);
  holds<Same<typeof added, Sent>>();
  // @ts-expect-error must be a list
  await client.blacklists.addEntries(blacklist.id, { website_url: "https://a.example" });
  await client.blacklists.removeEntries(blacklist.id, ["e"]);
  await client.prospectSearches.setBlacklists("s", [blacklist.id]);
  // @ts-expect-error the id is required
  await client.blacklists.delete();
  await client.deliveries.addDestination("1", {
    type: "webhook",
    url: "https://a.example",
    auth_type: "bearer",
    auth_token: "t",
  });
  // @ts-expect-error the URL is required
  await client.deliveries.addDestination("1", { type: "webhook" });
  if ((await client.health.check()).status === "healthy") console.log("up");
  const unknown: unknown = await client.companies.jobs("c");
  console.log(unknown);
}

export async function jobs(client: OpenProspect, signal: AbortSignal): Promise<void> {
  const order = await client.orders.wait("o", {
    signal,
    deadlineMs: null,
    pollMs: 1000,
    onStatus: (status, { id }) => console.log(status, id),
  });
  holds<Same<typeof order, Order>>();
  // @ts-expect-error unknown option
  await client.orders.wait("o", { interval: 1 });
  for (const result of await client.orders.waitAll(["o", "p"], {
    signal,
    onStatus: (_status, { id }) => console.log(id),
  })) {
    if (result instanceof TerminalStatusError) console.log(result.resource);
    else if (result instanceof NotFoundError) console.log(result.path);
    else holds<Same<typeof result, Order>>();
  }
  const profiles = await client.searchProfiles.waitAll(["c"]);
  holds<Same<typeof profiles, (SearchProfileCreation | TerminalStatusError | NotFoundError)[]>>();
  // @ts-expect-error must be a list of ids
  await client.orders.waitAll("o");

  const edited = await client.prospectSearches.edit("s", (current) => ({ name: `${current.name}!` }), {
    maxRounds: 5,
    signal,
  });
  holds<Same<typeof edited, ProspectSearchUpdate>>();
  const sum = await client.retryOnConflict(
    async () => 1,
    (state) => `${state.toFixed()}`,
  );
  holds<Same<typeof sum, string>>();
}
