/** Groups the items of a shelf by a field, for each organization; cached until its items change. */
function createGrouping(field) {
  const known = new WeakMap();
  return (shelf, organisation, value) => {
    if (!known.has(shelf)) known.set(shelf, new Map());
    const own = known.get(shelf);
    const revision = shelf.revision(organisation);
    if (own.get(organisation)?.revision !== revision) own.set(organisation, { revision, groups: grouped(shelf.list(organisation), field) });
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
export const companiesOf = ({ shelves }, organisation, searchId) => bySearch(shelves.companies, organisation, searchId);

/** The prospects of a company. */
export const prospectsOf = ({ shelves }, organisation, companyId) => byCompany(shelves.prospects, organisation, companyId);
