import "./shared";
import "./styles/console.css";
import "./styles/rulebook.css";
import "./styles/venue.css";
import "./styles/print.css";

import { copyLinks } from "./islands/copy";
import { tendFilters } from "./islands/filters";
import { walkTables } from "./islands/rows";

walkTables(document);
tendFilters(document);
copyLinks(document, navigator.clipboard);
