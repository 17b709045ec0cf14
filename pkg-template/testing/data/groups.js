/** Groups the items of a collection by a field, for each organization; cached until its items change. */
function createGrouping(field) {
  const known = new WeakMap();
  return (collection, organisation, value) => {
    if (!known.has(collection)) known.set(collection, new Map());
    const own = known.get(collection);
    const revision = collection.revision(organisation);
    if (own.get(organisation)?.revision !== revision)
      own.set(organisation, { revision, groups: grouped(collection.list(organisation), field) });
    return own.get(organisation).groups.get(value) ?? [];
  };
}

function grouped(items, field) {
  const groups = new Map();
  for (const item of items) {
    const group = groups.get(item[field]);
    if (group) group.push(item);
    else groups.set(item[field], [item]);
  }
  return groups;
}

const bySearch = createGrouping("prospect_search_id");
const byCompany = createGrouping("company_id");

/** The companies of a prospect search. */
export const companiesOf = ({ collections }, organisation, searchId) =>
  bySearch(collections.companies, organisation, searchId);

/** The prospects of a company. */
export const prospectsOf = ({ collections }, organisation, companyId) =>
  byCompany(collections.prospects, organisation, companyId);
