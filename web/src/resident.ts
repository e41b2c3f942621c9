/** A resident's own pages: my code, scanning a venue; and the desk at the way out, which looks the same. */

import "./shared";
import "./styles/public.css";
import "./styles/field.css";
import "./styles/print.css";
import "./styles/contacts.css";
import "./styles/arrivals.css";
import "./styles/departures.css";

import { checkDepartures } from "./islands/departure";
import { showMyCode } from "./islands/myCode";
import { tendPost } from "./islands/postForm";
import { scanVenues } from "./islands/venueScan";

showMyCode(document);
scanVenues(document);
checkDepartures(document);
tendPost(document);
