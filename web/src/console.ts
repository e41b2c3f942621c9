import "./shared";
import "./styles/console.css";
import "./styles/rulebook.css";
import "./styles/venue.css";
import "./styles/situation.css";
import "./styles/tracing.css";
import "./styles/transmission.css";
import "./styles/contacts.css";
import "./styles/parcels.css";
import "./styles/print.css";

import { copyLinks } from "./islands/copy";
import { tendFilters } from "./islands/filters";
import { keepFresh } from "./islands/fresh";
import { fillOwnPlace } from "./islands/ownPlace";
import { walkTables } from "./islands/rows";
import { runSituation } from "./islands/situation";
import { tendTicks } from "./islands/ticks";
import { showTransmission } from "./islands/transmission";

walkTables(document);
tendFilters(document);
copyLinks(document, navigator.clipboard);
fillOwnPlace(document, navigator.geolocation);
runSituation(document);
tendTicks(document);
void showTransmission(document);
keepFresh(document);
