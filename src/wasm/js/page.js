// What a list's answer has of its own: what it leaves out is not to be found on a polluted prototype.

import { own } from "./misuse.js";

export { own };
export const itemsOf = (page) => own(page, "items");
export const totalOf = (page) => own(page, "total");
export const limitOf = (page) => own(page, "limit");
export const offsetOf = (page) => own(page, "offset");
export const hasMoreOf = (page) => own(page, "has_more");
