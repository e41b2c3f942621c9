import "./shared";
import "./styles/public.css";
import "./styles/print.css";
