import { firefox } from "../browsers/puppet.mjs";
import { panels } from "./panels.mjs";

panels("Firefox", firefox);
