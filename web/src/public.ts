import "./shared";
import "./styles/public.css";
import "./styles/venue.css";
import "./styles/print.css";

import { enrolDevice } from "./islands/enrol";

enrolDevice(document);
