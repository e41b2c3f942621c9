/** A resident's own pages: my code, scanning a venue. */

import "./shared";
import "./styles/public.css";
import "./styles/field.css";
import "./styles/print.css";
import "./styles/contacts.css";
import "./styles/arrivals.css";
import "./styles/departures.css";

import { checkDepartures } from "./islands/departure";
import { showMyCode } from "./islands/myCode";
import { scanVenues } from "./islands/venueScan";

showMyCode(document);
scanVenues(document);
checkDepartures(document);
