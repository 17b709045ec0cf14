const groupings = new WeakMap();

function grouped(items, field) {
  const known = groupings.get(items);
  if (known !== undefined) return known;
  const groups = new Map();
  groupings.set(items, groups);
  for (const item of items) {
    const group = groups.get(item[field]);
    if (group) group.push(item);
    else groups.set(item[field], [item]);
  }
  return groups;
}

// Nothing in the API changes companies or prospects, so that one pass over them is enough.

/** The companies of a prospect search. */
export const companiesOf = ({ shelves }, organisation, searchId) =>
  grouped(shelves.companies.list(organisation), "prospect_search_id").get(searchId) ?? [];

/** The prospects of a company. */
export const prospectsOf = ({ shelves }, organisation, companyId) =>
  grouped(shelves.prospects.list(organisation), "company_id").get(companyId) ?? [];
