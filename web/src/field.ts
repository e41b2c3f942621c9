/** The field app. */

import "./shared";
import "./styles/public.css";
import "./styles/field.css";
import "./styles/fieldApp.css";
import "./styles/fieldTable.css";

import { workInField } from "./field/app";
import { switchLanguage } from "./islands/language";

export const icons = [new URL("./field-192.png", import.meta.url), new URL("./field-512.png", import.meta.url)];

switchLanguage(document);
workInField(document);
